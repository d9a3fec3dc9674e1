//! Something that serves so many at one time, while the others wait in order: the cores of a machine, Openfire's threads.

use std::collections::VecDeque;

/// Of what its visitors are numbered by.
#[derive(Debug)]
pub(crate) struct Station {
    free: usize,
    line: VecDeque<usize>,
}

impl Station {
    /// A station that serves so many at one time.
    pub(crate) fn new(servers: usize) -> Self {
        Self { free: servers.max(1), line: VecDeque::new() }
    }

    /// A visitor comes. It is served now, or it waits.
    pub(crate) fn enter(&mut self, visitor: usize) -> bool {
        let is_served = self.free > 0;
        if is_served {
            self.free -= 1;
        } else {
            self.line.push_back(visitor);
        }
        is_served
    }

    /// A visitor has been served. Gives the next one, if one waits.
    pub(crate) fn leave(&mut self) -> Option<usize> {
        let next = self.line.pop_front();
        if next.is_none() {
            self.free += 1;
        }
        next
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> usize {
        self.line.len()
    }

    /// Takes a visitor that gives up out of the line.
    pub(crate) fn give_up(&mut self, visitor: usize) {
        self.line.retain(|waiting| *waiting != visitor);
    }
}
