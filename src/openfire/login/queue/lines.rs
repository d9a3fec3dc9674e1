//! Who waits, in one line for each address.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

/// Lines of waiting logins, one for each address, which take turns. Every operation takes logarithmic time.
#[derive(Debug)]
pub(super) struct Lines<T> {
    by_address: HashMap<IpAddr, Line<T>>,
    /// The addresses that wait, the one whose turn is next first.
    turns: BTreeMap<u64, IpAddr>,
    /// Length and turn of each line.
    lengths: BTreeSet<(usize, u64)>,
    waiting: usize,
    /// The next number for a ticket or a turn; none is used twice.
    number: u64,
}

/// The logins of one address that wait; never empty.
#[derive(Debug)]
struct Line<T> {
    turn: u64,
    /// By their tickets, so in the order of arrival.
    logins: BTreeMap<u64, T>,
}

/// A place in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket {
    address: IpAddr,
    number: u64,
}

impl<T> Lines<T> {
    pub(super) fn new() -> Self {
        Self { by_address: HashMap::new(), turns: BTreeMap::new(), lengths: BTreeSet::new(), waiting: 0, number: 0 }
    }

    /// How many wait in all lines together.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// Puts a login at the end of its address's line. A new line has its turn after all others.
    pub(super) fn join(&mut self, address: IpAddr, login: T) -> Ticket {
        let number = self.count();
        let turn = self.count();
        let line = self.by_address.entry(address).or_insert_with(|| Line { turn, logins: BTreeMap::new() });
        self.lengths.remove(&(line.logins.len(), line.turn));
        line.logins.insert(number, login);
        self.lengths.insert((line.logins.len(), line.turn));
        self.turns.insert(line.turn, address);
        self.waiting += 1;
        Ticket { address, number }
    }

    /// Takes a login out of its line, wherever it stands; none when it has gone already.
    pub(super) fn leave(&mut self, ticket: Ticket) -> Option<T> {
        self.take(ticket.address, |logins| logins.remove(&ticket.number))
    }

    /// Takes the oldest login of the address whose turn it is. The next turn of this address comes after all others.
    pub(super) fn next(&mut self) -> Option<T> {
        let address = *self.turns.first_key_value()?.1;
        let login = self.take(address, |logins| logins.pop_first().map(|(_, login)| login))?;
        let turn = self.count();
        if let Some(line) = self.by_address.get_mut(&address) {
            self.turns.remove(&line.turn);
            self.lengths.remove(&(line.logins.len(), line.turn));
            line.turn = turn;
            self.turns.insert(line.turn, address);
            self.lengths.insert((line.logins.len(), line.turn));
        }
        Some(login)
    }

    /// Takes the newest login of the longest line, if the line of `address` is shorter. Of several that are longest, it is the
    /// one whose turn comes last.
    pub(super) fn make_room_for(&mut self, address: IpAddr) -> Option<T> {
        let &(longest, turn) = self.lengths.last()?;
        let own = self.by_address.get(&address).map_or(0, |line| line.logins.len());
        if own >= longest {
            return None;
        }
        let address = *self.turns.get(&turn)?;
        self.take(address, |logins| logins.pop_last().map(|(_, login)| login))
    }

    fn take(&mut self, address: IpAddr, pick: impl FnOnce(&mut BTreeMap<u64, T>) -> Option<T>) -> Option<T> {
        let line = self.by_address.get_mut(&address)?;
        let login = pick(&mut line.logins)?;
        let length = line.logins.len();
        self.lengths.remove(&(length + 1, line.turn));
        if length == 0 {
            self.turns.remove(&line.turn);
            self.by_address.remove(&address);
        } else {
            self.lengths.insert((length, line.turn));
        }
        self.waiting -= 1;
        Some(login)
    }

    fn count(&mut self) -> u64 {
        self.number += 1;
        self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    /// Lines that logins with these addresses have joined, each known by its number.
    fn joined(addresses: &[u8]) -> (Lines<usize>, Vec<Ticket>) {
        let mut lines = Lines::new();
        let tickets = addresses.iter().enumerate().map(|(number, last)| lines.join(address(*last), number)).collect();
        (lines, tickets)
    }

    fn rest(mut lines: Lines<usize>) -> Vec<usize> {
        let order = std::iter::from_fn(|| lines.next()).collect();
        assert_eq!(lines.waiting(), 0);
        assert!(lines.by_address.is_empty() && lines.turns.is_empty() && lines.lengths.is_empty());
        order
    }

    #[test]
    fn addresses_take_turns_and_each_keeps_its_order() {
        let (lines, _) = joined(&[1, 1, 1, 1, 2, 3, 2]);
        assert_eq!(rest(lines), [0, 4, 5, 1, 6, 2, 3]);
    }

    #[test]
    fn a_line_that_was_empty_begins_after_all_others() {
        let (mut lines, _) = joined(&[1, 2, 2]);
        assert_eq!(lines.next(), Some(0));
        lines.join(address(1), 3);
        assert_eq!(rest(lines), [1, 3, 2]);
    }

    #[test]
    fn a_login_leaves_from_anywhere_and_only_once() {
        let (mut lines, tickets) = joined(&[1, 1, 1, 2]);
        assert_eq!(lines.leave(tickets[1]), Some(1));
        assert_eq!(lines.leave(tickets[1]), None);
        assert_eq!(lines.leave(tickets[3]), Some(3));
        assert_eq!(lines.waiting(), 2);
        assert_eq!(rest(lines), [0, 2]);
    }

    #[test]
    fn room_is_made_in_the_longest_line_for_a_shorter_one() {
        let (mut lines, _) = joined(&[1, 2, 2, 3, 3]);
        assert_eq!(lines.make_room_for(address(2)), None);
        // Both have two; the turn of address 3 comes later.
        assert_eq!(lines.make_room_for(address(1)), Some(4));
        assert_eq!(lines.make_room_for(address(4)), Some(2));
        assert_eq!(rest(lines), [0, 1, 3]);
        assert_eq!(Lines::<usize>::new().make_room_for(address(1)), None);
    }
}
