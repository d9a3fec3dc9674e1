//! A filter that is paid for.

use minijinja::value::{Rest, ValueOrKwargs};
use minijinja::{Error, State, Value};

use super::super::cost::{PER_PIECE, charge, units};
use super::super::list;
use super::super::plain_text::textual;
use super::super::weight::{weigh, weigh_items};
use crate::template::error::UsageError;

/// A filter of the engine's.
pub(in crate::template) struct Filter {
    pub(in crate::template) name: &'static str,
    function: Value,
    cost: Cost,
    /// How many of its first values become texts.
    texts: usize,
}

/// What a filter does with its first value. Of a text the engine itself charges the length; all further values are
/// weighed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cost {
    /// Looks at a place or two of it.
    Nothing,
    /// Goes through its items.
    Items,
    /// The same, and what it makes can be a list of lists.
    Nesting,
    /// Looks at all that is in it.
    Whole,
    /// Compares all that is in it, sorting.
    Sorting,
    /// Cuts it into pieces.
    Pieces,
    /// Goes through all of it for each part of the others.
    Product,
}

impl Filter {
    pub(super) fn new(name: &'static str, function: Value, cost: Cost) -> Self {
        Self { name, function, cost, texts: 0 }
    }

    /// The same, its first `count` values becoming texts.
    pub(super) fn of_texts(self, count: usize) -> Self {
        Self { texts: count, ..self }
    }

    /// The filter as the engine takes it.
    pub(in crate::template) fn guarded(
        self,
    ) -> impl Fn(&mut State<'_, '_>, Rest<ValueOrKwargs>) -> Result<Value, Error> + Send + Sync + 'static {
        move |state, arguments| {
            let mut arguments = arguments.into_values();
            refuse_safe_text(self.name, &arguments)?;
            for argument in arguments.iter_mut().take(self.texts) {
                *argument = textual(argument.clone())?;
            }
            self.charge(state, &arguments)?;
            let made = self.function.call(state, &arguments)?;
            if matches!(self.cost, Cost::Nesting | Cost::Sorting) {
                weigh(state, &made, 1)?;
            }
            list::whole(state, made)
        }
    }

    fn charge(&self, state: &mut State<'_, '_>, arguments: &[Value]) -> Result<(), Error> {
        let Some((first, others)) = arguments.split_first() else { return Ok(()) };
        let mut further = 0_u64;
        for other in others {
            further = further.saturating_add(weigh(state, other, 1)?);
        }
        match self.cost {
            Cost::Nothing => Ok(()),
            Cost::Items | Cost::Nesting => {
                weigh_items(state, first)?;
                // `zip` and `chain` go through all of them; how many places `batch` and `slice` fill is said by a number.
                others.iter().try_for_each(|other| match other.as_usize() {
                    Some(count) if self.cost == Cost::Nesting => charge(state, units(count).saturating_mul(PER_PIECE)),
                    _ => weigh_items(state, other),
                })
            }
            Cost::Whole => weigh(state, first, 1).map(drop),
            Cost::Sorting => {
                let times = u64::from(first.len().unwrap_or_default().checked_ilog2().unwrap_or_default()) + 1;
                weigh(state, first, times).map(drop)
            }
            Cost::Pieces => charge(state, pieces(first, others.first()).saturating_mul(PER_PIECE)),
            Cost::Product => weigh(state, first, further.max(1)).map(drop),
        }
    }
}

/// Refuses text from macros and blocks. Such text is escaped already: in upper case, cut or split, its escapes would break.
pub(in crate::template) fn refuse_safe_text(name: &str, arguments: &[Value]) -> Result<(), Error> {
    if name != "default" && name != "d" && arguments.iter().any(Value::is_safe) {
        return Err(UsageError::raise(format!(
            "`{name}` cannot change text that a macro or a block made, which is escaped already; use it inside, on the value"
        )));
    }
    Ok(())
}

/// How many pieces a text is cut into.
fn pieces(text: &Value, separator: Option<&Value>) -> u64 {
    let text = text.as_str().unwrap_or_default();
    units(match separator.and_then(Value::as_str) {
        Some("") => text.len(),
        Some(separator) => text.matches(separator).count(),
        None => text.bytes().filter(u8::is_ascii_whitespace).count(),
    })
}
