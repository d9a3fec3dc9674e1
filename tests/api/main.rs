//! The service from outside: real servers, a scripted peer for the faults they never show.

#![expect(unreachable_pub, reason = "a test is a crate of its own: nothing could reach what is `pub` here")]

#[cfg(test)] // Tells clippy that helpers are test code too.
mod login_binding;
#[cfg(test)]
mod login_faults;
#[cfg(test)]
mod login_openfire;
#[cfg(test)]
mod servers;
#[cfg(test)]
mod support;
