//! Tables in memory that never outgrow a bound.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use tokio::time::Instant;

/// Most entries of one table; beyond it the oldest half is forgotten.
pub(super) const MAX_ENTRIES: usize = 65_536;

/// Makes room for one more entry in a table that is full, and says whether it was. `time` is that of an entry, which counts
/// for `window`.
pub(super) fn make_room<K: Hash + Eq, V>(
    table: &mut HashMap<K, V>,
    time: impl Fn(&V) -> Instant,
    window: Duration,
    now: Instant,
) -> bool {
    if table.len() < MAX_ENTRIES {
        return false;
    }
    table.retain(|_, entry| now.saturating_duration_since(time(entry)) < window);
    if table.len() < MAX_ENTRIES {
        return true;
    }
    let mut times: Vec<Instant> = table.values().map(&time).collect();
    let middle = times.len() / 2;
    let (_, oldest_kept, _) = times.select_nth_unstable(middle);
    let oldest_kept = *oldest_kept;
    table.retain(|_, entry| time(entry) > oldest_kept);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_run_out_goes_first_and_then_the_oldest_half() {
        let (start, window) = (Instant::now(), Duration::from_mins(1));
        let at = |number: usize| start + Duration::from_micros(number as u64);
        let mut table: HashMap<usize, Instant> = (0..MAX_ENTRIES).map(|number| (number, at(number))).collect();
        assert!(make_room(&mut table, |at| *at, window, at(MAX_ENTRIES)));
        assert!(table.len() <= MAX_ENTRIES / 2 && table.contains_key(&(MAX_ENTRIES - 1)));
        table.extend((MAX_ENTRIES..2 * MAX_ENTRIES).map(|number| (number, at(number) + window)));
        assert!(make_room(&mut table, |at| *at, window, at(MAX_ENTRIES) + window));
        assert!(table.keys().all(|number| *number >= MAX_ENTRIES));
    }
}
