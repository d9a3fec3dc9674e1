//! Who did what: entries by filter, page by page, and as files.

use http::StatusCode;
use jiff::Timestamp;
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use crate::administration::audit::{Action, AuditError, Filter, Format, Recorded};
use crate::http::admin::language::Argument;
use crate::http::admin::page_answer::PageAnswer;
use crate::http::admin::request::Fields;
use crate::http::admin::view::View;
use crate::http::admin::visit::Visit;

/// Entries on a page.
const ROWS: usize = 100;

/// An entry, for the template.
#[derive(Debug, Serialize)]
struct Row {
    at: i64,
    actor: String,
    address: Option<String>,
    action: &'static str,
    is_refusal: bool,
    target: String,
    before: String,
    after: String,
}

/// The entries that the address asks for.
pub(in crate::http::admin) async fn show(visit: &Visit<'_>) -> PageAnswer {
    let audit = &visit.administration.audit;
    let before = visit.asked("before").and_then(|before| before.parse().ok());
    let page = match audit.entries(filter(visit), before, ROWS).await {
        Ok(page) => page,
        Err(error) => return unreadable(visit, &error),
    };
    let kept = visit.request.query.without(&["before", "done"]);
    let query = kept.encoded();
    let with = |name: &str, value: &str| {
        let more = Fields::of(&[(name, value)]).encoded();
        if query.is_empty() { more } else { format!("{query}&{more}") }
    };
    let value = |name: &str| visit.asked(name).unwrap_or_default().to_owned();
    let is_filtered = kept.iter().any(|(_, value)| !value.trim().is_empty());
    PageAnswer::page(
        "audit.html",
        context! {
            rows => Serde(page.entries.into_iter().map(|entry| row(entry, visit.view)).collect::<Vec<_>>()),
            older => page.next.map(|next| with("before", &next.to_string())),
            is_later => before.is_some(),
            query,
            is_filtered,
            actions => Action::ALL.map(Action::name).to_vec(),
            actor => value("actor"),
            action => value("action"),
            from => value("from"),
            until => value("until"),
            text => value("text"),
            is_kept => audit.is_kept(),
            problem => audit.problem(),
        },
    )
}

/// The same entries as a file, all pages of them. The download is an entry, too.
pub(in crate::http::admin) async fn export(visit: &Visit<'_>, format: Format) -> PageAnswer {
    let (name, kind) = match format {
        Format::Csv => ("audit.csv", "text/csv; charset=utf-8"),
        Format::JsonLines => ("audit.jsonl", "application/jsonl; charset=utf-8"),
    };
    match visit.administration.audit.export(filter(visit), format).await {
        Ok(content) => {
            visit.record(Action::Exported, name, "", &visit.request.query.encoded());
            PageAnswer::Download { name, kind, content: content.into() }
        }
        Err(error) => unreadable(visit, &error),
    }
}

fn unreadable(visit: &Visit<'_>, error: &AuditError) -> PageAnswer {
    let reason = error.to_string();
    let arguments = [("reason", Argument::Text(&reason))];
    PageAnswer::error(&visit.view.words, StatusCode::SERVICE_UNAVAILABLE, "audit", &arguments)
}

/// What the address asks for. A value that is none is left out.
fn filter(visit: &Visit<'_>) -> Filter {
    let zone = &visit.view.zone;
    let text = |name: &str| visit.asked(name).unwrap_or_default().to_owned();
    Filter {
        actor: text("actor"),
        action: visit.asked("action").and_then(Action::named),
        from: visit.asked("from").and_then(|day| zone.day(day)).map(|(begin, _)| begin),
        until: visit.asked("until").and_then(|day| zone.day(day)).map(|(_, end)| end),
        text: text("text"),
    }
}

/// A value of an entry in the reader's language and time zone, where it is a word or holds times of the program's own.
fn value(action: Action, text: &str, view: &View) -> String {
    let is_word = matches!(
        action,
        Action::SignIn | Action::SignInRefused | Action::LinkMade | Action::LinkUsed | Action::LinkRefused
    );
    let name = format!("audit-value-{}", text.replace('_', "-"));
    if is_word && view.words.has(&name) {
        return view.words.text(&name, &[]);
    }
    if !matches!(action, Action::SettingChanged | Action::SettingGivenBack) {
        return text.to_owned();
    }
    let in_zone = |word: &str| {
        let bare = word.trim_end_matches([')', ',']);
        let rest = word.get(bare.len()..).unwrap_or_default();
        let at = bare.parse::<Timestamp>().ok()?;
        Some(format!("{}{rest}", view.words.moment(at, &view.zone, false)))
    };
    let words: Vec<String> = text.split(' ').map(|word| in_zone(word).unwrap_or_else(|| word.to_owned())).collect();
    words.join(" ")
}

fn row(recorded: Recorded, view: &View) -> Row {
    let entry = recorded.entry;
    Row {
        at: entry.at.as_second(),
        actor: entry.actor,
        address: entry.address.map(|address| address.to_string()),
        action: entry.action.name(),
        is_refusal: entry.action.is_refusal(),
        target: entry.target,
        before: value(entry.action, &entry.before, view),
        after: value(entry.action, &entry.after, view),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::admin::language::Languages;

    #[test]
    fn every_action_has_its_words() {
        let words = Languages::load().choose(None, None);
        for action in Action::ALL {
            assert!(words.has(&format!("audit-action-{}", action.name())), "{}", action.name());
        }
    }
}
