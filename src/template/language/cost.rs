//! What work on values costs: fuel by their size, and a limit in time.
//!
//! The engine counts its own steps. What it does not count is charged here, before it is done: how long a text is, and how
//! much there is in a list with all lists in it, a list as often as it occurs. So no operation does more than its fuel
//! allows, and all that a render may do together ends soon.

use std::time::{Duration, Instant};

use minijinja::value::ObjectRepr;
use minijinja::{Error, State, Value};

use super::list;
use crate::template::error::UsageError;

/// Work that one render may do: about as many steps of the engine, or 64 bytes of text each, or the places of 5 items in
/// lists. A roster of 2,000 contacts at ten properties each takes less than a third of it.
pub(in crate::template) const FUEL: u64 = 500_000;

/// Time that one render may take. Fuel ends nearly every render before.
const TIME: Duration = Duration::from_secs(5);

/// How deep lists and groups of values may be nested. Comparing and dropping them takes as many calls.
pub(in crate::template) const MAX_DEPTH: usize = 16;

/// Units that one of fuel is worth. A byte of text is one.
const UNITS_PER_FUEL: u64 = 64;

/// Units for looking at a value.
const PER_VALUE: u64 = 8;

/// Units for a place in a list that is made. It takes 24 bytes, so all that a render may make takes 64 MiB at most.
pub(in crate::template) const PER_PLACE: u64 = 12;

/// Units for a value that is made of a part of a text.
pub(in crate::template) const PER_PIECE: u64 = 32;

/// Work at which the clock is looked at.
const WORTH_A_LOOK: u64 = 1_000;

/// When a render began to do more than single steps.
struct Begun(Instant);

/// Charges work that is about to be done.
pub(in crate::template) fn charge(state: &mut State<'_, '_>, units: u64) -> Result<(), Error> {
    if units >= WORTH_A_LOOK {
        let Begun(begun) = state.get_or_insert_extension_with(|| Begun(Instant::now()));
        if begun.elapsed() > TIME {
            return Err(UsageError::raise(format!(
                "the template takes longer than {} s; does it work on very long lists or texts in a loop?",
                TIME.as_secs()
            )));
        }
    }
    state.consume_fuel(units / UNITS_PER_FUEL)
}

/// Makes sure that a text can be paid for which is about to be made. The engine charges it when it is there.
pub(in crate::template) fn ensure(state: &mut State<'_, '_>, units: u64) -> Result<(), Error> {
    if units < left(state) { Ok(()) } else { charge(state, units) }
}

/// Charges `times` passes through all that is in `value`, and gives the size of it in units.
pub(in crate::template) fn weigh(state: &mut State<'_, '_>, value: &Value, times: u64) -> Result<u64, Error> {
    let mut scale = Scale { units: 0, most: left(state) };
    scale.put(value, 0)?;
    charge(state, scale.units.saturating_mul(times))?;
    Ok(scale.units)
}

/// Charges a pass through the items of a list, without what is in them.
pub(in crate::template) fn weigh_items(state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let units = match value.as_str() {
        Some(text) => units(text.len()).saturating_mul(PER_PIECE),
        None => units(value.len().unwrap_or_default()).saturating_mul(PER_PLACE),
    };
    charge(state, units)
}

/// A size as units.
pub(in crate::template) fn units(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}

/// What a render may still do, in units.
pub(in crate::template) fn left(state: &State<'_, '_>) -> u64 {
    state.fuel_levels().map_or(0, |(_, left)| left.saturating_mul(UNITS_PER_FUEL))
}

struct Scale {
    units: u64,
    /// What can be paid for. More need not be counted.
    most: u64,
}

impl Scale {
    fn put(&mut self, value: &Value, depth: usize) -> Result<(), Error> {
        self.units = self.units.saturating_add(PER_VALUE).saturating_add(units(value.as_str().map_or(0, str::len)));
        let Some(object) = value.as_object().filter(|_| self.units <= self.most) else { return Ok(()) };
        let is_map = match object.repr() {
            ObjectRepr::Map => true,
            ObjectRepr::Seq | ObjectRepr::Iterable => false,
            _ => return Ok(()),
        };
        if depth == MAX_DEPTH {
            return Err(UsageError::raise(format!(
                "lists and groups of values are nested more than {MAX_DEPTH} levels deep; does a loop put a list into \
                 itself? Write `ns.all + [item]` to add to a list"
            )));
        }
        if let Some(items) = list::items(value) {
            return items.iter().try_for_each(|item| self.put(item, depth + 1));
        }
        // The site's own data cannot be gone through.
        for item in value.try_iter().into_iter().flatten() {
            if self.units > self.most {
                break;
            }
            if is_map {
                self.put(&value.get_item(&item)?, depth + 1)?;
            }
            self.put(&item, depth + 1)?;
        }
        Ok(())
    }
}
