//! The types of values.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use jitsi_properties::suggestion::nearest;

use super::super::schema::{Shape, listed};
use crate::model::account::DatumType;

/// The type of a value. Where nothing is known of it, there is `None` in place of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Type {
    /// A value of the context.
    Shape(&'static Shape),
    /// A list with secrets at these places, counted from 0, and ordinary texts at the others.
    Mixed(Rc<BTreeSet<usize>>),
    /// A list of records of the site's own data.
    Records(Rc<RecordNames>),
    /// One of these records.
    Record(Rc<RecordNames>),
    /// What is behind a name of site data that nothing is known of, since they were not read. It may be a list of records.
    Unread(Rc<str>),
    /// An item of that, if it is a list.
    UnreadItem(Rc<str>),
    /// A file that was imported.
    Module(Rc<Module>),
    /// What `namespace()` gives. It is never held by another value, since one that holds itself has no end.
    Namespace,
    Macro,
    /// Text that a macro or a block made: it is escaped already. Jinja calls it safe.
    SafeText,
}

impl Type {
    /// Whether it is a namespace or has one in it.
    pub(super) fn holds_namespace(&self) -> bool {
        match self {
            Self::Namespace => true,
            Self::Module(module) => module.exports.values().flatten().any(Self::holds_namespace),
            Self::Shape(_)
            | Self::Mixed(_)
            | Self::Records(_)
            | Self::Record(_)
            | Self::Unread(_)
            | Self::UnreadItem(_)
            | Self::Macro
            | Self::SafeText => false,
        }
    }

    /// The type of the item at `place` of a list; of any item when `place` is `None`. Where it may be a secret, it counts
    /// as one.
    pub(super) fn item(&self, place: Option<usize>) -> Option<Type> {
        match self {
            Self::Shape(Shape::List(each)) => Some(Self::Shape(each)),
            Self::Records(names) => Some(Self::Record(Rc::clone(names))),
            Self::Unread(name) => Some(Self::UnreadItem(Rc::clone(name))),
            Self::Mixed(places) => {
                let is_open = place.is_some_and(|place| !places.contains(&place));
                Some(Self::Shape(if is_open { &Shape::Single } else { &Shape::Secret }))
            }
            _ => None,
        }
    }

    /// The same list with fewer items or in another order; none when this is no list.
    pub(super) fn rearranged(&self) -> Option<Type> {
        match self {
            Self::Mixed(_) => Some(Self::Shape(&Shape::List(&Shape::Secret))),
            Self::Shape(Shape::List(_)) | Self::Records(_) | Self::Unread(_) => Some(self.clone()),
            _ => None,
        }
    }
}

/// The names that the records of a list have, each with whether its values are secrets.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RecordNames(pub(super) BTreeMap<Arc<str>, DatumType>);

impl RecordNames {
    /// The type of the values of `name`; an error says what is wrong with the name.
    pub(super) fn find(&self, called: &str, name: &str) -> Result<Type, String> {
        if let Some(kind) = self.0.get(name) {
            return Ok(Type::Shape(if *kind == DatumType::Secret { &Shape::Secret } else { &Shape::Single }));
        }
        let meant = nearest(name, self.names()).map(|meant| format!("; did you mean `{called}.{meant}`?"));
        Err(format!("`{called}` has no `{name}`{} It has: {}", meant.as_deref().unwrap_or("."), self.listed()))
    }

    /// The names, for a message.
    pub(super) fn listed(&self) -> String {
        if self.0.is_empty() { "nothing".to_owned() } else { listed(self.names()) }
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|name| &**name)
    }
}

/// What a file that was imported gives to others.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Module {
    pub(super) exports: BTreeMap<String, Option<Type>>,
}

impl Module {
    /// The type of the value `name`; `None` when the module has no such name.
    pub(super) fn find(&self, name: &str) -> Option<&Option<Type>> {
        self.exports.get(name)
    }

    /// The names that the module has, for a message.
    pub(super) fn listed(&self) -> String {
        if self.exports.is_empty() { "nothing".to_owned() } else { listed(self.names()) }
    }

    /// What to say of a name that the module does not have.
    pub(super) fn has_no(&self, called: &str, name: &str) -> String {
        let meant = nearest(name, self.names()).map(|meant| format!("; did you mean `{meant}`?"));
        let private =
            name.starts_with('_').then(|| "; names that begin with `_` are visible only in their file.".to_owned());
        let hint = private.or(meant).unwrap_or_else(|| ".".to_owned());
        format!("{called} has no `{name}`{hint} It has: {}", self.listed())
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.exports.keys().map(String::as_str)
    }
}
