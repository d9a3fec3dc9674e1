//! Plain types and settings that every room may use: who asks, what is known about a user, the configuration, files.

pub mod account;
pub(crate) mod backoff;
pub mod causes;
pub mod config;
pub(crate) mod files;
pub mod request;
