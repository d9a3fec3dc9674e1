//! What each piece of a template's text is, to be shown in colours.
//!
//! 1. The engine's own lexer says what is text and what is a tag.
//! 2. The text is read as properties, across the tags: comment, key, value, escape.

use std::ops::Range;

use minijinja::machinery::{Token, tokenize};

use super::language::environment::syntax;

/// What a piece of a template is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PieceKind {
    /// Blanks, line breaks, and what separates key and value.
    Plain,
    /// A comment, of properties or of the template.
    Comment,
    /// A key.
    Key,
    /// A value.
    Value,
    /// An escape such as `\u00e9`, or a placeholder that the client fills, such as `${null}`.
    Escape,
    /// A statement, `{% … %}`.
    Statement,
    /// An expression, `{{ … }}`.
    Expression,
    /// A quoted text in a statement or expression.
    Text,
}

impl PieceKind {
    /// Its name for style sheets; empty for what needs no colour.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Comment => "comment",
            Self::Key => "key",
            Self::Value => "value",
            Self::Escape => "escape",
            Self::Statement => "tagged",
            Self::Expression => "expression",
            Self::Text => "string",
        }
    }
}

/// A piece of a template's text, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Where it is, in bytes.
    pub at: Range<usize>,
    /// What it is.
    pub kind: PieceKind,
}

/// The pieces of a template's text, in their order. Together they are the whole text.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Pieces { text, found: Vec::new(), state: State::Start };
    let mut end = 0;
    let mut tag = None;
    // Where the engine's lexer fails, the rest stays plain.
    for (token, span) in tokenize(text, false, syntax()).map_while(Result::ok) {
        let at = span.start_offset as usize..span.end_offset as usize;
        if at.start < end || text.get(at.clone()).is_none() {
            continue;
        }
        pieces.between(end..at.start, tag);
        end = at.end;
        tag = match token {
            Token::VariableStart => Some(PieceKind::Expression),
            Token::BlockStart => Some(PieceKind::Statement),
            _ => tag,
        };
        match (token, tag) {
            (Token::TemplateData(_), _) => pieces.properties(at),
            (Token::Str(_) | Token::String(_), Some(_)) => pieces.push(at, PieceKind::Text),
            (Token::VariableEnd | Token::BlockEnd, Some(kind)) => {
                pieces.push(at, kind);
                pieces.tag_ended(kind);
                tag = None;
            }
            (_, kind) => pieces.push(at, kind.unwrap_or(PieceKind::Plain)),
        }
    }
    pieces.between(end..text.len(), tag);
    pieces.found
}

struct Pieces<'t> {
    text: &'t str,
    found: Vec<Piece>,
    state: State,
}

/// Where in a line of properties the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing but blanks so far.
    Start,
    Comment,
    Key,
    /// Behind the key; whether `=` or `:` was there already.
    Separator(bool),
    Value,
}

impl Pieces<'_> {
    /// Adds a piece, or makes the last one longer.
    fn push(&mut self, at: Range<usize>, kind: PieceKind) {
        match self.found.last_mut() {
            _ if at.is_empty() => {}
            Some(last) if last.kind == kind && last.at.end == at.start => last.at.end = at.end,
            _ => self.found.push(Piece { at, kind }),
        }
    }

    /// What is between two tokens: blanks in a tag; outside of tags comments, `{% raw %}`, and blanks that a tag removes.
    fn between(&mut self, at: Range<usize>, tag: Option<PieceKind>) {
        if let Some(kind) = tag {
            return self.push(at, kind);
        }
        let mut start = at.start;
        while let Some(rest) = self.text.get(start..at.end).filter(|rest| !rest.is_empty()) {
            let marks = [("{#", "#}", PieceKind::Comment), ("{%", "%}", PieceKind::Statement)];
            let found = marks.into_iter().filter_map(|(open, close, kind)| Some((rest.find(open)?, close, kind)));
            let Some((from, close, kind)) = found.min_by_key(|(from, ..)| *from) else { break };
            let behind = rest.get(from..).and_then(|tag| tag.find(close)).map_or(rest.len(), |end| from + end + 2);
            self.push(start..start + from, PieceKind::Plain);
            self.push(start + from..start + behind, kind);
            start += behind;
        }
        self.push(start..at.end, PieceKind::Plain);
    }

    /// An expression is a part of the key or value in which it stands; a statement gives no text.
    fn tag_ended(&mut self, kind: PieceKind) {
        if kind == PieceKind::Expression {
            self.state = match self.state {
                State::Start => State::Key,
                State::Separator(_) => State::Value,
                state => state,
            };
        }
    }

    /// The template's own text, read as properties.
    fn properties(&mut self, at: Range<usize>) {
        let mut rest = at.start;
        while let Some(text) = self.text.get(rest..at.end).filter(|text| !text.is_empty()) {
            let (length, kind) = self.next(text);
            self.push(rest..rest + length, kind);
            rest += length;
        }
    }

    /// Length and kind of what the text begins with.
    fn next(&mut self, text: &str) -> (usize, PieceKind) {
        let first = text.chars().next().unwrap_or_default();
        let length = first.len_utf8();
        let is_line_end = matches!(first, '\n' | '\r');
        let is_blank = matches!(first, ' ' | '\t' | '\x0c');
        match self.state {
            _ if is_line_end => self.state = State::Start,
            State::Start | State::Separator(_) if is_blank => {}
            State::Start if matches!(first, '#' | '!') => self.state = State::Comment,
            State::Start => {
                self.state = State::Key;
                return self.next(text);
            }
            State::Comment => return (length, PieceKind::Comment),
            State::Key | State::Value if first == '\\' => return (escape(text), PieceKind::Escape),
            State::Key | State::Value if text.starts_with("${") => {
                let line = text.lines().next().unwrap_or_default();
                return (line.find('}').map_or(2, |end| end + 1), PieceKind::Escape);
            }
            State::Key if matches!(first, '=' | ':') => self.state = State::Separator(true),
            State::Key if is_blank => self.state = State::Separator(false),
            State::Key => return (length, PieceKind::Key),
            State::Separator(false) if matches!(first, '=' | ':') => self.state = State::Separator(true),
            State::Separator(_) => {
                self.state = State::Value;
                return self.next(text);
            }
            State::Value => return (length, PieceKind::Value),
        }
        (length, if self.state == State::Comment { PieceKind::Comment } else { PieceKind::Plain })
    }
}

