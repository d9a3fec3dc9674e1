//! All traffic with the XMPP server: the login on a client stream, the component stream, and the directory, which reads
//! through both.

pub mod admin_commands;
pub mod component;
pub mod connect;
pub mod directory;
pub mod link;
pub mod login;
pub mod roster;
pub mod server_text;
pub mod software;
mod stanza_limits;
pub mod tls;
pub mod vcard;
