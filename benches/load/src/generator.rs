//! The generator's own XMPP: what it takes from Openfire shows what Openfire gives, and shares no code with the service.
//!
//! - [`login`]: raw logins, the yardstick of all else.
//! - [`bare`]: a login and the queries of a reply, without a service around them.

pub(crate) mod bare;
mod component;
mod elements;
pub(crate) mod login;
mod quick_ack;
mod scram;
mod wire;

#[cfg(test)]
mod tests;
