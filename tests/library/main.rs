//! Rooms of the library, each alone: on real servers, and on scripted ones for the faults that those never show.

#![expect(unreachable_pub, reason = "a test is a crate of its own: nothing could reach what is `pub` here")]

#[cfg(test)] // Tells clippy that helpers are test code too.
mod administration;
#[cfg(test)]
mod certificates;
#[cfg(test)]
mod console_plugin;
#[cfg(test)]
mod documentation;
#[cfg(test)]
mod migration;
#[cfg(test)]
mod openfire;
#[cfg(test)]
mod servers;
#[cfg(test)]
mod site_data;
#[cfg(test)]
mod snippets;
#[cfg(test)]
mod support;
#[cfg(test)]
mod template;
#[cfg(test)]
mod units;
