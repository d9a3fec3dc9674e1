//! What would do harm, or nothing, on a client.

mod finding;

pub use self::finding::{Finding, Level};

use super::document::Document;

/// Checks a document for what harms a client or has no effect on it; the findings come in the order of the lines.
#[must_use]
pub fn lint(_document: &Document) -> Vec<Finding> {
    Vec::new()
}
