//! The same arrivals on a real Openfire and a real service, on this machine.
//!
//! 1. [`process`] reads the processor time of Openfire, the service and this program.
//! 2. [`streams`] and [`client`] are what is measured: streams that are only opened, and clients that ask.
//! 3. [`costs`] lets both run for a while, and divides the processor time by what was done.
//! 4. [`play`] starts one client at each arrival, whatever becomes of the others.
//! 5. [`comparison`] does so, and computes the same morning.

pub mod client;
pub mod comparison;
pub mod costs;
pub mod play;
pub mod process;
pub mod service;
pub mod streams;
