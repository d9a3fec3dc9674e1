//! How clients find the service on their network, by DHCP and by multicast DNS.
//!
//! A client whose user chose "automatically discover" asks once when it starts, and waits for some seconds. It gets the
//! provisioning URL of the configuration, and then requests its configuration by HTTPS as always.

mod dhcp;
mod interface;
mod mdns;

use futures::FutureExt as _;
use futures::future::OptionFuture;
use ipnet::Ipv4Net;
use jitsi_properties::ProvisioningUrl;

pub use self::dhcp::Problem;
pub use self::mdns::Unfit;
use crate::model::config;

/// The responders of one process, ready to run.
#[derive(Debug)]
pub struct Discovery {
    dhcp: Option<dhcp::Responder>,
    mdns: Option<mdns::Announcer>,
}

/// Why the responders cannot run at all. If only an interface is not ready, they log that and wait for it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration has no URL to give to clients.
    #[error("`discovery.url` is not set; set it to the provisioning URL for your clients")]
    NoUrl,
    /// The URL has what multicast DNS cannot carry.
    #[error(transparent)]
    Announcement(#[from] mdns::AnnouncementError),
}

impl Discovery {
    /// Prepares the responders that `settings` ask for. It must be called inside a tokio run time.
    pub fn new(settings: &config::Discovery) -> Result<Self, StartError> {
        let url = settings.url.as_ref().ok_or(StartError::NoUrl)?;
        let dhcp = settings.dhcp.then(|| dhcp::Responder::new(url.clone(), settings));
        let mdns = settings.mdns.then(|| mdns::Announcer::new(url, settings)).transpose()?;
        Ok(Self { dhcp, mdns })
    }

    /// Answers clients until `shutdown` is done, and withdraws the announcement.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        let shutdown = shutdown.shared();
        let dhcp = self.dhcp.map(|dhcp| dhcp.run(shutdown.clone()));
        let mdns = self.mdns.map(|mdns| mdns.run(shutdown.clone()));
        tokio::join!(OptionFuture::from(dhcp), OptionFuture::from(mdns));
    }
}

/// The networks of `discovery.network` in which no interface of `discovery.interfaces` has an address. None while an
/// interface or its address is missing.
#[must_use]
pub fn uncovered_networks(settings: &config::Discovery) -> Vec<Ipv4Net> {
    dhcp::uncovered(&settings.network, &settings.interfaces)
}

/// Whether multicast DNS can carry `url`.
pub fn look_at_url(url: &ProvisioningUrl) -> Result<(), StartError> {
    Ok(mdns::look_at(url)?)
}

/// Whether the interface `name` can carry an announcement by multicast DNS now.
pub fn look_for_mdns(name: &str) -> Result<(), Unfit> {
    mdns::look(name)
}

/// The networks of the interface `name` whose clients would be answered by DHCP, if that is possible now. It must be called
/// inside a tokio run time.
pub fn look_for_dhcp(name: &str) -> Result<Vec<Ipv4Net>, Problem> {
    dhcp::look(name)
}
