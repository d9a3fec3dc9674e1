//! The properties format, with the JDK as the judge.

#[cfg(test)] // Tells clippy that helpers are test code too.
mod format;
