//! Everything that is said to the XMPP server: the login on a client stream, the component stream, and the
//! directory that is read through both.

pub mod component;
pub mod connect;
pub mod link;
pub mod login;
pub mod tls;
