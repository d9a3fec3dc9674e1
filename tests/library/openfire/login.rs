//! Logins, and the stream that a login leaves behind.

mod ahead;
mod binding;
mod connections;
mod faults;
mod idle_streams;
mod ldap;
mod names;
mod openfire;
mod ports;
mod prosody;
mod session;
mod speed;
mod turns;
