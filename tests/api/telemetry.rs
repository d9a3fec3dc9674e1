//! The log.

mod secrecy;
mod unwritable;
