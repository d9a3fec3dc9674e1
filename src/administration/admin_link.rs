//! Codes for signing in while Openfire is down. They are made on the machine itself and are valid for ten minutes.
//!
//! 1. The command `admin-link` makes a code, shows it once, and writes its digest to the state directory ([`CodeFile`]). Earlier
//!    codes are then no longer valid.
//! 2. A person types the code into the page `/admin/link`. It is a secret, so it is part of no address.
//! 3. The service compares digests in constant time, removes the file, and only then lets the person in ([`AdminLink`]).
//!
//! A code has 89 random bits, so guessing is hopeless; wrong codes are counted nevertheless, for each address, and slowed down
//! when there are many of them. The code itself is never locked, so a stranger cannot keep an administrator from using it.

mod code;
mod file;
mod guesses;

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq as _;
use tokio::sync::Mutex;
use tokio::time::Instant;

pub use self::code::LinkCode;
pub use self::file::{CodeFile, CodeFileError};
use self::guesses::Guesses;
use super::role::{Person, Role};
use crate::model::causes::with_causes;
use crate::model::files::process_user;
use crate::model::random::NoRandomness;

/// How long a code is valid.
pub const VALID: Duration = Duration::from_mins(10);

/// The target of these log lines, by which administrators filter.
const TARGET: &str = "openfire_provisioner::administration::admin_link";

/// Redeems codes: the service's side.
#[derive(Debug)]
pub struct AdminLink {
    file: Option<CodeFile>,
    guesses: Guesses,
    /// One code at a time, so that none is redeemed twice.
    turn: Mutex<()>,
}

/// Who signed in with a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redeemed {
    /// Always [`Person::Link`].
    pub person: Person,
    /// What the session may do.
    pub role: Role,
}

/// A code that was made, to be shown once.
#[derive(Debug)]
pub struct MadeLink {
    /// The code.
    pub code: LinkCode,
    /// Until when it is valid.
    pub until: Timestamp,
}

/// Why a code is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It is wrong, was used, is too old, or a newer one was made.
    #[error(
        "this code is not valid: it is mistyped, has been used, is older than ten minutes, or was replaced by a newer one; run \
         `openfire-provisioner admin-link` on the machine of the service to get a new one"
    )]
    NotValid,
    /// Too many wrong codes from this address.
    #[error("too many wrong codes from this address; the next one is accepted in {} s", retry_after.as_secs())]
    TooMany {
        /// Time to wait.
        retry_after: Duration,
    },
    /// The service has no folder for codes.
    #[error(
        "the service has no state directory, where codes are kept; set `admin.state_directory` and restart the service"
    )]
    NoStateDirectory,
    /// The file cannot be read, or not be removed. The code is still unused.
    #[error("{reason}")]
    Unusable {
        /// Which file, why, and what to change.
        reason: String,
    },
}

impl LinkError {
    /// One word for the log and the audit log. It never changes.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::NotValid => "refused",
            Self::TooMany { .. } => "too_many",
            Self::NoStateDirectory | Self::Unusable { .. } => "cannot_check",
        }
    }
}

impl AdminLink {
    /// Redeems the codes in this folder; without one there are none.
    #[must_use]
    pub fn new(state_directory: Option<PathBuf>) -> Self {
        let file = state_directory.map(|folder| CodeFile::new(&folder));
        Self { file, guesses: Guesses::default(), turn: Mutex::default() }
    }

    /// Redeems a code that was typed at `address`. A code works once.
    ///
    /// # Errors
    ///
    /// [`LinkError`]. When many codes were wrong lately, the answer takes a second.
    pub async fn redeem(&self, typed: &str, address: IpAddr) -> Result<Redeemed, LinkError> {
        let outcome = self.redeemed(typed, address).await;
        let address = address.to_canonical();
        match &outcome {
            Ok(Redeemed { person, role }) => tracing::warn!(
                target: TARGET,
                { client.address = %address, outcome = "signed_in" },
                "sign-in from {address} succeeded: {person} is signed in as {role}"
            ),
            Err(error) => tracing::warn!(
                target: TARGET,
                { client.address = %address, outcome = error.outcome() },
                "sign-in from {address} refused: {error}"
            ),
        }
        outcome
    }

    async fn redeemed(&self, typed: &str, address: IpAddr) -> Result<Redeemed, LinkError> {
        let file = self.file.as_ref().ok_or(LinkError::NoStateDirectory)?;
        let now = Instant::now();
        self.guesses.admit(address, now).map_err(|retry_after| LinkError::TooMany { retry_after })?;
        tokio::time::sleep(self.guesses.pause(now)).await;
        let _turn = self.turn.lock().await;
        let unusable = |error: CodeFileError| LinkError::Unusable { reason: with_causes(&error) };
        let kept = file.read().map_err(unusable)?.filter(|kept| is_valid(kept.until, Timestamp::now()));
        let typed = LinkCode::parse(typed);
        let is_right = |kept: &file::Kept, typed: &LinkCode| bool::from(kept.digest.ct_eq(&typed.digest()));
        match (kept, typed) {
            (Some(kept), Some(typed)) if is_right(&kept, &typed) => {
                file.remove().map_err(unusable)?;
                self.guesses.was_right(address);
                Ok(Redeemed { person: Person::Link { made_by: kept.made_by }, role: kept.role })
            }
            _ => Err(LinkError::NotValid),
        }
    }
}

/// Whether a code can be redeemed `now`. One that seems valid for longer was made before the clock was set back.
fn is_valid(until: Timestamp, now: Timestamp) -> bool {
    until > now && until.duration_since(now) <= SignedDuration::try_from(VALID).unwrap_or(SignedDuration::MAX)
}

/// Makes a code and writes its digest to `file`: the command's side. The newest code replaces the one before.
///
/// # Errors
///
/// [`MakeError`] when there are no random numbers, or the file cannot be written.
pub fn make(file: &CodeFile, role: Role) -> Result<MadeLink, MakeError> {
    let code = LinkCode::random()?;
    let until = Timestamp::now().saturating_add(VALID)?;
    file.write(&file::Kept { digest: code.digest(), until, made_by: maker(), role })?;
    Ok(MadeLink { code, until })
}

/// Why no code was made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// The system gives no random numbers.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The file cannot be written.
    #[error(transparent)]
    File(#[from] CodeFileError),
    /// The clock is at the end of time.
    #[error("the clock of this machine is wrong")]
    Clock(#[from] jiff::Error),
}

/// Who makes a code: the user of this process, and for whom that is, where `sudo` says so.
fn maker() -> String {
    let plain = |name: &String| !name.is_empty() && name.len() <= 64 && name.chars().all(|c| c.is_ascii_graphic());
    match std::env::var("SUDO_USER").ok().filter(plain) {
        Some(name) => format!("{} for {name}", process_user::of_process()),
        None => process_user::of_process(),
    }
}

#[cfg(test)]
mod tests;
