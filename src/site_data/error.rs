//! Why a source's data cannot be used.

use crate::model::account::DatumForm;

/// Why a source's data cannot be used. No message holds a value, which could be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// The source cannot be read, does not answer or fails; the next time it may.
    #[error("data `{name}`: {origin}: {problem}")]
    Unavailable {
        /// Name of the source.
        name: String,
        /// The file, command or endpoint.
        origin: String,
        /// What happened when it was read.
        problem: String,
    },
    /// What the source delivered is wrong and has to be changed there.
    #[error("data `{name}`: {origin}{}: {problem}", in_line(*.line))]
    Invalid {
        /// Name of the source.
        name: String,
        /// The file, command or endpoint.
        origin: String,
        /// The line, counted from 1, where there is one.
        line: Option<usize>,
        /// What is wrong there and what to change.
        problem: String,
    },
    /// A setting of the source is wrong.
    #[error("data `{name}`: {setting}: {problem}")]
    Setting {
        /// Name of the source.
        name: String,
        /// The setting's key.
        setting: &'static str,
        /// What is wrong with it and what to change.
        problem: String,
    },
    /// Two sources do not agree on what a name is.
    #[error(
        "data `{}` and `{}`: the values of `{extra}` are {} in the one and {} in the other; rename it in one of them",
        .sources.0, .sources.1, .forms.0, .forms.1
    )]
    Clash {
        /// The name, as in `extra.name`.
        extra: String,
        /// The two sources.
        sources: (String, String),
        /// What its values are in each.
        forms: (DatumForm, DatumForm),
    },
}

impl DataError {
    /// The source that is wrong; none when it takes two.
    #[must_use]
    pub fn source_name(&self) -> Option<&str> {
        match self {
            Self::Unavailable { name, .. } | Self::Invalid { name, .. } | Self::Setting { name, .. } => Some(name),
            Self::Clash { .. } => None,
        }
    }
}

/// What is wrong with a text, before it is known whose text it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ParseError {
    pub(super) line: Option<usize>,
    pub(super) problem: String,
}

impl ParseError {
    pub(super) fn at(line: usize, problem: impl Into<String>) -> Self {
        Self { line: Some(line), problem: problem.into() }
    }
}

fn in_line(line: Option<usize>) -> String {
    line.map(|line| format!(", line {line}")).unwrap_or_default()
}
