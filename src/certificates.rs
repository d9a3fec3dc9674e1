//! The certificates that servers show, and the pins by which clients trust one that they do not know.
//!
//! 1. [`ask()`] connects to a server and does a TLS handshake, whatever authority signed its certificate.
//! 2. [`Pin`] is the line for a template, or for a file of the client's installation.

mod address;
mod ask;
mod pin;

pub use self::address::{ServerAddress, ServerAddressError};
pub use self::ask::{AskError, Shown, ask};
pub use self::pin::Pin;
