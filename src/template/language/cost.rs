//! What work on values costs: fuel by their size, and a limit in time.
//!
//! The engine counts its own steps. What it does not count is charged here, before it is done: how long a text is, and how
//! much there is in a list with all lists in it, a list as often as it occurs. So no operation does more than its fuel
//! allows, and all that a render may do together ends soon.

use std::time::{Duration, Instant};

use minijinja::{Error, State};

use crate::template::error::UsageError;

/// Work that one render may do: about as many steps of the engine, or 64 bytes of text each, or the places of 5 items in
/// lists. A roster of 2,000 contacts at ten properties each takes less than a third of it.
pub(super) const FUEL: u64 = 500_000;

/// Time that one render may take. Fuel ends nearly every render before.
const TIME: Duration = Duration::from_secs(5);

/// Units that one of fuel is worth. A byte of text is one.
const UNITS_PER_FUEL: u64 = 64;

/// Units for a place in a list that is made. It takes 24 bytes, so all that a render may make takes 64 MiB at most.
pub(super) const PER_PLACE: u64 = 12;

/// Units for a value that is made of a part of a text.
pub(super) const PER_PIECE: u64 = 32;

/// Work at which the clock is looked at.
const WORTH_A_LOOK: u64 = 1_000;

/// When a render began to do more than single steps.
struct Begun(Instant);

/// Charges work that is about to be done.
pub(super) fn charge(state: &mut State<'_, '_>, units: u64) -> Result<(), Error> {
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
pub(super) fn ensure(state: &mut State<'_, '_>, units: u64) -> Result<(), Error> {
    if units < left(state) { Ok(()) } else { charge(state, units) }
}

/// A size as units.
pub(in crate::template) fn units(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}

/// What a render may still do, in units.
pub(in crate::template) fn left(state: &State<'_, '_>) -> u64 {
    state.fuel_levels().map_or(0, |(_, left)| left.saturating_mul(UNITS_PER_FUEL))
}
