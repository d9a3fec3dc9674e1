//! What a reply changes on a client, in the reader's language.

use jitsi_properties::changes::{Cause, Change, Key, Removal, Shown};
use serde::Serialize;

use super::MAX_SHOWN;
use crate::administration::preview::{ComparedWith, Comparison, Preview};
use crate::http::admin::language::{Argument, Words};
use crate::model::visible::visible;

/// Most changes that are shown.
const MOST_CHANGES: usize = 300;

/// A comparison as the page shows it.
#[derive(Debug, Serialize)]
pub(super) struct ComparisonView {
    /// The template of the reply for the other client; none for a pasted reply.
    other_template: Option<String>,
    /// Why what was pasted may be no reply.
    doubt: Option<String>,
    changes: Vec<ChangeView>,
    left_out: usize,
}

/// One change.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct ChangeView {
    /// `added`, `changed`, `removed`, `warning` or `same`: its colour, and the message `preview-change-…` in front of it.
    kind: &'static str,
    key: Option<String>,
    from: Option<String>,
    to: Option<String>,
    /// What else there is to say.
    text: String,
    /// Further keys that it is about.
    keys: Vec<String>,
}

/// The pasted reply without its secrets, for the form; empty when there is none.
pub(super) fn pasted_again(preview: &Preview) -> String {
    match preview.comparison.as_ref().map(|comparison| &comparison.with) {
        Some(ComparedWith::Pasted { shown, .. }) => shown.clone(),
        _ => String::new(),
    }
}

impl ComparisonView {
    pub(super) fn of(comparison: &Comparison, words: &Words) -> Self {
        let (other_template, doubt) = match &comparison.with {
            ComparedWith::Client(chosen) => (Some(chosen.template.clone()), None),
            ComparedWith::Pasted { mark, .. } => (None, mark.map(|found| mark_text(words, found.line, found.mark))),
        };
        let changes = &comparison.changes;
        Self {
            other_template,
            doubt,
            changes: changes.iter().take(MOST_CHANGES).map(|change| shown(change, words)).collect(),
            left_out: changes.len().saturating_sub(MOST_CHANGES),
        }
    }
}

fn mark_text(words: &Words, line: usize, mark: &str) -> String {
    words.text("preview-pasted-template", &[("line", number(line)), ("mark", Argument::Text(mark))])
}

