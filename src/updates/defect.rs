//! What is wrong in the folder, and what to change.

use super::Platform;
use super::names::Name;

/// One thing in the folder that is not offered, or not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {kind}")]
pub struct Defect {
    /// Where, below the folder of the channel; the folder itself when it is that. Printable.
    pub place: String,
    /// What, and what to change.
    pub kind: DefectKind,
}

/// What is wrong, and what to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefectKind {
    /// The system does not let us read it.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// A folder that is for no platform.
    #[error("is not a platform; name the folder {}", platforms())]
    NotAPlatform,
    /// A folder that is for no version.
    #[error("is not a version; name the folder after its version, for example 2.11.5633")]
    NotAVersion,
    /// A version that clients would compare as text.
    #[error(
        "Windows clients compare this version as text and may go back to an older one; write three or more numbers, \
         separated by dots, for example 2.11.5633"
    )]
    NotComparable,
    /// Another folder holds the same version in another spelling.
    #[error("is the same version as {0}; remove one of the two")]
    SameVersion(String),
    /// The name would need quoting in an address.
    #[error(
        "has a name with characters other than letters, digits and `.-_+`, or with more than 128 characters; rename it"
    )]
    Name,
    /// A link, or something else that is neither file nor folder.
    #[error("is a link or a special file, which is never served; put the file or folder itself there")]
    Link,
    /// More than anybody needs.
    #[error("holds more than {0} entries")]
    TooMany(usize),
    /// No installer.
    #[error("holds no installer: its name must end in {0}")]
    NoInstaller(String),
    /// More than one installer.
    #[error("holds more than one installer, {0} and {1}; leave one")]
    TwoInstallers(String, String),
    /// Nothing in it.
    #[error("is empty")]
    Empty,
    /// A client up to 2.10 would change the link.
    #[error(
        "Windows clients up to 2.10 replace `{0}` in the link {1} by the name of their own processor; write it another way"
    )]
    Replaced(&'static str, String),
    /// Not what Sparkle's tools print.
    #[error("is not a signature: its first line must be base64, as Sparkle's sign_update prints it")]
    NotASignature,
    /// Offered, but official clients will not take it.
    #[error("has no signature beside it, so clients with Sparkle's public key refuse it; add {0}.dsa")]
    Unsigned(String),
}

impl DefectKind {
    /// Whether it keeps the thing from being offered.
    #[must_use]
    pub fn prevents(&self) -> bool {
        !matches!(self, Self::Unsigned(_))
    }

    pub(super) fn two_installers(one: &Name, other: &Name) -> Self {
        Self::TwoInstallers(one.to_string(), other.to_string())
    }
}

fn platforms() -> String {
    Platform::all().map(|platform| platform.to_string()).collect::<Vec<_>>().join(", ")
}
