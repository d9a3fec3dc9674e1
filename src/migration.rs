//! From other provisioning software to a configuration of ours.
//!
//! The Openfire plugin `jitsiprovisioning` (version 1.0 of 2013, the only one) kept three system properties of Openfire, and
//! read nothing else. What it did with them is from its source, `JitsiProvisioningPlugin` and `JitsiProvisioningServlet`.
//!
//! 1. `export` finds the properties in what an administrator exported: a dump, the rows of a query, a listing.
//! 2. `settings` takes the three, and refuses what cannot be believed: two values, an encrypted one, one that is not shown.
//! 3. `networks` turns the list of addresses into networks.
//! 4. `output` writes the configuration, and says what the administrator must know.

mod export;
mod networks;
mod output;
mod settings;

use std::path::Path;

use secrecy::SecretString;

use self::export::Export;
use self::settings::Settings;

/// A configuration made from the old plugin's settings, and the messages about it.
#[derive(Debug)]
pub struct Migration {
    /// The TOML file. It contains the secret, unless that is in a separate file.
    pub configuration: SecretString,
    /// The secret that clients send; none when the export has none.
    pub secret: Option<SecretString>,
    /// What was not taken over, and needs a decision. Empty when all was.
    pub findings: Vec<String>,
    /// What differs from the old plugin, and what else there is to do.
    pub notes: Vec<String>,
}

/// Why no configuration can be made.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Refusal(Vec<String>);

impl Migration {
    /// Makes a configuration of an export. With `secret_file` it names this file instead of holding the secret.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] with all reasons, none of which holds a value.
    pub fn from_old_plugin(export: &str, secret_file: Option<&Path>) -> Result<Self, Refusal> {
        let export = Export::read(export);
        let settings = Settings::take(&export)?;
        output::migration(settings, &export, secret_file)
    }
}

#[cfg(test)]
mod tests;
