//! The messages, in English: they are read on telephones too, without the pages and their languages.

use jiff::Timestamp;

use crate::administration::attention::Concern;
use crate::model::timestamp::rfc3339;

/// Longest reason, in characters.
const MOST_REASON: usize = 400;

/// Longest message, in characters, without its last line.
const MOST_TEXT: usize = 3_500;

/// Something needs attention since `since`.
pub(super) fn begun(concern: &Concern, since: Timestamp) -> String {
    format!("{} Since {}.", present(concern), rfc3339(since))
}

/// Something that was reported is over.
pub(super) fn over(concern: &Concern, since: Timestamp, until: Timestamp) -> String {
    format!("{}, from {} to {}.", past(concern), rfc3339(since), rfc3339(until))
}

/// Something that was never reported is over.
pub(super) fn came_and_went(concern: &Concern, since: Timestamp, until: Timestamp) -> String {
    let over = over(concern, since, until);
    let Some(reason) = reason(concern) else { return over };
    format!("{}: {}.", over.trim_end_matches('.'), said(reason))
}

/// The whole message. If it is the last one for a while, `silent_until` says for how long.
pub(super) fn message(
    component: &str,
    begun: &[String],
    over: &[String],
    silent_until: Option<Timestamp>,
    pages: &str,
) -> String {
    let parts = [("needs attention", begun), ("is over", over)].into_iter().filter(|(_, lines)| !lines.is_empty());
    let parts: Vec<String> = parts
        .map(|(title, lines)| format!("Jitsi provisioning ({component}): this {title}\n- {}", lines.join("\n- ")))
        .collect();
    let mut lines = vec![cut(&parts.join("\n"), MOST_TEXT)];
    lines.extend(silent_until.map(|until| format!("Further messages are not sent until {}.", rfc3339(until))));
    lines.push(format!("{pages}/admin/"));
    lines.join("\n")
}

/// What is wrong now.
fn present(concern: &Concern) -> String {
    match concern {
        Concern::ComponentDown { reason, attempts } => {
            format!("The component is not connected to Openfire after {attempts} failed attempts: {}.", said(reason))
        }
        Concern::Undecided { reason } => format!("Openfire neither accepts nor refuses logins: {}.", said(reason)),
        Concern::InDoubt { reason } => {
            format!("Refused logins are not believed, so clients get 503: {}.", said(reason))
        }
        Concern::NoReference => "There is no reference account (`openfire.reference_user`).".to_owned(),
        Concern::ReloadFailed { reason, loaded } => {
            format!("A reload failed; what was loaded at {} stays in force: {}.", rfc3339(*loaded), said(reason))
        }
        Concern::CertificateNotReloaded { reason } => {
            format!("The certificate of `http.tls` was not reloaded: {}.", said(reason))
        }
        Concern::DataUnread { sources } => format!("Site data have never been read: {}.", said(sources)),
        Concern::DataStale { reasons } => format!("Site data are older than they should be: {}.", said(reasons)),
        Concern::OwnCertificate { ends, days } => expiry("The certificate of `http.tls`", *ends, *days),
        Concern::OpenfireCertificate { ends, days } => expiry("The certificate of Openfire", *ends, *days),
        Concern::ManyRefused { refused, of } => {
            format!("{refused} of {of} requests in the last ten minutes were refused.")
        }
        Concern::ManyFailed { failed, of } => format!("{failed} of {of} requests in the last ten minutes failed."),
        Concern::RecordsLost { records } => format!("{records} requests are missing from the log."),
        Concern::Paused { by, reason } if reason.is_empty() => format!("{} has paused provisioning.", said(by)),
        Concern::Paused { by, reason } => format!("{} has paused provisioning: {}.", said(by), said(reason)),
        Concern::SettingsDamaged { problem } => {
            format!("The file with the settings of the pages cannot be used: {}.", said(problem))
        }
        Concern::SettingsFixed => "Settings cannot be changed in the pages: there is no state directory.".to_owned(),
    }
}

/// What is no longer wrong, in a few words.
fn past(concern: &Concern) -> &'static str {
    match concern {
        Concern::ComponentDown { .. } => "The component was not connected to Openfire",
        Concern::Undecided { .. } => "Openfire neither accepted nor refused logins",
        Concern::InDoubt { .. } => "Refused logins were not believed",
        Concern::NoReference => "There was no reference account",
        Concern::ReloadFailed { .. } => "A reload had failed",
        Concern::CertificateNotReloaded { .. } => "The certificate of `http.tls` had not been reloaded",
        Concern::DataUnread { .. } => "Site data had never been read",
        Concern::DataStale { .. } => "Site data were older than they should be",
        Concern::OwnCertificate { .. } => "The certificate of `http.tls` was about to expire, or had expired",
        Concern::OpenfireCertificate { .. } => "The certificate of Openfire was about to expire, or had expired",
        Concern::ManyRefused { .. } => "Many requests were refused",
        Concern::ManyFailed { .. } => "Many requests failed",
        Concern::RecordsLost { .. } => "Requests were missing from the log",
        Concern::Paused { .. } => "Provisioning was paused",
        Concern::SettingsDamaged { .. } => "The settings of the pages could not be read",
        Concern::SettingsFixed => "Settings could not be changed in the pages",
    }
}

