//! How all stands: what needs attention, how requests ended, and the state of each part.

use std::time::Duration;

use jiff::Timestamp;
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use crate::administration::attention::{Argument as Of, Concern, Notice, Severity};
use crate::administration::overview::{LinkState, OpenfireFacts, Snapshot, days_left};
use crate::authentication::Door;
use crate::http::admin::language::{Argument, Words};
use crate::http::admin::page_answer::PageAnswer;
use crate::http::admin::plot::Plot;
use crate::http::admin::view::View;
use crate::http::admin::visit::Visit;

/// Days before the end of a certificate at which it is shown as a warning.
const FEW_DAYS: i64 = 14;

/// A notice as the page shows it.
#[derive(Serialize)]
struct ShownNotice {
    level: &'static str,
    text: String,
    /// What a server, a file or an administrator says.
    reason: Option<String>,
    advice: String,
    since: i64,
    link: Option<&'static str>,
}

/// The end of a certificate.
#[derive(Serialize)]
struct End {
    at: i64,
    days: i64,
    level: &'static str,
}

#[derive(Serialize)]
struct Component {
    name: String,
    /// The last part of the name of a message.
    state: &'static str,
    level: &'static str,
    since: Option<i64>,
    attempts: Option<u32>,
}

#[derive(Serialize)]
struct Openfire {
    domain: String,
    software: Option<String>,
    certificate: Option<End>,
    tls: Option<&'static str>,
    mechanisms: Vec<String>,
    seen: Option<i64>,
}

#[derive(Serialize)]
struct Source {
    name: String,
    /// Seconds since its data were read.
    age: Option<i64>,
}

/// How all stands.
pub(in crate::http::admin) fn show(visit: &Visit<'_>) -> PageAnswer {
    let administration = visit.administration;
    let snapshot = administration.overview.snapshot();
    let notices = administration.attention.observe(&snapshot);
    let shown: Vec<ShownNotice> = notices.iter().map(|notice| shown(notice, visit.view)).collect();
    let history = administration.overview.history();
    let plot = |minutes, bars, ticks| {
        let counts = history.counts(snapshot.at, Duration::from_mins(minutes), bars);
        Plot::new(&counts, ticks, &visit.view.zone)
    };
    let Snapshot { at, policy, requests, .. } = &snapshot;
    let age = |read: Timestamp| at.duration_since(read).as_secs().max(0);
    let sources =
        policy.sources.iter().map(|source| Source { name: source.name.clone(), age: source.read_at.map(age) });
    let sources: Vec<Source> = sources.collect();
    let locked_out = administration.overview.locked_out(Door::Provisioning).all()
        + administration.overview.locked_out(Door::Pages).all();
    let updates: Vec<_> = snapshot.updates.iter().map(|(platform, version)| context! { platform, version }).collect();
    let values = context! {
        notices => Serde(shown),
        hour => Serde(plot(1, 60, 15)),
        day => Serde(plot(15, 96, 12)),
        component => Serde(component(&snapshot)),
        openfire => Serde(openfire(&snapshot.openfire, *at)),
        policy => context! { is_current => policy.is_current(), loaded => policy.loaded_at.as_second() },
        sources => Serde(sources),
        logins => context! {
            is_undecided => snapshot.undecided.is_some(),
            in_doubt => snapshot.doubt.is_some(),
            has_reference => snapshot.has_reference,
            locked_out,
        },
        own_certificate => Serde(policy.certificate_ends.map(|ends| end(ends, *at))),
        requests => context! { since => requests.since.as_second(), lost => requests.lost },
        updates,
        update_defects => snapshot.update_defects,
    };
    PageAnswer::page("overview.html", values)
}

fn component(snapshot: &Snapshot) -> Component {
    let name = snapshot.component.name.clone();
    let (state, level, since, attempts) = match &snapshot.component.link {
        LinkState::Connecting => ("connecting", "note", None, None),
        LinkState::Connected { since } => ("connected", "ok", Some(since), None),
        // The notice at the top says why.
        LinkState::Down { since, attempts, .. } => ("down", "error", Some(since), Some(*attempts)),
    };
    Component { name, state, level, since: since.map(|since| since.as_second()), attempts }
}

