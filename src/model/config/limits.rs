//! `[limits]`: times and sizes.

use std::time::Duration;

use serde::Deserialize;

use super::value::duration;

/// Times and sizes.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Time for a whole request; a Jitsi client gives up after 10 s. Default: 8 s.
    #[serde(deserialize_with = "duration::deserialize")]
    pub request_deadline: Duration,
    /// Logins that run on Openfire at one time, up to the end of the user's stream. Default: 64.
    pub concurrent_logins: usize,
    /// New connections to the client port a second, each login being one; more wait in the order of arrival, inside
    /// `request_deadline`; the reference account goes ahead, streams that are opened ahead of logins come last. For an Openfire that limits them (`xmpp.ratelimit.newconnections.c2s.*`). 0 is no limit. Default: 0.
    pub new_connections_per_second: u32,
    /// Streams to Openfire that are opened ahead of logins, so that a login need not wait for TCP and TLS: at least this many
    /// wait, even while there are no logins. Default: 2.
    pub idle_streams_least: usize,
    /// At most this many wait, so Openfire must hold as many idle connections. Between the two, the busiest second of the last
    /// minute decides. 0 opens none ahead. At most 512. Default: 32.
    pub idle_streams_most: usize,
    /// Logins that may wait for their turn; further ones get 503 at once. Addresses take turns, an IPv6 network of 64 bits
    /// being one. When the queue is full, an address with fewer waiting logins than another takes the place of the newest of
    /// the address with the most, which gets 503. Default: 1024.
    pub queued_logins: usize,
    /// Failed logins of one user from one address in `failure_window` before more are refused; 0 is no limit. Default: 10.
    pub failures_per_user: u32,
    /// Failed logins from one address in `failure_window` before more are refused; 0 is no limit. Default: 100.
    pub failures_per_address: u32,
    /// Refused attempts of one user from all addresses together in `failure_window` before more are refused, second attempts
    /// included; 0 is no limit. It should be lower than the number of wrong passwords after which the directory locks an
    /// account. It does not hold at an address from which the user logged in during the last seven days. Default: 20.
    pub attempts_per_user: u32,
    /// After a sign of trouble, ask Openfire about the user a second time before a refusal is believed. In doubt a wrong
    /// password is then two attempts at the directory. Default: true.
    pub confirm_refusals: bool,
    /// Different users who are refused in a row, without a successful login in between, before refusals are no longer
    /// believed, because Openfire's database or LDAP may be down; 0 is never. Of users who logged in during the last seven
    /// days from the same address with the same client, two are enough. Of others, at most two count for one address.
    /// With `openfire.reference_user` only those familiar users count, and four are needed. Default: 8.
    pub refusals_in_a_row: usize,
    /// Time over which failures are counted. Default: 15 minutes.
    #[serde(deserialize_with = "duration::deserialize")]
    pub failure_window: Duration,
    /// Time that requests in flight get to finish when the service stops. Default: 10 s.
    #[serde(deserialize_with = "duration::deserialize")]
    pub shutdown_grace: Duration,
}

impl Limits {
    /// The most that `limits.idle_streams_most` may be.
    pub const MOST_IDLE_STREAMS: usize = 512;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_deadline: Duration::from_secs(8),
            concurrent_logins: 64,
            new_connections_per_second: 0,
            idle_streams_least: 2,
            idle_streams_most: 32,
            queued_logins: 1024,
            failures_per_user: 10,
            failures_per_address: 100,
            attempts_per_user: 20,
            confirm_refusals: true,
            refusals_in_a_row: 8,
            failure_window: Duration::from_mins(15),
            shutdown_grace: Duration::from_secs(10),
        }
    }
}