/// Length of an escape: of a character, of `\uXXXX`, or of a line break with the blanks that begin the next line.
fn escape(text: &str) -> usize {
    let mut behind = text.chars().skip(1);
    match behind.next() {
        Some('u') => 1 + text.chars().skip(1).take(5).take_while(char::is_ascii_alphanumeric).count(),
        Some(line_end @ ('\n' | '\r')) => {
            let more = text.get(2..).unwrap_or_default();
            let more = more.strip_prefix('\n').filter(|_| line_end == '\r').unwrap_or(more);
            text.len() - more.trim_start_matches([' ', '\t', '\x0c']).len()
        }
        Some(escaped) => 1 + escaped.len_utf8(),
        None => 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The pieces with a letter for each kind, without plain ones.
    fn shown(text: &str) -> String {
        let letter = |kind| match kind {
            PieceKind::Plain => None,
            PieceKind::Comment => Some('c'),
            PieceKind::Key => Some('k'),
            PieceKind::Value => Some('v'),
            PieceKind::Escape => Some('e'),
            PieceKind::Statement => Some('s'),
            PieceKind::Expression => Some('x'),
            PieceKind::Text => Some('t'),
        };
        let pieces = pieces(text);
        let shown =
            pieces.iter().filter_map(|piece| Some(format!("{}<{}>", letter(piece.kind)?, &text[piece.at.clone()])));
        shown.collect::<Vec<_>>().concat()
    }

    #[test]
    fn properties_are_taken_apart() {
        assert_eq!(shown("# a=b\n  ! c\nkey = a b \n"), "c<# a=b>c<! c>k<key>v<a b >");
        assert_eq!(shown("a\\ b:c\\u00e9d=e\nf g\n"), "k<a>e<\\ >k<b>v<c>e<\\u00e9>v<d=e>k<f>v<g>");
        assert_eq!(shown("a=b\\\n   c\nd=${null}\n"), "k<a>v<b>e<\\\n   >v<c>k<d>e<${null}>");
    }

    #[test]
    fn tags_are_parts_of_what_they_stand_in() {
        assert_eq!(
            shown("{% if a == 'x}}' %}\nacc{{ n }}.b={{ u['c'] }}d\n{% endif %}\n{# no\ntext #}\ne=f\n"),
            "s<{% if a == >t<'x}}'>s< %}>k<acc>x<{{ n }}>k<.b>x<{{ u[>t<'c'>x<] }}>v<d>s<{% endif %}>c<{# no\ntext #}>k<e>v<f>"
        );
        assert_eq!(
            shown("{{ k }}=v\n{% raw %}a={{ b }}{% endraw %}\n"),
            "x<{{ k }}>v<v>s<{% raw %}>k<a>v<{{ b }}>s<{% endraw %}>"
        );
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_whole_text(text in "([a=: \\n\\\\#!$u{}%'\u{e9}-]|\\{% if x %\\}|\\{% endif %\\}|\\{\\{ y \\}\\}){0,40}") {
            let mut end = 0;
            for piece in pieces(&text) {
                prop_assert_eq!(piece.at.start, end);
                prop_assert!(text.get(piece.at.clone()).is_some_and(|piece| !piece.is_empty()));
                end = piece.at.end;
            }
            prop_assert_eq!(end, text.len());
        }
    }
}