fn openfire(facts: &OpenfireFacts, at: Timestamp) -> Openfire {
    Openfire {
        domain: facts.domain.clone(),
        software: facts.software.as_ref().map(|(name, version)| match version {
            Some(version) => format!("{name} {version}"),
            None => name.clone(),
        }),
        certificate: facts.certificate_ends.map(|ends| end(ends, at)),
        tls: facts.tls13.map(|is_13| if is_13 { "1.3" } else { "1.2" }),
        mechanisms: facts.mechanisms.clone(),
        seen: facts.seen.map(Timestamp::as_second),
    }
}

fn end(ends: Timestamp, at: Timestamp) -> End {
    let days = days_left(ends, at);
    End { at: ends.as_second(), days, level: if days <= FEW_DAYS { "warning" } else { "ok" } }
}

fn shown(notice: &Notice, view: &View) -> ShownNotice {
    let Notice { concern, since } = notice;
    let (text, reason) = text(concern, view);
    let level = match concern.severity() {
        Severity::Problem => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    ShownNotice {
        level,
        text,
        reason,
        advice: view.words.text(&format!("attention-{}-advice", concern.id()), &[]),
        since: since.as_second(),
        link: concern.page(),
    }
}

/// The sentence of a notice, and what someone else says about it, which stands apart from it.
fn text(concern: &Concern, view: &View) -> (String, Option<String>) {
    let words: &Words = &view.words;
    let given = concern.arguments();
    let is_said = |name: &str| matches!(name, "reason" | "reasons" | "sources" | "problem");
    let reason = given.iter().find_map(|(name, argument)| match argument {
        Of::Text(text) if is_said(name) && !text.is_empty() => Some(text.clone()),
        _ => None,
    });
    let times: Vec<(&str, String)> = given
        .iter()
        .filter_map(|(name, argument)| match argument {
            Of::Time(at) => Some((*name, words.moment(*at, &view.zone, false))),
            _ => None,
        })
        .collect();
    let plain = given.iter().filter_map(|(name, argument)| match argument {
        Of::Text(text) if !is_said(name) => Some((*name, Argument::Text(text))),
        Of::Number(number) => Some((*name, Argument::Number(*number))),
        _ => None,
    });
    let arguments: Vec<(&str, Argument<'_>)> =
        plain.chain(times.iter().map(|(name, time)| (*name, Argument::Text(time)))).collect();
    (words.text(&message(concern), &arguments), reason)
}

/// The name of the message for a notice.
fn message(concern: &Concern) -> String {
    let ending = match concern {
        Concern::OwnCertificate { days, .. } | Concern::OpenfireCertificate { days, .. } if *days < 0 => "-expired",
        _ => "",
    };
    format!("attention-{}{ending}", concern.id())
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;
    use crate::http::admin::language::Languages;

    #[test]
    fn every_notice_is_a_sentence_in_every_language_and_keeps_what_others_say_apart() {
        let languages = Languages::load();
        let zone = View::of(&HeaderMap::new(), &languages).zone;
        for words in languages.iter() {
            let view = View { words: languages.choose(Some(words.tag()), None), theme: None, zone: zone.clone() };
            for concern in Concern::samples() {
                assert!(words.has(&message(&concern)), "{}: {}", words.tag(), message(&concern));
                let advice = format!("attention-{}-advice", concern.id());
                assert!(words.has(&advice), "{}: {advice}", words.tag());
                let (text, reason) = text(&concern, &view);
                // A value that is missing is left in braces.
                assert!(!text.contains(['{', '<']) && text.ends_with('.'), "{}: {text}", words.tag());
                assert!(reason.is_none_or(|reason| reason == "<b>'reason'"), "{text}");
            }
        }
    }
}
