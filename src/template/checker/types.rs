//! The types of values.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jitsi_properties::suggestion::nearest;

use super::super::schema::{Shape, listed};

/// The type of a value. Where nothing is known of it, there is `None` in place of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Type {
    /// A value of the context.
    Shape(&'static Shape),
    /// A list with secrets at these places, counted from 0, and ordinary texts at the others.
    Mixed(Rc<BTreeSet<usize>>),
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
            Self::Shape(_) | Self::Mixed(_) | Self::Macro | Self::SafeText => false,
        }
    }

    /// The type of the item at `place` of a list; of any item when `place` is `None`. Where it may be a secret, it counts
    /// as one.
    pub(super) fn item(&self, place: Option<usize>) -> Option<Type> {
        match self {
            Self::Shape(Shape::List(each)) => Some(Self::Shape(each)),
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
            Self::Shape(Shape::List(_)) => Some(self.clone()),
            _ => None,
        }
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
