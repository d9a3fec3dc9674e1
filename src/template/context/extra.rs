//! The site's own data as a template sees them.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};
use secrecy::ExposeSecret as _;

use crate::model::account::{Datum, DatumType, Extra};
use crate::template::language::secret::Secret;

/// `extra.…` in a template.
pub(in crate::template) fn value(extra: &Extra) -> Value {
    Value::from_object(Values(extra.clone()))
}

#[derive(Debug)]
struct Values(Extra);

impl Object for Values {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    /// A name that the data know, but not for this user, is empty.
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        let Extra { names, values } = &self.0;
        match (values.get(name), names.kinds.get(name)) {
            (Some(Datum::Records(records)), Some(DatumType::Records(names))) => {
                Some(records.iter().map(|record| record_of(record, names)).collect())
            }
            (Some(datum), _) => Some(value_of(datum)),
            (None, Some(DatumType::List(_) | DatumType::Records(_))) => Some(std::iter::empty::<Value>().collect()),
            (None, Some(DatumType::Single | DatumType::Secret)) => Some(Value::from("")),
            // Which names there are is known once all data were read; until then templates with `extra` are not served.
            (None, None) => names.open.then(|| Value::from("")),
        }
    }
}

fn value_of(datum: &Datum) -> Value {
    match datum {
        Datum::Text(text) => Value::from(&**text),
        Datum::Number(number) => Value::from(*number),
        Datum::Bool(value) => Value::from(*value),
        Datum::List(items) => items.iter().map(value_of).collect(),
        Datum::Records(records) => records.iter().map(|record| record_of(record, &BTreeMap::new())).collect(),
        Datum::Secret(secret) => Secret::value(secret.expose_secret()),
    }
}

/// A record with all of these names, of which it may lack some.
fn record_of(record: &BTreeMap<Arc<str>, Datum>, names: &BTreeMap<Arc<str>, DatumType>) -> Value {
    let lacking = names.keys().map(|name| (name.to_string(), Value::from("")));
    let values = record.iter().map(|(name, datum)| (name.to_string(), value_of(datum)));
    Value::from_object(lacking.chain(values).collect::<BTreeMap<_, _>>())
}
