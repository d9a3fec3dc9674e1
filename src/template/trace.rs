//! Which line of which template a line of the text comes from.
//!
//! 1. [`mark`] puts a mark at the start of every line of a template's own text. It asks the engine's parser what that is,
//!    so that a mark never lands inside a tag, nor where `{%-` takes blanks away.
//! 2. The marked template is rendered like the other. Marks pass loops, macros and includes with the text.
//! 3. [`unmark`] takes them out again and gives the lines' origins.
//!
//! Values cannot forge a mark: a control character in a value is escaped.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use minijinja::machinery::ast::Stmt;
use minijinja::machinery::parse;

use super::language::environment::syntax;
use super::language::statements::bodies;
use super::library::SourceFile;

/// Around the number of the file and of the line.
const OPEN: char = '\u{2}';
const CLOSE: char = '\u{3}';

/// A text with the places that its lines come from.
#[derive(Clone)]
pub struct Traced {
    name: String,
    text: String,
    origins: Vec<Origin>,
    files: Arc<[SourceFile]>,
}

/// A line of a template.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TemplateLine<'a> {
    /// The template's file.
    pub file: &'a str,
    /// Its number, from 1.
    pub number: usize,
    /// The line as it stands there. It may hold a secret of the site.
    pub text: &'a str,
    /// Whether it continues the line before, which ends in a backslash.
    pub continues: bool,
}

/// Where a line of a text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Origin {
    /// Number of the template's file, from 0.
    file: usize,
    /// The line in it, from 1; 0 when it is not known.
    line: usize,
}

impl Traced {
    /// The text that the template `name` of marked `files` made.
    pub(super) fn new(name: &str, marked: &str, files: Arc<[SourceFile]>) -> Self {
        let file = files.iter().position(|source| source.name == name).unwrap_or_default();
        let (text, origins) = unmark(marked, Origin { file, line: 1 });
        Self { name: name.to_owned(), text, origins, files }
    }

    /// A text that no template made: its lines come from itself, the file `name`.
    #[must_use]
    pub fn plain(name: &str, text: &str) -> Self {
        let origins = (1..=text.split_inclusive('\n').count()).map(|line| Origin { file: 0, line }).collect();
        let files = Arc::new([SourceFile { name: name.to_owned(), text: text.to_owned() }]);
        Self { name: name.to_owned(), text: text.to_owned(), origins, files }
    }

    /// The file of the template that made the text, or of the text itself.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text. It usually holds a password.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All lines of all files that the text may come from. They may hold secrets of the site.
    pub fn written(&self) -> impl Iterator<Item = &str> {
        self.files.iter().flat_map(|source| source.text.lines())
    }

    /// Where line `number` of the text, from 1, comes from; none when that is not known.
    #[must_use]
    pub fn origin(&self, number: usize) -> Option<TemplateLine<'_>> {
        let Origin { file, line } = *self.origins.get(number.checked_sub(1)?)?;
        let source = self.files.get(file)?;
        let mut lines = source.text.lines().skip(line.checked_sub(1)?.saturating_sub(1));
        let before = if line > 1 { lines.next()? } else { "" };
        Some(TemplateLine { file: &source.name, number: line, text: lines.next()?, continues: continues(before) })
    }
}

/// Whether the line behind `before` continues it: it ends in a backslash that is not escaped.
pub(crate) fn continues(before: &str) -> bool {
    (before.len() - before.trim_end_matches('\\').len()) % 2 == 1
}

/// Shows no text: it may hold secrets.
impl fmt::Debug for Traced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Traced({} lines of {} files)", self.origins.len(), self.files.len())
    }
}

/// Shows where, not what: the line may hold a secret.
impl fmt::Debug for TemplateLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.number)
    }
}

/// The template `text`, which is file number `file`, with its marks. A text that holds such characters itself, or cannot
/// be parsed, stays as it is.
pub(super) fn mark(text: &str, file: usize) -> String {
    if text.contains([OPEN, CLOSE]) {
        return text.to_owned();
    }
    let mut own = Vec::new();
    match parse(text, "", syntax()) {
        Ok(tree) => collect(&tree, text, &mut own),
        Err(_) => return text.to_owned(),
    }
    let mut marked = String::with_capacity(text.len() * 2);
    let mut copied = 0;
    let mut line = 1;
    for at in own.into_iter().flat_map(|range| line_starts(text, range)) {
        let piece = text.get(copied..at).unwrap_or_default();
        marked.push_str(piece);
        line += piece.matches('\n').count();
        copied = at;
        marked.extend([OPEN.to_string(), format!("{file}:{line}"), CLOSE.to_string()]);
    }
    marked + text.get(copied..).unwrap_or_default()
}

/// The text without its marks, and the origin of each of its lines; what stands before all marks comes from `first`.
fn unmark(marked: &str, first: Origin) -> (String, Vec<Origin>) {
    let mut text = String::with_capacity(marked.len());
    let mut origins = Vec::new();
    let mut last = first;
    for line in marked.split_inclusive('\n') {
        let begun = text.len();
        let mut origin = None;
        let mut rest = line;
        while let Some((before, after)) = rest.split_once(OPEN) {
            let Some((mark, behind)) = after.split_once(CLOSE) else { break };
            let Some(found) = read(mark) else { break };
            text.push_str(before);
            // A line belongs to where it begins; what is put into it further on may come from elsewhere.
            let begins = before.trim().is_empty();
            origin = if begins { Some(found) } else { origin.or(Some(last)) };
            last = found;
            rest = behind;
        }
        text.push_str(rest);
        // Behind the last line break there may be a mark and nothing else.
        if text.len() > begun {
            origins.push(origin.unwrap_or(last));
        }
    }
    (text, origins)
}

