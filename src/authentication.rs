//! Proving a user's password by a login on Openfire: limits against guessing, and doubt while Openfire refuses everyone.

mod authenticator;
mod outage;
mod recent_logins;
mod reference;
mod throttle;

pub(crate) use self::authenticator::Proof;
pub use self::reference::Reference;
pub(crate) use self::throttle::network;
