//! Writes a template anew so that everything in it pays for what it costs.
//!
//! The engine charges its fuel for each step and for what it makes, but compares, cuts and indexes for free, however long
//! the texts and lists are, and builds lists of lists without an end. Its operators cannot be replaced, but the filters
//! can. So a template is parsed, and written down again with the filters of [`super::operators`] at the operators:
//! `a ~ b` becomes `a|op_concat(b)`, and `a == b` becomes `a|op_weighed == b|op_weighed`. All else stays, and every word stays in its line, so
//! that errors name the lines of the file.

mod expressions;
mod levels;
mod rests;
mod statements;
mod writer;

use minijinja::machinery::parse;

use self::writer::Writer;
use super::environment::syntax;

/// The same template with its operators charged; none when `source` cannot be parsed.
pub(in crate::template) fn desugared(source: &str) -> Option<String> {
    let tree = parse(source, "", syntax()).ok()?;
    let mut writer = Writer { source, out: String::with_capacity(source.len() * 2), line: 1 };
    writer.statement(&tree);
    Some(writer.out)
}
