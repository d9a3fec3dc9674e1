//! The service from outside: on real servers, and on scripted ones for the faults that those never show.

#![expect(unreachable_pub, reason = "a test is a crate of its own: nothing could reach what is `pub` here")]

#[cfg(test)] // Tells clippy that helpers are test code too.
mod admin;
#[cfg(test)]
mod authentication;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod discovery;
#[cfg(test)]
mod http;
#[cfg(test)]
mod provisioning;
#[cfg(test)]
mod readiness;
#[cfg(test)]
mod reload;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod site_data;
#[cfg(test)]
mod snippets;
#[cfg(test)]
mod support;
#[cfg(test)]
mod telemetry;
#[cfg(test)]
mod two_instances;
#[cfg(test)]
mod updates;
