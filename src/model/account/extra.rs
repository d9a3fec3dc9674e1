//! What the site itself knows about a user.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
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
        let mut secrets = Vec::new();
        self.values.values().for_each(|datum| datum.gather_secrets(&mut secrets));
        secrets.into_iter()
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
    /// A list of records, each with values by name. None of these is a list.
    Records(Arc<[BTreeMap<Arc<str>, Datum>]>),
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
            Self::Records(records) => {
                let mut hidden = records.to_vec();
                hidden.iter_mut().flat_map(BTreeMap::values_mut).for_each(|datum| datum.hide(mark));
                *records = hidden.into();
            }
            Self::Secret(_) | Self::Text(_) | Self::Number(_) | Self::Bool(_) => {}
        }
    }

    fn gather_secrets<'d>(&'d self, secrets: &mut Vec<&'d SecretString>) {
        match self {
            Self::Secret(secret) => secrets.push(secret),
            Self::List(items) => items.iter().for_each(|item| item.gather_secrets(secrets)),
            Self::Records(records) => {
                records.iter().flat_map(BTreeMap::values).for_each(|datum| datum.gather_secrets(secrets));
            }
            Self::Text(_) | Self::Number(_) | Self::Bool(_) => {}
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
    /// [`Datum::Records`], with the names that a record can have. Each is [`DatumType::Single`] or [`DatumType::Secret`].
    Records(BTreeMap<Arc<str>, DatumType>),
}

/// Whether a name's values are lists, and of what. `Display` gives words for several, as in "lists of texts".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatumForm {
    /// Not a list.
    Single,
    /// A list of texts.
    List,
    /// A list of records.
    Records,
}

impl fmt::Display for DatumForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Single => "single values",
            Self::List => "lists of texts",
            Self::Records => "lists of records",
        })
    }
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
        match self {
            Self::Single | Self::List(SecretItems::None) => false,
            Self::Secret | Self::List(_) => true,
            Self::Records(members) => members.values().any(Self::has_secrets),
        }
    }

    /// Whether the values are lists, and of what.
    #[must_use]
    pub fn form(&self) -> DatumForm {
        match self {
            Self::Single | Self::Secret => DatumForm::Single,
            Self::List(_) => DatumForm::List,
            Self::Records(_) => DatumForm::Records,
        }
    }

    /// Makes a secret of what is one in `other` too.
    pub fn hide_as(&mut self, other: Self) {
        match (self, other) {
            (Self::List(items), Self::List(more)) => items.add(more),
            (Self::List(items), Self::Secret) => items.add(SecretItems::All),
            (kind @ Self::Single, Self::Secret) => *kind = Self::Secret,
            (Self::Records(members), Self::Records(more)) => {
                for (name, kind) in more {
                    members.entry(name).or_insert(Self::Single).hide_as(kind);
                }
            }
            (Self::Records(members), Self::Secret | Self::List(SecretItems::All)) => {
                for kind in members.values_mut() {
                    *kind = Self::Secret;
                }
            }
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
