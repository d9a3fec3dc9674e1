//! For what a user logs in, and the limits of each such door.
//!
//! Each door counts refused logins for itself, so wrong passwords at one of them lock no user out of the other.

use std::time::Duration;

use super::lane::Lanes;
use super::throttle::Throttle;
use crate::model::config::Limits;

/// For what a user logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// To be provisioned. The limits are those of `[limits]`.
    Provisioning,
    /// To see the administrators' pages. [`Door::MOST_OF_USER`] failures of a user from one address and
    /// [`Door::MOST_OF_ADDRESS`] of an address are allowed in [`Door::WINDOW`]. No number of failures at other addresses keeps a
    /// user out; it only makes the attempts at that user's password take turns.
    Pages,
}

impl Door {
    /// Failed sign-ins of one user from one address in [`Door::WINDOW`] before more are refused.
    pub const MOST_OF_USER: u32 = 10;
    /// Failed sign-ins from one address in [`Door::WINDOW`] before more are refused.
    pub const MOST_OF_ADDRESS: u32 = 30;
    /// Time over which failed sign-ins are counted.
    pub const WINDOW: Duration = super::lane::WINDOW;
}

/// What is counted at each door.
#[derive(Debug)]
pub(super) struct Doors {
    provisioning: Throttle,
    pages: Throttle,
    /// Of the pages.
    pub(super) lanes: Lanes,
}

impl Doors {
    /// Doors with the limits of the configuration.
    pub(super) fn new(limits: &Limits) -> Self {
        let of_pages = Limits {
            failures_per_user: Door::MOST_OF_USER,
            failures_per_address: Door::MOST_OF_ADDRESS,
            // The lanes take its place.
            attempts_per_user: 0,
            failure_window: Door::WINDOW,
            ..*limits
        };
        Self { provisioning: Throttle::new(limits), pages: Throttle::new(&of_pages), lanes: Lanes::default() }
    }

    /// The counts of one door.
    pub(super) fn throttle(&self, door: Door) -> &Throttle {
        match door {
            Door::Provisioning => &self.provisioning,
            Door::Pages => &self.pages,
        }
    }

    /// Gives refusals back that are not believed, at every door; see [`Throttle::give_back`].
    pub(super) fn give_back(&self, all: bool, before: tokio::time::Instant) -> bool {
        self.provisioning.give_back(all, before) | self.pages.give_back(all, before)
    }
}