/// The reason that a server, a file or an administrator gave.
fn reason(concern: &Concern) -> Option<&str> {
    match concern {
        Concern::ComponentDown { reason, .. }
        | Concern::Undecided { reason }
        | Concern::InDoubt { reason }
        | Concern::ReloadFailed { reason, .. }
        | Concern::CertificateNotReloaded { reason }
        | Concern::Paused { reason, .. } => Some(reason).filter(|reason| !reason.is_empty()).map(String::as_str),
        Concern::DataUnread { sources: reason }
        | Concern::DataStale { reasons: reason }
        | Concern::SettingsDamaged { problem: reason } => Some(reason),
        Concern::NoReference
        | Concern::OwnCertificate { .. }
        | Concern::OpenfireCertificate { .. }
        | Concern::ManyRefused { .. }
        | Concern::ManyFailed { .. }
        | Concern::RecordsLost { .. }
        | Concern::SettingsFixed => None,
    }
}

fn expiry(what: &str, ends: Timestamp, days: i64) -> String {
    let ends = rfc3339(ends);
    match days {
        ..0 => format!("{what} expired at {ends}."),
        0 => format!("{what} expires today, at {ends}."),
        1 => format!("{what} expires tomorrow, at {ends}."),
        _ => format!("{what} expires in {days} days, at {ends}."),
    }
}

/// What someone else said, in one line that XML can carry, without a full stop at its end.
fn said(text: &str) -> String {
    // The last two are the characters besides those of control that XML cannot carry (XML 1.0 section 2.2).
    let is_unsendable = |character: char| character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}');
    let line: String = text.chars().map(|character| if is_unsendable(character) { ' ' } else { character }).collect();
    cut(line.trim().trim_end_matches('.'), MOST_REASON)
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_concern_is_a_sentence_before_and_after() {
        for concern in Concern::samples() {
            let (from, to) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
            for text in [begun(&concern, from), over(&concern, from, to), came_and_went(&concern, from, to)] {
                assert!(text.ends_with('.') && !text.ends_with("..") && !text.contains('\n'), "{text}");
            }
        }
    }

    #[test]
    fn a_message_has_a_bound_and_no_control_characters_whatever_the_reasons_say() {
        let reason = "\u{0}\u{1b}[31m\n\u{ffff}".repeat(1000) + &"ä".repeat(100_000);
        let concern = Concern::ReloadFailed { reason, loaded: Timestamp::UNIX_EPOCH };
        let lines: Vec<_> = (0..16).map(|_| begun(&concern, Timestamp::UNIX_EPOCH)).collect();
        assert!(lines.iter().all(|line| !line.contains(char::is_control) && !line.contains('\u{ffff}')));
        let text = message("prov.example.test", &lines, &lines, Some(Timestamp::UNIX_EPOCH), "https://a.test");
        assert!(text.len() < 8 * 1024, "{}", text.len());
        assert!(text.ends_with("\nhttps://a.test/admin/"));
    }

    #[test]
    fn a_message_reads_like_this() {
        let time = |second: i64| Timestamp::from_second(1_776_000_000 + second).unwrap();
        let down = Concern::ComponentDown { reason: "connection refused".to_owned(), attempts: 12 };
        let begun = [begun(&Concern::OwnCertificate { ends: time(86_400), days: 1 }, time(0))];
        let over = [
            over(&Concern::ManyFailed { failed: 9, of: 9 }, time(0), time(60)),
            came_and_went(&down, time(0), time(60)),
        ];
        insta::assert_snapshot!(message("prov.example.test", &begun, &over, None, "https://a.test"), @r"
        Jitsi provisioning (prov.example.test): this needs attention
        - The certificate of `http.tls` expires tomorrow, at 2026-04-13T13:20:00Z. Since 2026-04-12T13:20:00Z.
        Jitsi provisioning (prov.example.test): this is over
        - Many requests failed, from 2026-04-12T13:20:00Z to 2026-04-12T13:21:00Z.
        - The component was not connected to Openfire, from 2026-04-12T13:20:00Z to 2026-04-12T13:21:00Z: connection refused.
        https://a.test/admin/
        ");
    }
}
