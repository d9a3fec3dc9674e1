//! A line of a template as it may be shown: without what may be a secret.

/// Words of keys and functions that say that a secret follows, in lower case.
const SIGNS: [&str; 5] = ["password", "passwd", "passphrase", "secret", "credentials"];

/// Stands where something was left out.
const HIDDEN: &str = "[hidden]";

/// The line, and how many bytes of it are as they were.
///
/// What follows a word that says so is left out, except a single expression, which is a name, and `${null}`. A line that
/// `continues` the one before is left out whole: its key is not there to tell.
pub(super) fn shown_line(written: &str, continues: bool) -> (String, usize) {
    if continues {
        return (String::new(), 0);
    }
    let whole = (written.to_owned(), written.len());
    let lower = written.to_ascii_lowercase();
    let Some(behind) = SIGNS.iter().filter_map(|sign| Some(lower.find(sign)? + sign.len())).min() else {
        return whole;
    };
    let rest = written.get(behind..).unwrap_or_default();
    // A text inside an expression begins with a quotation mark, a value behind the end of the key.
    let ends_key = |c: char| ['=', ':', ' ', '\t', '\'', '"'].contains(&c);
    let key_end = rest.find(ends_key).unwrap_or(0);
    let value = rest.get(key_end..).unwrap_or_default().trim_start_matches([' ', '\t', '=', ':']);
    if value.is_empty() || value.trim_end() == "${null}" || is_name(value.trim_end()) {
        return whole;
    }
    let kept = written.len() - value.len();
    (format!("{}{HIDDEN}", written.get(..kept).unwrap_or_default()), kept)
}

/// Whether it is one expression without a text of its own in it.
fn is_name(value: &str) -> bool {
    let inner = value.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    inner.is_some_and(|inner| !inner.contains(['\'', '"', '{', '}']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_shown_without_a_secret() {
        for (written, shown) in [
            ("D.PASSWORD=hunter2", "D.PASSWORD=[hidden]"),
            ("D.PASSWORDhunter2", "D.PASSWORD[hidden]"),
            ("a.clientSecret : hunter2", "a.clientSecret : [hidden]"),
            ("plugin.foo.passphrase=hunter2", "plugin.foo.passphrase=[hidden]"),
            ("a.userPasswd=hunter2", "a.userPasswd=[hidden]"),
            ("a\\:b.PASSWORD=hunter2", "a\\:b.PASSWORD=[hidden]"),
            ("acc{{ user.name[:3] }}.PASSWORD=hunter2 ", "acc{{ user.name[:3] }}.PASSWORD=[hidden]"),
            ("x.PASSWORD hun=ter2", "x.PASSWORD [hidden]"),
            ("x.PASSWORD={{ user.name }}hunter2{{ user.name }}", "x.PASSWORD=[hidden]"),
            ("x.PASSWORD={{ turn_credentials('hunter2', '1h').password }}", "x.PASSWORD=[hidden]"),
            ("{% set turn = turn_credentials('hunter2', '1h') %}", "{% set turn = turn_credentials([hidden]"),
        ] {
            assert_eq!(shown_line(written, false).0, shown, "{written}");
        }
    }

    #[test]
    fn names_and_removals_are_shown() {
        for written in ["x.PASSWORD={{ password }}", "x.PASSWORD=${null}", "x.PASSWORD=", "x.USER_ID=anna"] {
            assert_eq!(shown_line(written, false), (written.to_owned(), written.len()));
        }
    }

    #[test]
    fn a_line_that_continues_another_is_not_shown() {
        assert_eq!(shown_line("  hunter2", true).0, "");
    }
}
