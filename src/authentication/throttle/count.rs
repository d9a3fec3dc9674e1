//! The attempts of each key of one kind: a user, an address, a user at an address.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::authentication::bounded::make_room;

/// Counts attempts by their key, and says whether there is room for another one. `N` names a key for people.
#[derive(Debug)]
pub(super) struct Count<K, N> {
    /// Refusals in a window before there is no room; 0 is no limit.
    limit: u32,
    window: Duration,
    entries: HashMap<K, Attempts<N>>,
    /// Refusals in all entries that are not confirmed.
    unconfirmed: u64,
}

/// The attempts of one key.
#[derive(Debug)]
struct Attempts<N> {
    /// Whose they are; kept once there was no room, since clients can invent any number of keys.
    name: Option<N>,
    /// Refused, and believed; or given up by the client.
    believed: u32,
    /// Refused, and not believed, of strangers.
    of_strangers: u32,
    /// The same of familiar users.
    of_familiar: u32,
    /// Not ended.
    running: u32,
    /// When the first refusal of the window was counted.
    since: Instant,
    /// When the last refusal was counted that is not confirmed.
    doubted: Instant,
    /// Wakes those that wait for a running attempt to end.
    ended: Option<Arc<Notify>>,
}

/// What another attempt would meet.
#[derive(Debug)]
pub(super) enum Room {
    /// It may run.
    Free,
    /// It may run when one that runs ends well.
    Behind(Arc<Notify>),
    /// There were too many refusals, but not all of them are believed.
    Doubted,
    /// There were too many refusals. The time after which it may run.
    Full(Duration),
}

/// A key without room for another attempt.
#[derive(Debug)]
pub(super) struct Locked<'a, N> {
    pub(super) name: &'a N,
    /// How many attempts were refused.
    pub(super) failures: u32,
    /// When the first of them was counted.
    pub(super) since: Instant,
    /// When there is room again.
    pub(super) until: Instant,
    /// Not all of them are believed.
    pub(super) is_in_doubt: bool,
}

/// A refusal that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    Believed,
    /// Not believed. Whether it was a familiar user's.
    Unconfirmed(bool),
}

impl<K: Hash + Eq + Clone, N> Count<K, N> {
    pub(super) fn new(limit: u32, window: Duration) -> Self {
        Self { limit, window, entries: HashMap::new(), unconfirmed: 0 }
    }

    /// What another attempt of `key` would meet.
    pub(super) fn room(&mut self, key: &K, now: Instant) -> Room {
        let (limit, window) = (self.limit, self.window);
        let Some(attempts) = self.current(key, now) else { return Room::Free };
        let refused = attempts.refused();
        if attempts.believed >= limit {
            Room::Full((attempts.since + window).saturating_duration_since(now))
        } else if refused >= limit {
            Room::Doubted
        } else if refused.saturating_add(attempts.running) >= limit {
            Room::Behind(Arc::clone(attempts.ended.get_or_insert_default()))
        } else {
            Room::Free
        }
    }

    /// An attempt of `key` begins.
    pub(super) fn begin(&mut self, key: &K, now: Instant) {
        if let Some(attempts) = self.entry(key, now) {
            attempts.running = attempts.running.saturating_add(1);
        }
    }

    /// An attempt of `key` has ended, with a refusal that counts or without. `name` is that of the key.
    pub(super) fn end(&mut self, key: &K, refusal: Option<Counted>, now: Instant, name: impl FnOnce() -> N) {
        if let Some(attempts) = self.current(key, now) {
            attempts.running = attempts.running.saturating_sub(1);
        }
        if let Some(refusal) = refusal {
            self.count(key, refusal, now, name);
        }
        self.changed(key);
    }

    /// A refusal of `key` counts.
    fn count(&mut self, key: &K, refusal: Counted, now: Instant, name: impl FnOnce() -> N) {
        let limit = self.limit;
        let Some(attempts) = self.entry(key, now) else { return };
        if attempts.refused() == 0 {
            attempts.since = now;
        }
        match refusal {
            Counted::Believed => attempts.believed = attempts.believed.saturating_add(1),
            Counted::Unconfirmed(is_familiar) => {
                let unconfirmed = if is_familiar { &mut attempts.of_familiar } else { &mut attempts.of_strangers };
                *unconfirmed = unconfirmed.saturating_add(1);
                attempts.doubted = now;
                self.unconfirmed += 1;
            }
        }
        if let Some(attempts) = self.entries.get_mut(key)
            && attempts.refused() >= limit
        {
            attempts.name.get_or_insert_with(name);
        }
    }

