//! What the linter knows about the client.

use crate::version::Version;

/// The client that a text is for, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Client {
    /// The version of Jitsi; none when it is not known, as when a file is checked.
    pub version: Option<Version>,
    /// Whether the text is a file of the client's installation and no reply: there no value removes a setting.
    pub is_installation: bool,
}
