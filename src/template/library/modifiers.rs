//! `without context`, which the engine's parser takes and forgets.

use minijinja::machinery::{Token, tokenize};

use super::super::error::LocatedError;
use super::super::language::environment::syntax;
use super::super::library::SourceFile;

const IGNORED: &str = "`without context` has no effect: a file that is included or imported always sees the names at that place; \
    leave the words out, and use other names in that file";

/// Each place where a file is to be included or imported without the names of the place. The text can be parsed.
pub(super) fn errors(source: &SourceFile) -> Vec<LocatedError> {
    let mut errors = Vec::new();
    let mut names_file = false;
    let mut before = None;
    for (token, span) in tokenize(&source.text, false, syntax()).map_while(Result::ok) {
        match (&before, &token) {
            (Some(Token::BlockStart), Token::Ident(word)) => names_file = ["include", "import", "from"].contains(word),
            (Some(Token::Ident("without")), Token::Ident("context")) if names_file => {
                errors.push(LocatedError::at(&source.name, span.start_line.into(), IGNORED));
            }
            _ => {}
        }
        before = Some(token);
    }
    errors
}