fn shown(change: &Change, words: &Words) -> ChangeView {
    let text =
        |name: &str, arguments: &[(&str, Argument<'_>)]| words.text(&format!("preview-change-{name}"), arguments);
    let view =
        |kind, key: &Key, text: String| ChangeView { kind, key: Some(key.to_string()), text, ..ChangeView::default() };
    match change {
        Change::NotAsked => ChangeView { kind: "warning", text: text("not-asked", &[]), ..ChangeView::default() },
        Change::Added { key, value } => {
            ChangeView { to: Some(value_text(value, words)), ..view("added", key, String::new()) }
        }
        Change::Changed { key, from: Shown::Hidden, to: Shown::Hidden } => view("changed", key, text("hidden", &[])),
        Change::Changed { key, from, to } => ChangeView {
            from: Some(value_text(from, words)),
            to: Some(value_text(to, words)),
            ..view("changed", key, String::new())
        },
        Change::NotCompared { key } => view("warning", key, text("not-compared", &[])),
        Change::Removed { key, by } => {
            let loss = loss(key).map(|name| format!(" {}", text(name, &[]))).unwrap_or_default();
            view("removed", key, format!("{}{loss}", by_text(key, by, words)))
        }
        Change::RunEnded { key } => view("removed", key, text("run-ended", &[])),
        Change::Undone { key, line, by } => {
            let undone = text("undone", &[("line", number(*line))]);
            view("warning", key, format!("{undone} {}", by_text(key, by, words)))
        }
        Change::NotAllowed { key, line, list } => {
            view("warning", key, text("not-allowed", &[("line", number(*line)), ("list", number(*list))]))
        }
        Change::Sweeps { key, line, list } => {
            let name = if list.is_some() { "sweeps-list" } else { "sweeps-null" };
            view("warning", key, text(name, &[("line", number(*line))]))
        }
        Change::Stopped { line, lost } => ChangeView {
            kind: "warning",
            text: text("stopped", &[("line", number(*line))]),
            keys: keys(lost),
            ..ChangeView::default()
        },
        Change::Same(count) => {
            ChangeView { kind: "same", text: text("same-count", &[("count", number(*count))]), ..ChangeView::default() }
        }
        Change::Stays(stays) => {
            ChangeView { kind: "same", text: text("stays", &[]), keys: keys(stays), ..ChangeView::default() }
        }
        Change::Locked(locked) => {
            ChangeView { kind: "warning", text: text("locked", &[]), keys: keys(locked), ..ChangeView::default() }
        }
        Change::Breaks { rule, message, .. } => ChangeView {
            kind: "warning",
            // Findings are in English on all pages.
            text: format!("{} {}: {message}", text("breaks", &[]), rule.id),
            ..ChangeView::default()
        },
        Change::LosesPassword { account } => view("warning", account, text("loses-password", &[])),
    }
}

fn number(number: usize) -> Argument<'static> {
    Argument::Number(i64::try_from(number).unwrap_or(i64::MAX))
}

fn keys(keys: &[Key]) -> Vec<String> {
    keys.iter().take(MOST_CHANGES).map(ToString::to_string).collect()
}

fn value_text(value: &Shown, words: &Words) -> String {
    match value {
        Shown::Hidden => words.text("preview-change-value-hidden", &[]),
        Shown::Own => words.text("preview-change-value-own", &[]),
        Shown::Text(text) => visible(text, MAX_SHOWN).to_string(),
    }
}

/// What removed a key.
fn by_text(removed: &Key, Removal { line, cause }: &Removal, words: &Words) -> String {
    let line = ("line", number(*line));
    match cause {
        Cause::Null { key } => words.text("preview-change-by-null", &[line, ("key", Argument::Text(&key.to_string()))]),
        Cause::Enforce { through } if through == removed => words.text("preview-change-by-list", &[line]),
        Cause::Enforce { through } => {
            words.text("preview-change-by-list-through", &[line, ("key", Argument::Text(&through.to_string()))])
        }
    }
}

/// The message about what the client loses with a key of its own.
fn loss(key: &Key) -> Option<&'static str> {
    let key = key.to_string();
    Some(match key.strip_prefix("net.java.sip.communicator.")? {
        "plugin.provisioning.METHOD" => "loss-method",
        "plugin.provisioning.URL" => "loss-url",
        "plugin.provisioning.auth.USERNAME" => "loss-username",
        "plugin.provisioning.auth.ENCRYPTED_PASSWORD" => "loss-password",
        "UUID" => "loss-uuid",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use jitsi_properties::changes::compare;
    use jitsi_properties::parse;

    use super::*;
    use crate::http::admin::language::Languages;

    /// The changes in words, a line each.
    fn lines(earlier: &str, new: &str, language: &str) -> String {
        let words = Languages::load().choose(Some(language), None);
        let changes = compare(&parse(earlier).unwrap(), &parse(new).unwrap(), "********");
        let line = |ChangeView { kind, key, from, to, text, keys }: ChangeView| {
            let parts = [Some(kind.to_owned()), key, from, to, Some(text), Some(keys.join(" "))];
            let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
            parts.join(" | ") + "\n"
        };
        changes.iter().map(|change| line(shown(change, &words))).collect()
    }

    #[test]
    fn every_kind_of_change_has_its_words() {
        let earlier = "url=http://a/\nname=Anna\nsip.PASSWORD=s3cret\nxmpp.PASSWORD=hunter2\nsame=1\ngone=1\nacc=1\n\
            ${system}.proxy=p\n";
        let new = "url=https://a/\nnew=\nacc=${null}\nnone=${null}\nsip.PASSWORD=other\nxmpp.PASSWORD=********\nsame=1\n\
            tmp.y=1\ntmp=${null}\nprovisioning.ENFORCE_PREFIX=url|new|sip|xmpp|same|name\n\
            provisioning.ALLOW_PREFIX=a\nlocked=true\n";
        let shown = lines(earlier, new, "en");
        assert!(!shown.contains("s3cret") && !shown.contains("hunter2") && !shown.contains("preview-"), "{shown}");
        insta::assert_snapshot!(shown, @r#"
        removed | ${system}.proxy | No longer set: a Java property lasts for one run of the client.
        changed | url | http://a/ | https://a/
        added | new | ""
        removed | acc | Removed by line 3, which sets acc to null.
        warning | none | Line 4 removes nothing of the earlier reply, but everything else that the client has stored under keys that begin with this one.
        changed | sip.ENCRYPTED_PASSWORD | The values are hidden.
        warning | xmpp.ENCRYPTED_PASSWORD | Not compared, since its value is hidden in one of the two replies or in both.
        warning | tmp.y | Set in line 8, and then: Removed by line 9, which sets tmp to null.
        warning | provisioning.ENFORCE_PREFIX | Line 10: `ENFORCE_PREFIX` also removes everything else that the client has stored outside its list.
        removed | gone | Removed by line 10: `ENFORCE_PREFIX` does not cover it.
        removed | net.java.sip.communicator.UUID | Removed by line 10: `ENFORCE_PREFIX` does not cover it. The client’s own key: its UUID. The client generates another one.
        removed | net.java.sip.communicator.plugin.provisioning.METHOD | Removed by line 10: `ENFORCE_PREFIX` does not cover it. The client’s own key: how it asks for settings. Without it the client does not ask at its next start.
        removed | net.java.sip.communicator.plugin.provisioning.URL | Removed by line 10: `ENFORCE_PREFIX` does not cover it. The client’s own key: the address that it asks for settings.
        removed | net.java.sip.communicator.plugin.provisioning.auth.ENCRYPTED_PASSWORD | Removed by line 10: `ENFORCE_PREFIX` does not cover it. The client’s own key: the password of its saved login.
        removed | net.java.sip.communicator.plugin.provisioning.auth.USERNAME | Removed by line 10: `ENFORCE_PREFIX` does not cover it. The client’s own key: the user name of its saved login.
        warning | locked | Line 12 is not applied: `ALLOW_PREFIX` in line 11 does not cover it.
        same | 1 key is set to the value that it already has.
        same | No longer in the reply, but kept by the client. A key that is set to null is removed, with all keys that begin with it. | name
        "#);
        let german = lines(earlier, new, "de");
        assert!(!german.contains("preview-"), "{german}");
        assert_eq!(german.lines().count(), shown.lines().count());
        let stopped = lines("", "${system}.=x\nlost=1\n", "en");
        assert!(stopped.starts_with("warning | Line 1 sets a Java property without a name:"), "{stopped}");
        assert!(stopped.ends_with(" | lost\n"), "{stopped}");
    }

    #[test]
    fn values_cannot_play_with_the_page() {
        assert_eq!(lines("", "a=\\u202e\\u001b[31m", "en"), "added | a | \\u{202e}\\u{1b}[31m\n");
    }
}
