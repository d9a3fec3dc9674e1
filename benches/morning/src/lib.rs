//! A morning on paper: all clients of a site start within some minutes, and ask to be provisioned.
//!
//! 1. [`arrivals`] says when each of them starts.
//! 2. [`site`] has the settings of the service and the size of the machines, [`costs`] the measured processor times.
//! 3. [`simulation`] lets each client go its [`route`] through the service and Openfire, from one event to the next. Processors,
//!    the login queue and the pool of idle streams are what clients wait for.
//! 4. [`outcome`] has the waiting times and how many clients got no reply, [`sizing`] the fewest processors that are enough.
//! 5. [`page`] writes the tables of `docs/scaling.md`.
//!
//! [`real`] plays the same arrivals on a real Openfire and a real service, to show how far paper and reality differ.
//!
//! All times are in milliseconds. All random numbers come from a seed: the same morning gives the same numbers.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "counts of users and processors are far from the limits of a float"
)]

pub mod arrivals;
pub mod costs;
pub mod outcome;
pub mod page;
pub mod real;
pub mod route;
pub mod simulation;
pub mod site;
pub mod sizing;
mod station;
