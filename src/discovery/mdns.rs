//! Announces the provisioning URL by multicast DNS (RFC 6762, RFC 6763).
//!
//! On each interface the crate `mdns-sd` announces and answers. Before it announces, we check whether another host has
//! the name. After that we listen for our own announcement, and watch for rivals. A client gets its URL from the TXT
//! record.

mod announcement;
mod heard;
mod host_name;
mod interface;
mod listener;
mod presence;
mod report;
mod responder;
mod rivals;

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::join_all;
use jitsi_properties::ProvisioningUrl;

use self::announcement::Announcement;
use self::host_name::HostName;
use self::presence::Presence;
use crate::model::config;

pub(super) use self::announcement::AnnouncementError;
pub use self::interface::Unfit;

/// The target of the log lines.
const TARGET: &str = "openfire_provisioner::discovery::mdns";

/// Whether `url` can be announced.
pub(super) fn look_at(url: &ProvisioningUrl) -> Result<(), AnnouncementError> {
    Announcement::of(url).map(drop)
}

/// Whether the interface `name` can carry the announcement now.
pub(super) fn look(name: &str) -> Result<(), Unfit> {
    interface::fit(name).map(drop)
}

/// Announces on the interfaces of the configuration.
#[derive(Debug)]
pub(super) struct Announcer {
    announcement: Arc<Announcement>,
    interfaces: Vec<String>,
}

impl Announcer {
    /// An announcer of `url`.
    pub(super) fn new(url: &ProvisioningUrl, settings: &config::Discovery) -> Result<Self, AnnouncementError> {
        let announcement = Arc::new(Announcement::of(url)?);
        Ok(Self { announcement, interfaces: settings.interfaces.clone() })
    }

    /// Announces until `shutdown` is done, then withdraws the announcement.
    pub(super) async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        tracing::info!(
            target: TARGET,
            "announcing `{}` by multicast DNS on {}",
            self.announcement.address(),
            self.interfaces.iter().map(|interface| format!("`{interface}`")).collect::<Vec<_>>().join(", ")
        );
        let shutdown = shutdown.shared();
        let host = HostName::new();
        let presences = self.interfaces.into_iter().map(|interface| {
            Presence::new(Arc::clone(&self.announcement), interface, host.clone()).run(shutdown.clone())
        });
        join_all(presences).await;
    }
}
