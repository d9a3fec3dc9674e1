//! All files that templates are made of: those that the configuration names, and those that they name themselves.
//!
//! 1. Each file is read once, however often it is named; what it names is read next, until nothing is left.
//! 2. What they name lies below one folder. Nothing else can be read.
//! 3. No file may name itself, directly or through others, and the depth of nesting is limited.

mod blocks;
mod files;
mod modifiers;
mod names;
mod nesting;
mod references;
mod requirements;
mod source;
mod tags;

pub(super) use self::files::{FileId, Library};
pub(super) use self::nesting::errors;
pub(super) use self::references::{name, names};
pub(super) use self::requirements::required;
pub(super) use self::source::SourceFile;
#[cfg(test)]
pub(super) use self::tags::check_tags;
