//! What the service is configured with.

use std::net::SocketAddr;

use test_servers::openfire::{COMPONENT_SECRET, DOMAIN, Openfire};

/// Lines of a configuration that keep streams ready for logins, in the build to be measured: enough for 20 logins a second.
pub(crate) const POOL: &str = "[limits]\nidle_streams_least = 8\nidle_streams_most = 32\n";
/// Lines of a configuration that keep none.
pub(crate) const NO_POOL: &str = "[limits]\nidle_streams_most = 0\n";

/// What the replies hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Template {
    /// Account, vCard, and the roster from the user's own stream.
    WithRoster,
    /// Account and vCard.
    WithoutRoster,
}

impl Template {
    /// Its name in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::WithRoster => "vCard and roster",
            Self::WithoutRoster => "vCard only",
        }
    }

    /// The template itself.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::WithRoster => include_str!("../../templates/with-roster.properties"),
            Self::WithoutRoster => include_str!("../../templates/without-roster.properties"),
        }
    }
}

/// The configuration for `openfire`, whose client port is reached at `c2s`. It ends in the section `[http]`.
pub(super) fn config(openfire: &Openfire, c2s: SocketAddr, component: &str) -> String {
    format!(
        "[openfire]\ndomain = \"{DOMAIN}\"\nhost = \"127.0.0.1\"\nport = {}\nca_file = \"{}\"\n\
         [component]\nname = \"{component}.{DOMAIN}\"\nsecret = \"{COMPONENT_SECRET}\"\nport = {}\n\
         [template]\nfile = \"provision.properties\"\n[http]\nlisten = \"127.0.0.1:0\"\n",
        c2s.port(),
        openfire.ca_file().display(),
        openfire.component().port(),
    )
}