fn read(mark: &str) -> Option<Origin> {
    let (file, line) = mark.split_once(':')?;
    Some(Origin { file: file.parse().ok()?, line: line.parse().ok()? })
}

/// Where lines begin in a piece of the template's own text: at the start of the whole, and behind each line break.
fn line_starts(text: &str, range: Range<usize>) -> Vec<usize> {
    let begin = range.start;
    let piece = text.get(range).unwrap_or_default();
    let breaks = piece.match_indices('\n').map(|(at, _)| begin + at + 1);
    Some(begin).filter(|begin| *begin == 0).into_iter().chain(breaks).collect()
}

/// The places of a template's own text, in their order.
fn collect(statement: &Stmt<'_>, text: &str, own: &mut Vec<Range<usize>>) {
    if let Stmt::EmitRaw(raw) = statement {
        own.extend(place(raw.raw, text));
    }
    for inner in bodies(statement).into_iter().flatten() {
        collect(inner, text, own);
    }
}

/// Where `piece`, a part of `text`, lies in it.
fn place(piece: &str, text: &str) -> Option<Range<usize>> {
    let start = (piece.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let range = start..start + piece.len();
    (text.get(range.clone()) == Some(piece)).then_some(range)
}

#[cfg(test)]
mod tests {
    use minijinja::{Environment, context};
    use proptest::prelude::*;

    use super::*;

    /// The lines of what `templates` (name and text; the first is rendered) make, each with file and line.
    fn traced(templates: &[(&str, &str)]) -> Vec<(String, usize, usize)> {
        let (text, origins) = unmark(&render(templates, true), Origin::default());
        assert_eq!(text, render(templates, false));
        text.lines().map(str::to_owned).zip(origins).map(|(line, at)| (line, at.file, at.line)).collect()
    }

    fn render(templates: &[(&str, &str)], marked: bool) -> String {
        let mut environment = Environment::new();
        environment.set_syntax(syntax());
        for (number, (name, text)) in templates.iter().enumerate() {
            let text = if marked { mark(text, number) } else { (*text).to_owned() };
            environment.add_template_owned((*name).to_owned(), text).unwrap();
        }
        environment.get_template(templates[0].0).unwrap().render(context! { yes => true, no => false }).unwrap()
    }

    fn lines(template: &str) -> Vec<(String, usize)> {
        traced(&[("t", template)])
            .into_iter()
            .map(|(text, _, line)| (text, line))
            .filter(|(text, _)| !text.is_empty())
            .collect()
    }

    fn reported(lines: &[(&str, usize)]) -> Vec<(String, usize)> {
        lines.iter().map(|(text, line)| ((*text).to_owned(), *line)).collect()
    }

    #[test]
    fn a_line_is_traced_through_branches_and_loops() {
        let template = "a=1\n{% if no %}\nb=2\n{% endif %}\nc=3\n{% for n in [7, 8] %}\nd.{{ n }}=4\n{% endfor %}\ne=5";
        assert_eq!(lines(template), reported(&[("a=1", 1), ("c=3", 5), ("d.7=4", 7), ("d.8=4", 7), ("e=5", 9)]));
    }

    #[test]
    fn a_line_that_a_macro_made_is_the_macro_s() {
        let template = "{% macro m() %}\nx=1\ny=2\n{% endmacro %}\na={{ 1 }}\n{{ m() }}\nb=3\n";
        assert_eq!(lines(template), reported(&[("a=1", 5), ("x=1", 2), ("y=2", 3), ("b=3", 7)]));
    }

    #[test]
    fn blanks_that_a_tag_takes_away_stay_away() {
        assert_eq!(
            lines("a=1\n  {%- if yes %}\n\n  {%- endif -%}  \n\nb=2\nc=3\n").last(),
            Some(&("c=3".to_owned(), 7))
        );
    }

    #[test]
    fn a_line_of_an_included_file_names_it() {
        let traced = traced(&[("t", "a=1\n{% include 'u' %}\nb=2\n"), ("u", "x=1\ny=2")]);
        let of_u: Vec<_> =
            traced.iter().filter(|(_, file, _)| *file == 1).map(|(text, _, line)| (text.as_str(), *line)).collect();
        assert_eq!(of_u, [("x=1", 1), ("y=2", 2)]);
        assert_eq!(traced.last(), Some(&("b=2".to_owned(), 0, 3)));
    }

    #[test]
    fn a_template_with_such_characters_of_its_own_stays_as_it_is() {
        assert_eq!(mark("a=\u{2}1\n", 0), "a=\u{2}1\n");
        assert_eq!(unmark("a=\u{2}1\n", Origin::default()).0, "a=\u{2}1\n");
    }

    proptest! {
        #[test]
        fn marks_change_nothing_of_the_text(pieces in prop::collection::vec(
            prop_oneof![
                Just("a=b\n"), Just("\n"), Just("  "), Just("é=\\\n x\n"), Just("{{ 1 }}"), Just("{{- 'v' -}}\n"),
                Just("{% if yes -%}\n x=1\n{%- endif %}"), Just("{# c\nd #}"), Just("{% raw %}{{ r }}\n{% endraw %}"),
                Just("{% set s %}t\nu\n{% endset %}{{ s }}"),
            ],
            0..12,
        )) {
            let text = pieces.concat();
            let (unmarked, origins) = unmark(&render(&[("t", &text)], true), Origin::default());
            prop_assert_eq!(&unmarked, &render(&[("t", &text)], false));
            prop_assert_eq!(origins.len(), unmarked.split_inclusive('\n').count());
        }
    }
}
