//! What a line of a text looks like to a person.

/// What a line looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// No character.
    Nothing,
    /// It begins with `#` or `!`.
    Comment,
    /// A key and `=`; a key of the client, if `of_client`.
    Setting { of_client: bool },
    /// A word and `=`: a setting of the site's, or a field of a query.
    Field,
    /// Anything else, such as the next item of a list.
    Other,
}

/// What nearly all keys of the client begin with.
const OF_CLIENT: [&str; 7] =
    ["net.java.sip.communicator.", "org.jitsi.", "provisioning.", "plugin.", "impl.", "service.", "${system}."];

/// What the line looks like, without the blanks before it.
///
/// A key has letters, digits and what else the client's keys have, so a piece of a query (`&a=b`) is none.
pub(super) fn look(line: &str) -> Look {
    match line.bytes().next() {
        None => return Look::Nothing,
        Some(b'#' | b'!') => return Look::Comment,
        Some(_) => {}
    }
    let is_key = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/');
    let of_client = OF_CLIENT.iter().any(|start| line.starts_with(start));
    if of_client && (line.contains('=') || is_without_equals(line, is_key)) {
        return Look::Setting { of_client };
    }
    let Some((key, _)) = line.split_once('=') else { return Look::Other };
    let key = key.trim_end();
    if key.split('.').any(str::is_empty) || !key.bytes().all(is_key) || key.contains("//") {
        return Look::Other;
    }
    if key.contains('.') { Look::Setting { of_client } } else { Look::Field }
}

/// Whether a colon or a blank parts a key and a value, and not two items of a list.
fn is_without_equals(line: &str, is_key: impl Fn(u8) -> bool) -> bool {
    let Some((key, value)) = line.split_once([':', ' ', '\t']) else { return false };
    let value = value.trim_start();
    key.bytes().all(is_key) && !value.is_empty() && !value.starts_with([',', ';', '|', '\\'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_and_comments_are_recognised() {
        for (line, expected) in [
            ("", Look::Nothing),
            ("# x", Look::Comment),
            ("!x=1", Look::Comment),
            ("net.java.sip.communicator.UUID = 1", Look::Setting { of_client: true }),
            ("${system}.http.agent=x", Look::Setting { of_client: true }),
            ("net.java.sip.communicator.UUID: 1", Look::Setting { of_client: true }),
            ("net.java.sip.communicator.UUID 1", Look::Setting { of_client: true }),
            ("net.java.sip.communicator.UUID", Look::Other),
            ("net.java.sip.communicator.UUID|impl.gui", Look::Other),
            ("net.java.sip.communicator.UUID , impl.gui", Look::Other),
            ("net.java.sip.communicator.UUID \\", Look::Other),
            ("site.desk: 1", Look::Other),
            ("site.desk=1", Look::Setting { of_client: false }),
            ("site.desk", Look::Other),
            ("&room=1", Look::Other),
            ("password=${password}", Look::Field),
            ("https://a.example.org/?x=1", Look::Other),
            ("a..b=1", Look::Other),
        ] {
            assert_eq!(look(line), expected, "{line}");
        }
    }
}
