//! Authenticates a user by a login on Openfire: whatever the user then wants to do.
//!
//! 1. Admit the attempt, unless the user or the address has failed too often at this door (`door`, `throttle`). At the pages'
//!    door, a user whose logins fail at many addresses waits for a turn (`lane`).
//! 2. Wait for one of the logins that may run at a time, and log in.
//! 3. Find out what a refusal means: that the password is wrong, or that Openfire refuses every user because its user store
//!    is down. The reference account logs in (`reference`); after a sign of trouble the user gets a second attempt; and
//!    nothing else may speak against the refusal (`doubt`, with `familiar`).
//! 4. A refusal that is not believed counts as a failure until the doubt has ended.

mod authenticator;
mod bounded;
mod door;
mod doubt;
mod error;
mod familiar;
mod lane;
mod pause;
mod recent_logins;
mod reference;
mod throttle;
mod verdicts;

pub use self::authenticator::{Authenticator, Origin};
pub use self::door::Door;
pub use self::error::AuthenticationError;
pub use self::reference::Reference;
pub use self::throttle::{Lock, LockedOut, LockedOutList};
pub use self::verdicts::Verdicts;