    /// Every key without room now.
    pub(super) fn locked(&self, now: Instant) -> Vec<Locked<'_, N>> {
        let (limit, window) = (self.limit, self.window);
        let locked = |attempts: &&Attempts<N>| {
            attempts.refused() >= limit && now.saturating_duration_since(attempts.since) < window
        };
        let found = self.entries.values().filter(locked).filter_map(|attempts| {
            Some(Locked {
                name: attempts.name.as_ref()?,
                failures: attempts.refused(),
                since: attempts.since,
                until: attempts.since + window,
                is_in_doubt: attempts.believed < limit,
            })
        });
        found.collect()
    }

    /// Forgets the refusals of the keys with a name like this. Says whether there were any.
    pub(super) fn release(&mut self, is_it: impl Fn(&N) -> bool, now: Instant) -> bool {
        let named = self.entries.iter().filter(|(_, attempts)| attempts.name.as_ref().is_some_and(&is_it));
        let keys: Vec<K> = named.map(|(key, _)| key.clone()).collect();
        // All of them, so no `any`.
        keys.iter().map(|key| self.take_back(key, u32::MAX, now)).sum::<u32>() > 0
    }

    /// Forgets up to `number` refusals of `key`, those first that are not confirmed. Says how many.
    pub(super) fn take_back(&mut self, key: &K, number: u32, now: Instant) -> u32 {
        let Some(attempts) = self.current(key, now) else { return 0 };
        let (mut left, mut unconfirmed) = (number, 0);
        for count in [&mut attempts.of_strangers, &mut attempts.of_familiar] {
            let taken = left.min(*count);
            *count -= taken;
            left -= taken;
            unconfirmed += u64::from(taken);
        }
        let believed = left.min(attempts.believed);
        attempts.believed -= believed;
        self.unconfirmed = self.unconfirmed.saturating_sub(unconfirmed);
        self.changed(key);
        number - left + believed
    }

    /// Forgets refusals that are not confirmed and were counted before `before`: those of familiar users, or `all`. Says
    /// whether there were any.
    pub(super) fn give_back(&mut self, all: bool, before: Instant) -> bool {
        if self.unconfirmed == 0 {
            return false;
        }
        let given_back: Vec<K> = self
            .entries
            .iter_mut()
            .filter(|(_, attempts)| attempts.doubted <= before)
            .filter_map(|(key, attempts)| {
                let of_strangers = if all { std::mem::take(&mut attempts.of_strangers) } else { 0 };
                let number = u64::from(std::mem::take(&mut attempts.of_familiar)) + u64::from(of_strangers);
                self.unconfirmed = self.unconfirmed.saturating_sub(number);
                (number > 0).then(|| key.clone())
            })
            .collect();
        for key in &given_back {
            self.changed(key);
        }
        !given_back.is_empty()
    }

    /// Wakes those that wait for room, and drops the entry when it holds nothing.
    fn changed(&mut self, key: &K) {
        let Some(attempts) = self.entries.get_mut(key) else { return };
        if let Some(ended) = attempts.ended.take() {
            ended.notify_waiters();
        }
        if attempts.refused() == 0 && attempts.running == 0 {
            self.entries.remove(key);
        }
    }

    /// The attempts of `key`, without what is older than the window.
    fn current(&mut self, key: &K, now: Instant) -> Option<&mut Attempts<N>> {
        let attempts = self.entries.get_mut(key)?;
        if now.saturating_duration_since(attempts.since) >= self.window {
            self.unconfirmed = self.unconfirmed.saturating_sub(attempts.doubtful());
            (attempts.believed, attempts.of_strangers, attempts.of_familiar) = (0, 0, 0);
            attempts.since = now;
        }
        Some(attempts)
    }

    /// The same, with a place for the first; none without a limit.
    fn entry(&mut self, key: &K, now: Instant) -> Option<&mut Attempts<N>> {
        if self.limit == 0 {
            return None;
        }
        if !self.entries.contains_key(key) {
            if make_room(&mut self.entries, |attempts| attempts.since, self.window, now) {
                self.unconfirmed = self.entries.values().map(Attempts::doubtful).sum();
            }
            let nothing = Attempts {
                name: None,
                believed: 0,
                of_strangers: 0,
                of_familiar: 0,
                running: 0,
                since: now,
                doubted: now,
                ended: None,
            };
            self.entries.insert(key.clone(), nothing);
        }
        self.current(key, now)
    }
}

impl<N> Attempts<N> {
    /// How many were refused.
    fn refused(&self) -> u32 {
        self.believed.saturating_add(self.of_strangers).saturating_add(self.of_familiar)
    }

    /// How many of these refusals are not believed.
    fn doubtful(&self) -> u64 {
        u64::from(self.of_strangers) + u64::from(self.of_familiar)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentication::bounded::MAX_ENTRIES;

    #[test]
    fn the_table_never_outgrows_its_bound() {
        let mut count = Count::new(1, Duration::from_mins(1));
        let start = Instant::now();
        for number in 0..MAX_ENTRIES + 10 {
            count.count(&number, Counted::Believed, start + Duration::from_micros(number as u64), || number);
        }
        assert!(count.entries.len() <= MAX_ENTRIES);
        let newest = count.room(&(MAX_ENTRIES + 9), start + Duration::from_secs(1));
        assert!(matches!(newest, Room::Full(_)), "{newest:?}");
    }

    #[test]
    fn an_attempt_that_ends_without_a_refusal_leaves_nothing_behind() {
        let (mut count, now) = (Count::new(3, Duration::from_mins(1)), Instant::now());
        count.begin(&"anna", now);
        count.end(&"anna", None, now, || "anna");
        assert!(count.entries.is_empty());
        count.begin(&"anna", now);
        count.end(&"anna", Some(Counted::Unconfirmed(false)), now, || "anna");
        assert!(!count.give_back(false, now) && count.give_back(true, now));
        assert!(count.entries.is_empty() && count.unconfirmed == 0);
    }
}
