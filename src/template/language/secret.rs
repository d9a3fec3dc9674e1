//! A value that is written by the formatter and nowhere else.

use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};
use secrecy::{ExposeSecret, SecretString};

/// A secret in a template.
///
/// Whatever makes text of it other than `{{ … }}` (a filter, `~`, a debug print inside an error) gets
/// [`Secret::MARK`] instead, and the formatter refuses text with the mark in it. So a secret can neither slip into an
/// error message nor reach a client in a shape that was not meant.
#[derive(Debug)]
pub(in crate::template) struct Secret(SecretString);

impl Secret {
    /// Stands for a secret in text. No name, vCard or form field can hold a control character.
    pub(in crate::template) const MARK: char = '\u{1}';

    /// Wraps a secret for a template.
    pub(in crate::template) fn value(secret: &str) -> Value {
        Value::from_object(Self(SecretString::from(secret.to_owned())))
    }

    /// The secret itself. For the formatter, and for what makes another secret of it.
    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl Object for Secret {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !self.expose().is_empty()
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{mark}secret{mark}", mark = Self::MARK)
    }
}
