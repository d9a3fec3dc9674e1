//! Everything that is said to the XMPP server.

mod component;
mod directory;
mod login;
