//! The log.

mod bans;
mod secrecy;
mod unwritable;
