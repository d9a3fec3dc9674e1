//! What one source knows, kept small: all texts in one piece, all values in another, rows are ranges of these.

mod builder;
mod form;
mod names;
mod records;
mod rows;
mod secrets;

pub(super) use self::builder::Builder;
pub(super) use self::names::shown;
pub use self::rows::Table;
pub(super) use self::rows::{Row, Subject};
