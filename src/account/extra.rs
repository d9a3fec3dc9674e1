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
        let hidden = |secret: &SecretString| match secret.expose_secret() {
            "" => secret.clone(),
            text => SecretString::from(mark(text)),
        };
        for datum in self.values.values_mut() {
            match datum {
                Datum::Secret(secret) => *secret = hidden(secret),
                Datum::SecretList(secrets) => *secrets = secrets.iter().map(hidden).collect(),
                Datum::Text(_) | Datum::Number(_) | Datum::Truth(_) | Datum::List(_) => {}
            }
        }
    }

    /// The secrets among the values.
    pub fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        self.values.values().flat_map(|datum| match datum {
            Datum::Secret(secret) => std::slice::from_ref(secret),
            Datum::SecretList(secrets) => secrets,
            Datum::Text(_) | Datum::Number(_) | Datum::Truth(_) | Datum::List(_) => &[],
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
    /// A list of such texts.
    SecretList(Arc<[SecretString]>),
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
    /// [`Datum::SecretList`].
    SecretList,
}

impl DatumKind {
    /// Whether the values never print.
    #[must_use]
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::SecretList)
    }

    /// Whether the values are lists.
    #[must_use]
    pub fn is_list(self) -> bool {
        matches!(self, Self::List | Self::SecretList)
    }

    /// The same kind of values, which never print.
    #[must_use]
    pub fn secret(self) -> Self {
        if self.is_list() { Self::SecretList } else { Self::Secret }
    }
}
