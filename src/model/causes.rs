//! Errors in one line.

use std::error::Error;

/// An error with all its causes, since a message is all that is shown. A cause that the text already tells is left out.
#[must_use]
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Chained {
        text: &'static str,
        #[source]
        cause: Option<Box<Chained>>,
    }

    fn reported(text: &'static str, cause: Option<Chained>) -> Chained {
        Chained { text, cause: cause.map(Box::new) }
    }

    #[test]
    fn causes_follow_and_are_not_reported_twice() {
        assert_eq!(with_causes(&reported("a", Some(reported("b", Some(reported("c", None)))))), "a: b: c");
        assert_eq!(with_causes(&reported("a: b", Some(reported("b", Some(reported("c", None)))))), "a: b: c");
    }
}
