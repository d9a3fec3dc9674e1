//! What the site itself knows about a user.

use std::collections::BTreeMap;
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
        for datum in self.values.values_mut() {
            if let Datum::Secret(secret) = datum
                && !secret.expose_secret().is_empty()
            {
                *secret = SecretString::from(mark(secret.expose_secret()));
            }
        }
    }

    /// The secrets among the values.
    pub fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        self.values.values().filter_map(|datum| match datum {
            Datum::Secret(secret) => Some(secret),
            _ => None,
        })
    }
}

/// The names that a site's data know.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExtraNames {
    /// Each name and the kind of its values.
    pub kinds: BTreeMap<Arc<str>, DatumKind>,
    /// Whether there may be more names, since some of the data were not read yet.
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
    Truth(bool),
    /// A list of texts.
    List(Arc<[Arc<str>]>),
    /// Text that never prints.
    Secret(SecretString),
}

/// The kind of a name's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatumKind {
    /// [`Datum::Text`], [`Datum::Number`] or [`Datum::Truth`].
    Single,
    /// [`Datum::List`].
    List,
    /// [`Datum::Secret`].
    Secret,
}
