//! Signing in and out.

use std::time::Duration;

use http::StatusCode;
use minijinja::context;
use minijinja::value::Serde;

use crate::administration::audit::Action;
use crate::administration::role::{Person, Role};
use crate::administration::sessions::{Session, SessionToken};
use crate::administration::sign_in::SignInError;
use crate::authentication::Origin;
use crate::http::admin::csrf;
use crate::http::admin::language::{Argument, Languages, Words, Zone};
use crate::http::admin::page_answer::PageAnswer;
use crate::http::admin::request::Fields;
use crate::http::admin::visit::{Guest, Visit};
use crate::http::request_guard::user_agent;

/// Largest form that is kept while its sender signs in again, in bytes.
const MAX_KEPT: usize = 64 * 1024;

/// Longest name that the form shows again, in bytes. No account has a longer one (RFC 7622 section 3.3).
const MAX_NAME: usize = 1023;

/// Fields that are not kept, since they hold secrets.
const NOT_KEPT: [&str; 5] = [csrf::FIELD, "password", "secret", "code", "pasted"];

/// What the form shows again, and why.
#[derive(Default)]
struct Again {
    status: Option<StatusCode>,
    username: String,
    problem: Option<String>,
    advice: Option<String>,
}

/// The form.
pub(in crate::http::admin) fn form(guest: &Guest<'_>) -> PageAnswer {
    let to = own_page(guest.asked("to")).to_owned();
    shown(&to, "", Again::default())
}

/// A page was asked for without a session: leads to the form, which leads back. What a form sent is kept.
pub(in crate::http::admin) fn asked(guest: &Guest<'_>) -> PageAnswer {
    let request = guest.request;
    if request.is_post() {
        let kept = kept(&guest.form);
        return shown(&request.address_of_page(), &kept, Again::default());
    }
    let mark = if request.query.is_empty() { "" } else { "?" };
    let to = format!("{}{mark}{}", request.address_of_page(), request.query.encoded());
    let to = Fields::of(&[("to", &to)]).encoded();
    PageAnswer::SeeOther(format!("/admin/sign-in?{to}"))
}

fn shown(to: &str, kept: &str, again: Again) -> PageAnswer {
    let Again { status, username, problem, advice } = again;
    let values = context! { to, kept, username, problem, advice };
    PageAnswer::page_with(status.unwrap_or(StatusCode::OK), "sign-in.html", values)
}

/// The fields of a form that may be kept, as a query.
fn kept(form: &Fields) -> String {
    let kept = form.without(&NOT_KEPT).encoded();
    if kept.len() <= MAX_KEPT { kept } else { String::new() }
}

/// The same as the form for signing in brought it back. It is written anew, so that no stranger can have the page hold more
/// than was sent.
fn kept_again(sent: &str) -> String {
    if sent.is_empty() { String::new() } else { kept(&Fields::parse(sent.as_bytes())) }
}

/// An address of the pages, and never one of another site.
fn own_page(asked: Option<&str>) -> &str {
    let is_own = |to: &&str| {
        let path = to.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        // A browser takes these parts out of a path, with the one before.
        let leads_up = path.split('/').any(|part| matches!(part.replace("%2e", ".").as_str(), "." | ".."));
        let is_plain = to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        to.starts_with("/admin/") && !leads_up && is_plain && to.len() <= 2048
    };
    asked.filter(is_own).unwrap_or("/admin/")
}

/// Keeps language, colours and time zone, and leads back.
pub(in crate::http::admin) fn preferences(guest: &Guest<'_>, languages: &Languages) -> PageAnswer {
    let back = own_page(guest.form.get("back")).to_owned();
    let is_known = guest.form.filled("zone").is_none_or(Zone::is_known);
    let then = if is_known { PageAnswer::SeeOther(back) } else { PageAnswer::done(&back, "zone-unknown") };
    PageAnswer::Prefers { view: guest.view.chosen(&guest.form, languages), then: Box::new(then) }
}

/// Signs in by a login on Openfire. The session begins anew; the browser's earlier one ends.
pub(in crate::http::admin) async fn sign_in(guest: &Guest<'_>, earlier: Option<&Session>) -> PageAnswer {
    let to = own_page(guest.form.get("to")).to_owned();
    let kept = kept_again(guest.form.get("kept").unwrap_or_default());
    let username = guest.form.filled("username").unwrap_or_default();
    let password = guest.form.get("password").unwrap_or_default();
    let agent = user_agent(&guest.request.headers);
    let origin = Origin { address: guest.request.address, client: &agent };
    let signed_in = guest.administration.sign_in.sign_in(username, password.to_owned(), origin, guest.deadline).await;
    if let Err(error) = &signed_in
        && !matches!(error, SignInError::Incomplete)
    {
        guest.record(username, Action::SignInRefused, "", "", error.outcome());
    }
    let begun = signed_in.map(|account| {
        guest.record(account.username.as_str(), Action::SignIn, "", "", &account.role.to_string());
        begin(guest, earlier, Person::Account(account.username), account.role)
    });
    match begun {
        Ok(Err(answer)) => answer,
        Ok(Ok(token)) if kept.is_empty() => PageAnswer::SignedIn { token, then: Box::new(PageAnswer::SeeOther(to)) },
        Ok(Ok(token)) => {
            let fields = Fields::parse(kept.as_bytes());
            let fields: Vec<Vec<&str>> = fields.iter().map(|(name, value)| vec![name, value]).collect();
            let then = PageAnswer::page("go-on.html", context! { to, fields => Serde(fields) });
            PageAnswer::SignedIn { token, then: Box::new(then) }
        }
        Err(error) => {
            let username = Some(username).filter(|name| name.len() <= MAX_NAME).unwrap_or_default().to_owned();
            shown(&to, &kept, Again { username, ..again(guest, &error) })
        }
    }
}

