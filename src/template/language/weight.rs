//! How much there is in a value, and the charge for going through all of it.

use minijinja::value::ObjectRepr;
use minijinja::{Error, State, Value};

use super::cost::{PER_PIECE, PER_PLACE, charge, left, units};
use super::list;
use crate::template::error::UsageError;

/// How deep lists and groups of values may be nested. Comparing and dropping them takes as many calls.
pub(in crate::template) const MAX_DEPTH: usize = 16;

/// Units for looking at a value.
const PER_VALUE: u64 = 8;

/// Charges `times` passes through all that is in `value`, and gives the size of it in units.
pub(super) fn weigh(state: &mut State<'_, '_>, value: &Value, times: u64) -> Result<u64, Error> {
    let mut scale = Scale { units: 0, most: left(state) };
    scale.put(value, 0)?;
    charge(state, scale.units.saturating_mul(times))?;
    Ok(scale.units)
}

/// Charges a pass through the items of a list, without what is in them.
pub(super) fn weigh_items(state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let units = match value.as_str() {
        Some(text) => units(text.len()).saturating_mul(PER_PIECE),
        None => units(value.len().unwrap_or_default()).saturating_mul(PER_PLACE),
    };
    charge(state, units)
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
