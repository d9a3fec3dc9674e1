//! The configuration: one documented struct per section of the TOML file.

mod check;
mod component;
mod directory;
mod duration;
mod error;
mod http;
mod limits;
mod load;
mod log;
mod openfire;
mod template;

use serde::Deserialize;

pub use self::component::Component;
pub use self::directory::{AdminCommands, Directory, RosterSource};
pub use self::error::{ConfigError, Origin};
pub use self::http::{ErrorStatus, Http, HttpTls};
pub use self::limits::Limits;
pub use self::log::{Log, LogFormat};
pub use self::openfire::{Fingerprint, Openfire, SaslMechanism, TlsMax, TlsMode};
pub use self::template::Template;

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
    /// Where the template lies.
    #[serde(default)]
    pub template: Template,
    /// The HTTP front.
    #[serde(default)]
    pub http: Http,
    /// Times and sizes.
    #[serde(default)]
    pub limits: Limits,
    /// The log.
    #[serde(default)]
    pub log: Log,
}

#[cfg(test)]
mod example_tests;
#[cfg(test)]
mod tests;
