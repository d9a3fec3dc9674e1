//! Plain types and settings that every room may use. It uses no other room.
//!
//! [`account`] is the shared vocabulary, [`config`] the settings; the others are small tools without state.

pub mod account;
pub(crate) mod backoff;
pub(crate) mod bytes;
pub mod causes;
pub mod certificate;
pub mod config;
pub(crate) mod files;
pub mod named_groups;
pub(crate) mod network;
pub(crate) mod plain_line;
pub mod random;
pub mod request;
pub mod server_facts;
pub mod timestamp;
pub mod visible;
