//! Outages of Openfire's user store, many times, and the answers that clients of the service get meanwhile.
//!
//! One [`trial::Trial`] has a real Openfire with its own database or with a directory behind a proxy that misbehaves
//! ([`site`]), and two services on it ([`service`]): one with a reference account, one without. Clients with right
//! passwords ask both all the time, others with wrong ones now and then ([`crowd`], [`client`]). Then outages of one
//! [`kind`] come and go ([`plan`]), and the [`ledger`] counts the answers and holds them against the goals.
//!
//! `scripts/outages.sh` runs it for long, `tests/api/authentication/outages.rs` for some seconds.

#![expect(clippy::cast_precision_loss, reason = "counts of clients and outages are far from the limits of a float")]

pub mod client;
pub mod crowd;
pub mod journal;
pub mod kind;
pub mod ledger;
pub mod plan;
pub mod service;
pub mod site;
pub mod tally;
pub mod trial;
