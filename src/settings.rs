//! The settings that administrators change in the pages: whether clients are provisioned at all, the secret that they bring,
//! and the networks that they may ask from.
//!
//! 1. The configuration applies where the pages have changed nothing.
//! 2. What the pages have changed is in one small file, `settings.toml` in the state directory, and overrides the configuration.
//! 3. Both together are [`InForce`], which each request takes as one value. It changes as a whole.
//! 4. Every value can be reset to the configuration, in the pages or with `openfire-provisioner settings reset`.
//!
//! A damaged file never stops the service. At the start it is set aside, and the configuration applies. While the service runs,
//! what is in force stays, and the file is left to its editor.

mod change;
mod file;
mod in_force;
mod keeper;
mod messages;
mod secret;
mod stored;
mod values;

pub use self::change::{Actor, Change, ChangeError, Changed, Key, OldSecret};
pub use self::in_force::InForce;
pub use self::keeper::{Outlook, Settings};
pub use self::secret::{KnownSecret, SecretProblem};
pub use self::values::{Paused, Previous, Source};

/// The name of the file in the state directory.
pub const FILE_NAME: &str = "settings.toml";

#[cfg(test)]
mod tests;
