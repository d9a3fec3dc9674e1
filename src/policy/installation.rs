//! What the linter says of the defaults of a Jitsi installation: `jitsi-defaults.properties` and
//! `jitsi-default-overrides.properties`.
//!
//! The client reads them at its start, the second after the first (its `JdbcConfigService`, and `ConfigurationServiceImpl` in
//! libjitsi). A `*` before a key locks it: neither users nor replies change it. What only means something in a reply, as a
//! removal, is a text like any other there.

use std::collections::HashMap;

use jitsi_properties::{Client, Document, Entry, Level, REMOVE, Rule};

use super::diagnostic::Diagnostic;
use super::own_rules::{LOCKED_ADDRESS, LOCKED_AND_NOT, REPLY_ONLY};
use super::review::review_text;
use super::shown_line::shown_line;
use crate::template::Traced;

/// Rules about removals and the like, which have no meaning here, and about keys that are set twice with a lock.
const OF_REPLIES: [&str; 8] = [
    "null-",
    "allow-prefix",
    "enforce-prefix",
    "prefix-with-blank",
    "system-",
    "empty-password",
    "too-late-key",
    "global-display-name",
];

/// Keys with a meaning in a reply only.
const REPLY_KEYS: [&str; 2] = ["provisioning.ALLOW_PREFIX", "provisioning.ENFORCE_PREFIX"];

/// Where the client finds its address for provisioning.
const ADDRESS: [&str; 2] =
    ["net.java.sip.communicator.plugin.provisioning.METHOD", "net.java.sip.communicator.plugin.provisioning.URL"];

/// Lints the text of such a file, called `name`. No diagnostic shows what it says literally where a secret is.
#[must_use]
pub fn review_installation(name: &str, text: &str, client: &Client) -> Vec<Diagnostic> {
    let Ok(document) = jitsi_properties::parse(text) else {
        return review_text(&Traced::plain(name, text), client);
    };
    let locks: Vec<usize> = document.entries().filter_map(|entry| lock(text, &entry)).collect();
    let unlocked = unlocked(text, &locks);
    let traced = Traced::plain(name, &unlocked);
    let own = own(&document, &traced);
    let is_of_replies = |diagnostic: &Diagnostic| {
        OF_REPLIES.iter().any(|start| diagnostic.rule.id.starts_with(start))
            || diagnostic.rule.id == "duplicate-key"
                && own.iter().any(|other| other.is_same_place(diagnostic, &LOCKED_AND_NOT))
    };
    let mut diagnostics = review_text(&traced, client);
    diagnostics.retain(|diagnostic| !is_of_replies(diagnostic));
    diagnostics.extend(own);
    for diagnostic in &mut diagnostics {
        show_lock(diagnostic, text);
    }
    diagnostics.sort_by_key(|diagnostic| diagnostic.line);
    diagnostics
}

impl Diagnostic {
    fn is_same_place(&self, other: &Self, rule: &Rule) -> bool {
        self.rule == rule && self.line == other.line
    }
}

/// Where the `*` before a key is.
fn lock(text: &str, entry: &Entry<'_>) -> Option<usize> {
    let start = entry.key_at().start;
    text.get(start..).filter(|rest| entry.key().starts_with('*') && rest.starts_with('*')).map(|_| start)
}

