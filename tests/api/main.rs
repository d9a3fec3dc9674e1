//! The service from outside: real servers, a scripted peer for the faults they never show.

#![expect(unreachable_pub, reason = "a test is a crate of its own: nothing could reach what is `pub` here")]

#[cfg(test)] // Tells clippy that helpers are test code too.
mod directory_commands;
#[cfg(test)]
mod directory_prosody;
#[cfg(test)]
mod directory_roster;
#[cfg(test)]
mod directory_setup;
#[cfg(test)]
mod directory_vcard;
#[cfg(test)]
mod servers;
#[cfg(test)]
mod support;
