//! Lists as a render has them: whole.
//!
//! The engine makes many lists only while they are gone through: what is cut out of a list goes through the whole of it each
//! time, and lists that are added stay a chain. So what makes such a list is made whole at once, and paid for once.

use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, Tuple, ValueKind};
use minijinja::{Error, ErrorKind, State, Value};

use super::cost::{PER_PLACE, charge, left, units};

/// A list. The engine charges nothing for handing it on, since it does not know it.
#[derive(Debug)]
struct List(Arc<Vec<Value>>);

impl Object for List {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get(key.as_usize()?).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.0.len())
    }
}

/// A list of these items. They are to be paid for by who makes them.
pub(super) fn from_items(items: Vec<Value>) -> Value {
    Value::from_object(List(Arc::new(items)))
}

/// The items of a list that is whole.
pub(in crate::template) fn items(value: &Value) -> Option<&[Value]> {
    let list = value.downcast_object_ref::<List>().map(|list| list.0.as_slice());
    list.or_else(|| value.downcast_object_ref::<Vec<Value>>().map(Vec::as_slice))
}

/// The same value, a list made whole and paid for.
pub(in crate::template) fn whole(state: &mut State<'_, '_>, value: Value) -> Result<Value, Error> {
    if let Some(items) = value.downcast_object::<Vec<Value>>() {
        return Ok(Value::from_object(List(items)));
    }
    let is_list =
        value.as_object().is_some_and(|object| matches!(object.repr(), ObjectRepr::Seq | ObjectRepr::Iterable));
    if !is_list || value.downcast_object_ref::<List>().is_some() || value.downcast_object_ref::<Tuple>().is_some() {
        return Ok(value);
    }
    collected(state, &value).map(from_items)
}

/// The items of a list, paid for.
pub(super) fn collected(state: &mut State<'_, '_>, value: &Value) -> Result<Vec<Value>, Error> {
    let price = |count: usize| units(count).saturating_mul(PER_PLACE);
    let known = value.len();
    charge(state, price(known.unwrap_or_default()))?;
    // What cannot be paid for is not made.
    let most =
        known.unwrap_or_else(|| usize::try_from(left(state) / PER_PLACE).unwrap_or(usize::MAX).saturating_add(1));
    let items: Vec<Value> = value.try_iter()?.take(most).collect();
    if known.is_none() {
        charge(state, price(items.len()))?;
    }
    match items.iter().find(|item| item.kind() == ValueKind::Invalid) {
        // Its own message is the engine's secret.
        Some(_) => Err(Error::new(ErrorKind::InvalidOperation, "an item of the list cannot be made")),
        None => Ok(items),
    }
}
