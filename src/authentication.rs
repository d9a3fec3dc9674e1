//! Authenticates a user by a login on Openfire: whatever the user then wants to do.
//!
//! 1. Wait for one of the logins that may run at a time.
//! 2. Admit the attempt, unless the user or the address has failed too often (`throttle`).
//! 3. Log in.
//! 4. Find out what a refusal means: that the password is wrong, or that Openfire refuses everyone because its user store
//!    is down (`reference`, `outage`).

mod authenticator;
mod error;
mod outage;
mod recent_logins;
mod reference;
mod throttle;

pub use self::authenticator::Authenticator;
pub use self::error::AuthenticationError;
pub use self::reference::Reference;
