//! Refuses texts on which the engine's parser would run out of stack: it calls itself for each part of an expression and
//! for each `elif`. They are cut into words first, which takes no stack.

use minijinja::machinery::{Token, tokenize};

use crate::template::language::environment::syntax;

/// Longest tag, in bytes.
const MAX_TAG_BYTES: usize = 8 * 1024;

/// Most words and signs in one tag. Each can be a step deeper, as in `1+1+1`.
const MAX_TAG_TOKENS: usize = 2_000;

/// Most `elif` in one file.
const MAX_ELIFS: usize = 500;

/// Looks at all tags of `text`. An error is a line and what is wrong there. What is wrong otherwise is left to the parser.
pub(in crate::template) fn check_tags(text: &str) -> Result<(), (usize, String)> {
    let mut tag = None;
    let mut is_first = false;
    let mut elifs = 0;
    let mut tokens = 0;
    for (token, span) in tokenize(text, false, syntax()).map_while(Result::ok) {
        match token {
            Token::VariableStart | Token::BlockStart => (tag, tokens) = (Some(span), 0),
            Token::Ident("elif") if is_first => elifs += 1,
            _ => {}
        }
        if elifs > MAX_ELIFS {
            let problem = format!("the file has more than {MAX_ELIFS} `elif`; spread them over several files");
            return Err((span.start_line.into(), problem));
        }
        tokens += 1;
        if let Some(start) = tag
            && tokens > MAX_TAG_TOKENS
        {
            let problem = format!("this tag has more than {MAX_TAG_TOKENS} words and signs; split it with {{% set %}}");
            return Err((start.start_line.into(), problem));
        }
        // At each word, since a tag need not have an end.
        if let Some(start) = tag
            && span.end_offset.saturating_sub(start.start_offset) as usize > MAX_TAG_BYTES
        {
            let size = MAX_TAG_BYTES / 1024;
            let problem = format!("this tag is longer than {size} KiB; split it with {{% set %}}");
            return Err((start.start_line.into(), problem));
        }
        is_first = matches!(token, Token::BlockStart);
        if matches!(token, Token::VariableEnd | Token::BlockEnd) {
            tag = None;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_that_is_too_long_is_reported_with_its_line() {
        let long = "not_________ ".repeat(700);
        for text in [
            format!("a=b\n{{{{ {long} x }}}}"),
            format!("a=b\n{{% if {long} x %}}{{% endif %}}"),
            format!("a=b\n{{{{ {long}"),
            format!("a=b\n{{{{ {long} \u{1}"),
        ] {
            let expected = "this tag is longer than 8 KiB; split it with {% set %}";
            assert_eq!(check_tags(&text), Err((2, expected.to_owned())));
        }
    }

    #[test]
    fn only_tags_are_counted() {
        let long = "not_________ ".repeat(600);
        let text = long.repeat(2);
        let whole = format!(
            "{text}{{# {text} #}}{{{{ {long} x }}}}{{% raw %}}{{{{ {text} }}}}{{% endraw %}}{{{{ {long} x }}}}"
        );
        assert_eq!(check_tags(&whole), Ok(()));
    }

    #[test]
    fn a_tag_of_too_many_signs_is_reported_with_its_line() {
        let problem = "this tag has more than 2000 words and signs; split it with {% set %}";
        assert_eq!(check_tags(&format!("a=b\n{{{{\n{}", "(".repeat(3000))), Err((2, problem.to_owned())));
        assert_eq!(check_tags(&format!("{{{{ {} }}}}", "not ".repeat(1990)).repeat(3)), Ok(()));
    }

    #[test]
    fn so_many_branches_are_too_many() {
        let branches = |count| format!("{{% if a %}}\n{}{{{{ elif }}}}{{% endif %}}", "{%- elif a %}\n".repeat(count));
        assert_eq!(check_tags(&branches(500)), Ok(()));
        let problem = "the file has more than 500 `elif`; spread them over several files";
        assert_eq!(check_tags(&branches(501)), Err((502, problem.to_owned())));
    }
}
