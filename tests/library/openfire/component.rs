//! The component (XEP-0114).

mod openfire;
mod ports;
mod prosody;
mod setup;
