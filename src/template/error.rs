//! What can be wrong with a template, in words for the administrator who wrote it.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::path::PathBuf;

use minijinja::{Error, ErrorKind};

use super::output::MAX_OUTPUT;

/// An error in a template with its place. It never holds a value of a user: names and lines only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocatedError {
    /// The template's file.
    pub file: String,
    /// The line, counted from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong and what to write instead.
    pub message: String,
}

/// Why a template cannot be used, or gave no text.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file cannot be read.
    #[error("cannot read the template {}", path.display())]
    Unreadable {
        /// Path of the template.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The template is wrong for every user. Holds all errors, by line.
    #[error("{}", lines(.0))]
    Invalid(Vec<LocatedError>),
    /// The template is in order, but fails with one of the samples, so it would fail with some user.
    #[error("{error} (seen with the sample user `{sample}`)")]
    Sample {
        /// The sample's name.
        sample: &'static str,
        /// What went wrong.
        error: LocatedError,
    },
    /// The template fails with this user's data.
    #[error("{0}")]
    Failed(LocatedError),
}

impl LocatedError {
    /// An error at a line that is known.
    pub(super) fn at(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: Some(line), message: message.into() }
    }

    /// What a render with made-up data ran into, with the engine's details.
    pub(super) fn from_sample(file: &str, error: &Error) -> Self {
        Self::locate(file, error, |cause| cause.detail().map_or_else(|| cause.kind().to_string(), str::to_owned))
    }

    /// What a render with a user's data ran into. The engine's details can quote values, so they are left out.
    pub(super) fn from_render(file: &str, error: &Error) -> Self {
        let withheld =
            "; the details are left out, since they could quote a user's data: look at this line of the template";
        Self::locate(file, error, |cause| format!("{}{withheld}", cause.kind()))
    }

    /// `file` is the template's own; where the error happened in another one, that one is named instead.
    fn locate(file: &str, error: &Error, otherwise: impl Fn(&Error) -> String) -> Self {
        let cause = innermost(error);
        let message = match (UsageError::within(error), cause.kind()) {
            (Some(notice), _) => notice.to_owned(),
            (None, ErrorKind::OutOfFuel) => {
                "the template does too much work; is there a loop in a loop, or one without an end?".to_owned()
            }
            // The only writer there is fails for no other reason.
            (None, ErrorKind::WriteFailure) => format!("the text would be larger than {MAX_OUTPUT} bytes"),
            // The detail is made of the template's own words: "`request.fields.os` is undefined".
            (None, ErrorKind::UndefinedError) => format!(
                "{}; write `{{{{ … | default('') }}}}` for what may be absent",
                cause.detail().unwrap_or("an undefined value is used")
            ),
            (None, _) => otherwise(cause),
        };
        Self { file: cause.name().unwrap_or(file).to_owned(), line: cause.line(), message }
    }
}

impl fmt::Display for LocatedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

/// A message of our own inside an error of the engine. It never quotes a value, so it may be shown.
#[derive(Debug)]
pub(super) struct UsageError(String);

impl UsageError {
    /// An error for the engine that carries `message`.
    pub(super) fn raise(message: impl Into<String>) -> Error {
        let message = message.into();
        Error::new(ErrorKind::InvalidOperation, message.clone()).with_source(Self(message))
    }

    /// The message that `error` carries, if it is one of ours.
    fn within(error: &Error) -> Option<&str> {
        let mut cause = error.source();
        while let Some(inner) = cause {
            match inner.downcast_ref::<Self>() {
                Some(notice) => return Some(&notice.0),
                None => cause = inner.source(),
            }
        }
        None
    }
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

/// The error inside the errors that the engine puts around it for each file and block on the way.
fn innermost(error: &Error) -> &Error {
    let mut innermost = error;
    while matches!(innermost.kind(), ErrorKind::BadInclude | ErrorKind::EvalBlock) {
        match innermost.source().and_then(|cause| cause.downcast_ref()) {
            Some(inner) => innermost = inner,
            None => break,
        }
    }
    innermost
}

fn lines(errors: &[LocatedError]) -> String {
    let lines: Vec<String> = errors.iter().map(LocatedError::to_string).collect();
    lines.join("\n")
}
