//! The configuration: one file for each section of the TOML file, with a documented struct.
//!
//! `load` reads file and environment, checks the whole and names the place of what is wrong, `value` says how single values are
//! written, `changes` says what differs after a reload.

mod admin;
mod changes;
mod component;
mod data;
mod directory;
mod discovery;
mod http;
mod limits;
mod load;
mod log;
mod openfire;
mod reload;
mod template;
mod updates;
mod value;

use std::net::IpAddr;
use std::path::PathBuf;

use serde::Deserialize;

pub use self::admin::{Admin, OwnUrl};
pub use self::component::Component;
pub use self::data::{Data, DataKey, EndpointUrl, SecretPart, secret_path};
pub use self::directory::{AdminCommands, Directory, RosterSource};
pub use self::discovery::{Discovery, NetworkUrl, unfit_for_clients};
pub use self::http::{ErrorStatus, Http, HttpTls};
pub use self::limits::Limits;
pub use self::load::{ConfigError, DiscoverConfig, Origin, SnippetConfig};
pub use self::log::{Log, LogFormat};
pub use self::openfire::{Fingerprint, Openfire, SaslMechanism, TlsMax, TlsMode};
pub use self::reload::Reload;
pub use self::template::{Rule, Template};
pub use self::updates::{BaseUrl, Updates};
pub use self::value::networks::parse as network;
pub use self::value::pattern::Pattern;
pub use self::value::version_range::VersionRange;

/// The whole configuration, checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The chat server and how it is reached for logins.
    pub openfire: Openfire,
    /// The component stream.
    pub component: Component,
    /// What is read about a user, and by which way.
    #[serde(default)]
    pub directory: Directory,
    /// Where the templates lie, and who gets which.
    #[serde(default)]
    pub template: Template,
    /// What the site itself knows about its users.
    #[serde(default)]
    pub data: Vec<Data>,
    /// The HTTP front.
    #[serde(default)]
    pub http: Http,
    /// Times and sizes.
    #[serde(default)]
    pub limits: Limits,
    /// How changes of files are noticed.
    #[serde(default)]
    pub reload: Reload,
    /// What is logged, and in which form.
    #[serde(default)]
    pub log: Log,
    /// The update channel.
    #[serde(default)]
    pub updates: Updates,
    /// The administrators' pages.
    #[serde(default)]
    pub admin: Admin,
    /// How clients find the service on their network.
    #[serde(default)]
    pub discovery: Discovery,
    /// The file that all this was read from; none when it came from the environment alone.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

/// Whether `host` is this machine by its spelling; no name is looked up.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name.ends_with(".localhost")
        || bare.parse().is_ok_and(|address: IpAddr| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests;
