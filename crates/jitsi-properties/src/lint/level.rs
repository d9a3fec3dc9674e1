//! How bad a finding is.

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing; nothing may be wrong.
    Note,
    /// Does not do what its author wants; the answer may go out.
    Warning,
    /// Would harm the client; the answer must not go out.
    Error,
}
