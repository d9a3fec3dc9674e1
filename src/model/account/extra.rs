//! What the site itself knows about a user.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};

/// What the site itself knows about a user: values by name, for `extra.…` in templates.
///
/// A name that the site's data know is there for everybody, empty for users of whom the data say nothing.
#[derive(Debug, Clone, Default)]
pub struct Extra {
    /// Every name there is, with its kind.
    pub names: Arc<ExtraNames>,
    /// The values of this user.
    pub values: BTreeMap<Arc<str>, Datum>,
}

impl Extra {
    /// Puts what `mark` gives in the place of each secret, where a reply is only looked at. An empty one stays empty, so
    /// that a template asks for it with the same result.
    pub fn hide_secrets(&mut self, mark: impl Fn(&str) -> String) {
        self.values.values_mut().for_each(|datum| datum.hide(&mark));
    }

    /// The secrets among the values.
    pub fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        self.values
            .values()
            .flat_map(|datum| match datum {
                Datum::List(items) => items,
                single => std::slice::from_ref(single),
            })
            .filter_map(|datum| match datum {
                Datum::Secret(secret) => Some(secret),
                Datum::Text(_) | Datum::Number(_) | Datum::Bool(_) | Datum::List(_) => None,
            })
    }
}

/// The names that a site's data know.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExtraNames {
    /// Each name and the kind of its values.
    pub kinds: BTreeMap<Arc<str>, DatumType>,
    /// Whether there may be more names, since some of the data have not been read yet.
    pub open: bool,
}

/// One value of a site's data.
#[derive(Debug, Clone)]
pub enum Datum {
    /// Text.
    Text(Arc<str>),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Bool(bool),
    /// A list of [`Datum::Text`] and [`Datum::Secret`].
    List(Arc<[Datum]>),
    /// Text that never prints.
    Secret(SecretString),
}

impl Datum {
    fn hide(&mut self, mark: &impl Fn(&str) -> String) {
        match self {
            Self::Secret(secret) if !secret.expose_secret().is_empty() => *secret = mark(secret.expose_secret()).into(),
            Self::List(items) => {
                let hidden = |item: &Self| {
                    let mut item = item.clone();
                    item.hide(mark);
                    item
                };
                *items = items.iter().map(hidden).collect();
            }
            Self::Secret(_) | Self::Text(_) | Self::Number(_) | Self::Bool(_) => {}
        }
    }
}

/// The kind of a name's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatumType {
    /// [`Datum::Text`], [`Datum::Number`] or [`Datum::Bool`].
    Single,
    /// [`Datum::Secret`].
    Secret,
    /// [`Datum::List`].
    List(SecretItems),
}

/// Which items of lists never print.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SecretItems {
    /// None of them.
    #[default]
    None,
    /// Those at these places, counted from 0. There is at least one.
    At(BTreeSet<usize>),
    /// All of them.
    All,
}

impl DatumType {
    /// Whether all that the values say never prints.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        matches!(self, Self::Secret | Self::List(SecretItems::All))
    }

    /// Whether there is a secret in the values.
    #[must_use]
    pub fn has_secrets(&self) -> bool {
        !matches!(self, Self::Single | Self::List(SecretItems::None))
    }

    /// Whether the values are lists.
    #[must_use]
    pub fn is_list(&self) -> bool {
        matches!(self, Self::List(_))
    }

    /// Makes a secret of what is one in `other` too.
    pub fn hide_as(&mut self, other: Self) {
        match (self, other) {
            (Self::List(items), Self::List(more)) => items.add(more),
            (Self::List(items), Self::Secret) => items.add(SecretItems::All),
            (kind @ Self::Single, Self::Secret) => *kind = Self::Secret,
            _ => {}
        }
    }
}

impl SecretItems {
    /// Whether the item at `place`, counted from 0, never prints.
    #[must_use]
    pub fn holds(&self, place: usize) -> bool {
        match self {
            Self::None => false,
            Self::At(places) => places.contains(&place),
            Self::All => true,
        }
    }

    /// Makes secrets of `more` items.
    pub fn add(&mut self, more: Self) {
        match (&mut *self, more) {
            (Self::All, _) | (_, Self::None) => {}
            (Self::At(places), Self::At(more)) => places.extend(more),
            (items, more) => *items = more,
        }
    }
}