/// The text with a blank in the place of each `*`. Blanks before a key do not count, and every column stays what it is.
fn unlocked(text: &str, locks: &[usize]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for lock in locks {
        if let Some(byte) = bytes.get_mut(*lock) {
            *byte = b' ';
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// What only such files can have.
fn own(document: &Document, traced: &Traced) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut places: HashMap<&str, (usize, bool)> = HashMap::new();
    for entry in document.entries() {
        let (key, is_locked) = entry.key().strip_prefix('*').map_or((entry.key(), false), |key| (key, true));
        let at = |rule, level, message: String| diagnostic(traced, &entry, key, (rule, level, message));
        match places.insert(key, (entry.line(), is_locked)) {
            Some((line, was_locked)) if was_locked != is_locked => found.push(at(
                &LOCKED_AND_NOT,
                Level::Warning,
                format!("line {line} has this key too, one of them with a `*`, and which of the two counts is not certain; keep one"),
            )),
            _ => {}
        }
        if let Some(what) = only_in_replies(key, entry.value()) {
            found.push(at(&REPLY_ONLY, Level::Warning, what.to_owned()));
        }
        if is_locked && ADDRESS.contains(&key) {
            let message =
                "with the `*` no reply can move these clients to another address; remove it, unless that is intended";
            found.push(at(&LOCKED_ADDRESS, Level::Note, message.to_owned()));
        }
    }
    found
}

fn only_in_replies(key: &str, value: &str) -> Option<&'static str> {
    if value == REMOVE {
        return Some("`${null}` removes settings in a reply only; here it is the setting's value; remove the line");
    }
    if REPLY_KEYS.contains(&key) {
        return Some("lists of prefixes count in a reply only; remove the line, or send it in a reply");
    }
    if key.starts_with("${system}.") {
        return Some("Java properties are set by a reply only; remove the line, or send it in a reply");
    }
    if key.ends_with(".PASSWORD") {
        return Some(
            "the client stores a password from a reply only, where it encrypts it; from here it reads none, and every user of \
             the machine can read the file; send it in a reply",
        );
    }
    None
}

fn diagnostic(
    traced: &Traced,
    entry: &Entry<'_>,
    key: &str,
    (rule, level, message): (&'static Rule, Level, String),
) -> Diagnostic {
    let written = traced.origin(entry.line()).map_or("", |origin| origin.text);
    Diagnostic {
        file: traced.name().to_owned(),
        line: entry.line(),
        rendered_line: entry.line(),
        source: shown_line(written, false).0,
        mark: 0..0,
        rule,
        level,
        key: Some(key.to_owned()),
        message,
        sample: None,
    }
}

/// Shows the line with its `*`.
fn show_lock(diagnostic: &mut Diagnostic, text: &str) {
    let written = diagnostic.line.checked_sub(1).and_then(|before| text.lines().nth(before)).unwrap_or_default();
    let start = written.len() - written.trim_start_matches([' ', '\t', '\u{c}']).len();
    let is_blank = diagnostic.source.get(start..=start) == Some(" ");
    if written.get(start..).is_some_and(|rest| rest.starts_with('*')) && is_blank {
        diagnostic.source.replace_range(start..=start, "*");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(usize, &'static str, String)> {
        let found = review_installation("d", text, &Client::default()).into_iter();
        found.map(|diagnostic| (diagnostic.line, diagnostic.rule.id, diagnostic.source)).collect()
    }

    #[test]
    fn a_star_locks_a_key_and_is_no_part_of_it() {
        let text = "*net.java.sip.communicator.impl.gui.main.configforms.SHOW_OPTIONS_WINDOW=false\n\
            net.java.sip.communicator.plugin.provisioning.METHOD=Manual\n\
            \u{20} *net.java.sip.communicator.plugin.generalconfig.DISABLED = true\n";
        assert_eq!(found(text), []);
        let wrong = "\n  *net.java.sip.communicator.impl.gui.main.configforms.SHOW_OPTIONS_WINDOW=no\n*site.x=1\n";
        let lines: Vec<&str> = wrong.lines().collect();
        let expected = [(2, "wrong-value", lines[1].to_owned()), (3, "unknown-key", lines[2].to_owned())];
        assert_eq!(found(wrong), expected);
    }

    #[test]
    fn what_only_means_something_in_a_reply_is_named() {
        let text = "net.java.sip.communicator.impl.gui.accounts=${null}\n\
            provisioning.ALLOW_PREFIX=a|b\n\
            ${system}.java.net.preferIPv6Addresses=true\n\
            net.java.sip.communicator.plugin.provisioning.auth.PASSWORD=hunter2\n";
        let found = found(text);
        let rules: Vec<_> = found.iter().map(|(line, rule, _)| (*line, *rule)).collect();
        for line in 1..=4 {
            assert!(rules.contains(&(line, "installation-reply-only")), "{rules:?}");
        }
        assert!(!format!("{found:?}").contains("hunter2") && !rules.iter().any(|(_, rule)| rule.starts_with("null-")));
    }

    #[test]
    fn a_key_with_and_without_a_lock_is_named_once() {
        let key = "net.java.sip.communicator.plugin.generalconfig.DISABLED";
        let rules = |text: &str| found(text).into_iter().map(|(line, rule, _)| (line, rule)).collect::<Vec<_>>();
        assert_eq!(rules(&format!("*{key}=true\n{key}=false\n")), [(2, "installation-lock-twice")]);
        assert_eq!(rules(&format!("*{key}=true\n*{key}=false\n")), [(2, "duplicate-key")]);
    }

    #[test]
    fn a_locked_address_is_noted() {
        let url = "*net.java.sip.communicator.plugin.provisioning.URL=https://p.example.org/provision?username=${username}&password=${password}\n";
        let rules: Vec<_> = found(url).into_iter().map(|(_, rule, _)| rule).collect();
        assert!(rules.contains(&"installation-locked-address"), "{rules:?}");
    }
}