/// Begins a session, and ends the browser's earlier one. The error is the page that says why there is none.
pub(super) fn begin(
    guest: &Guest<'_>,
    earlier: Option<&Session>,
    person: Person,
    role: Role,
) -> Result<SessionToken, PageAnswer> {
    let sessions = &guest.administration.sessions;
    if let Some(earlier) = earlier {
        sessions.end(earlier);
    }
    sessions
        .begin(person, role, guest.request.address)
        .map_err(|_| PageAnswer::error(&guest.view.words, StatusCode::INTERNAL_SERVER_ERROR, "internal", &[]))
}

/// What the form says of a sign-in that failed. The reasons of our own or Openfire's trouble are for the log.
fn again(guest: &Guest<'_>, error: &SignInError) -> Again {
    let words = &guest.view.words;
    let (status, name) = match error {
        SignInError::Incomplete => (StatusCode::UNPROCESSABLE_ENTITY, "incomplete"),
        SignInError::Refused { .. } | SignInError::NoPassword => (StatusCode::FORBIDDEN, "refused"),
        SignInError::NotAdministrator => (StatusCode::FORBIDDEN, "not-administrator"),
        SignInError::NotListed => (StatusCode::FORBIDDEN, "not-listed"),
        SignInError::Reserved => (StatusCode::FORBIDDEN, "reserved"),
        SignInError::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, "too-many"),
        SignInError::CannotCheck { .. } => (StatusCode::SERVICE_UNAVAILABLE, "cannot-check"),
        SignInError::InDoubt { .. } => (StatusCode::SERVICE_UNAVAILABLE, "in-doubt"),
    };
    let wait = match error {
        SignInError::TooMany { retry_after } => Some(*retry_after),
        _ => None,
    };
    let (problem, advice) = refusal(words, &format!("sign-in-{name}"), wait);
    Again { status: Some(status), username: String::new(), problem: Some(problem), advice }
}

/// The text of a refusal, by the name of its message, and what to do: the message with `-advice` behind its name, where there is
/// one. `wait` is how long the next attempt must wait.
pub(super) fn refusal(words: &Words, name: &str, wait: Option<Duration>) -> (String, Option<String>) {
    let wait = wait.map(|wait| {
        let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX).saturating_add(1);
        words.duration(seconds)
    });
    let arguments = wait.as_deref().map(|wait| ("time", Argument::Text(wait)));
    let advice = format!("{name}-advice");
    (words.text(name, arguments.as_slice()), words.has(&advice).then(|| words.text(&advice, &[])))
}

/// The status and the text of a password that was not accepted.
pub(in crate::http::admin) fn problem(guest: &Guest<'_>, error: &SignInError) -> (StatusCode, String) {
    let Again { status, problem, .. } = again(guest, error);
    (status.unwrap_or(StatusCode::FORBIDDEN), problem.unwrap_or_default())
}

/// Ends this session.
pub(in crate::http::admin) fn sign_out(visit: &Visit<'_>) -> PageAnswer {
    visit.administration.sessions.end(visit.session);
    visit.record(Action::SignOut, "", "", "");
    signed_out("signed-out")
}

/// Ends all sessions of the account.
pub(in crate::http::admin) fn sign_out_everywhere(visit: &Visit<'_>) -> PageAnswer {
    visit.administration.sessions.end_all_of(&visit.session.person);
    visit.record(Action::SignOutEverywhere, "", "", "");
    signed_out("signed-out-everywhere")
}

fn signed_out(message: &str) -> PageAnswer {
    PageAnswer::SignedOut { then: Box::new(PageAnswer::done("/admin/sign-in", message)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_leads_to_no_other_site() {
        for own in ["/admin/", "/admin/requests?user=anna&page=2"] {
            assert_eq!(own_page(Some(own)), own);
        }
        for foreign in [
            "",
            "/",
            "//evil.test/admin/",
            "https://evil.test/admin/",
            "/admin/\r\nSet-Cookie: a=b",
            "/admin/\\evil",
            "/administrator/",
            "javascript:alert(1)",
            "/admin/../provision",
            "/admin/.%2E/other",
            "/admin/requests/%2e%2e/%2e%2e/x?a",
        ] {
            assert_eq!(own_page(Some(foreign)), "/admin/", "{foreign}");
        }
        assert_eq!(own_page(Some(&format!("/admin/{}", "x".repeat(3000)))), "/admin/");
    }

    #[test]
    fn secrets_of_a_form_are_not_kept() {
        let form = Fields::parse(b"csrf=t&networks=10.0.0.0%2F8&password=p&secret=s&code=c&pasted=a.PASSWORD%3Dp");
        assert_eq!(kept(&form), "networks=10.0.0.0%2F8");
        assert_eq!(kept_again("networks=10.0.0.0%2F8&secret=s"), "networks=10.0.0.0%2F8");
        assert_eq!(kept_again(&"'".repeat(MAX_KEPT)), "");
    }
}
