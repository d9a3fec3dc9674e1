//! The settings that administrators change: pause, secret, networks.

use http::StatusCode;
use ipnet::IpNet;
use jiff::Timestamp;
use minijinja::value::Serde;
use minijinja::{Value, context};
use secrecy::ExposeSecret as _;
use serde::Serialize;

use super::sign_in;
use crate::administration::audit::Action;
use crate::administration::sign_in::SignInError;
use crate::authentication::Origin;
use crate::http::admin::language::Argument;
use crate::http::admin::page_answer::PageAnswer;
use crate::http::admin::visit::Visit;
use crate::http::request_guard::user_agent;
use crate::model::config;
use crate::settings::{Actor, Change, ChangeError, InForce, Key, KnownSecret, OldSecret, SecretProblem, Source};

/// Where the page is; its forms lead back to it.
const PATH: &str = "/admin/settings";

/// What a form says again, and what is wrong with it.
#[derive(Debug, Default, Serialize)]
struct Again {
    problem: Option<String>,
    /// The setting that the problem is about, and the field of its form.
    about: Option<&'static str>,
    field: Option<&'static str>,
    reason: Option<String>,
    networks: Option<String>,
    /// The networks that were in force when the form was shown first.
    seen: Option<String>,
    old: Option<String>,
    /// The secrets, after the password was given: the one in force, and the old one.
    shown: Option<Vec<String>>,
    /// What to enter in clients, with the secret in force.
    client_address: Option<String>,
}

/// A value's source, for the template.
#[derive(Debug, Serialize)]
struct ShownSource {
    by: String,
    at: i64,
}

/// The page.
pub(in crate::http::admin) fn show(visit: &Visit<'_>) -> PageAnswer {
    PageAnswer::page("settings.html", values(visit, Again::default()))
}

/// Carries out what a form asks for.
pub(in crate::http::admin) async fn change(visit: &Visit<'_>) -> PageAnswer {
    let form = &visit.form;
    let reason = form.get("reason").unwrap_or_default().to_owned();
    let (change, done) = match form.get("action").unwrap_or_default() {
        "pause" => (Ok(Change::Pause { reason }), "paused"),
        "resume" => (Ok(Change::Resume), "resumed"),
        "set-secret" => (new_secret(visit, form.get("secret").unwrap_or_default().into()), "secret-set"),
        "generate-secret" => {
            let Ok(secret) = KnownSecret::generate() else {
                return PageAnswer::error(&visit.view.words, StatusCode::INTERNAL_SERVER_ERROR, "internal", &[]);
            };
            (new_secret(visit, secret), "secret-generated")
        }
        "end-old-secret" => (Ok(Change::EndOldSecret), "old-secret-ended"),
        "show-secret" => return show_secret(visit).await,
        "networks" => {
            // A form without the field is no list without networks, which would let all in.
            let Some(text) = form.get("networks") else {
                return PageAnswer::error(&visit.view.words, StatusCode::BAD_REQUEST, "form", &[]);
            };
            (new_networks(text, form.get("seen")), "networks-set")
        }
        "give-back-secret" => (given_back_secret(visit), "given-back"),
        "give-back-networks" => (Ok(Change::GiveBack(Key::AllowedNetworks)), "given-back"),
        _ => return PageAnswer::error(&visit.view.words, StatusCode::BAD_REQUEST, "form", &[]),
    };
    let is_given_back = matches!(change, Ok(Change::GiveBack(_)));
    let made = match change {
        Ok(change) => visit.services.settings.change(change, &actor(visit)).await.map_err(Refusal::Change),
        Err(refusal) => Err(refusal),
    };
    match made {
        Ok(changed) => {
            let action = if is_given_back { Action::SettingGivenBack } else { Action::SettingChanged };
            visit.record(action, changed.key.name(), &changed.before, &changed.after);
            PageAnswer::done(PATH, done)
        }
        Err(refusal) => refused(visit, &refusal),
    }
}

fn actor(visit: &Visit<'_>) -> Actor {
    Actor { name: visit.session.person.to_string(), address: Some(visit.request.address) }
}

/// Why nothing was changed.
enum Refusal {
    Change(ChangeError),
    Network(String),
    /// A secret that clients still use would end, and the form does not say that it may.
    OlderSecret,
    PagesSecret,
}

/// The field in which a form says that a secret may end now.
const ENDS: &str = "ends";

fn new_secret(visit: &Visit<'_>, secret: secrecy::SecretString) -> Result<Change, Refusal> {
    let old = visit.form.get("old").and_then(OldSecret::named).unwrap_or(OldSecret::Ends);
    KnownSecret::judge(&secret).map_err(|problem| Refusal::Change(problem.into()))?;
    if old_secret(&visit.services.settings.in_force()).is_some() && visit.form.get(ENDS).is_none() {
        return Err(Refusal::OlderSecret);
    }
    Ok(Change::Secret { secret, old })
}

fn new_networks(text: &str, seen: Option<&str>) -> Result<Change, Refusal> {
    Ok(Change::AllowedNetworks { networks: networks(text)?, seen: seen.map(networks).transpose()? })
}

/// The secret of the pages ends at once, which refuses the clients that have it.
fn given_back_secret(visit: &Visit<'_>) -> Result<Change, Refusal> {
    visit.form.get(ENDS).map(|_| Change::GiveBack(Key::Secret)).ok_or(Refusal::PagesSecret)
}

/// One network on each line; blanks and commas separate too.
fn networks(text: &str) -> Result<Vec<IpNet>, Refusal> {
    let words = text.split(|char: char| char.is_whitespace() || char == ',').filter(|word| !word.is_empty());
    words.map(|word| config::network(word).map_err(|_| Refusal::Network(word.to_owned()))).collect()
}

/// Shows the secrets to an administrator who gives the password again.
async fn show_secret(visit: &Visit<'_>) -> PageAnswer {
    let agent = user_agent(&visit.request.headers);
    let origin = Origin { address: visit.request.address, client: &agent };
    let password = visit.form.get("password").unwrap_or_default().to_owned();
    let words = &visit.view.words;
    if password.is_empty() {
        return not_shown(visit, StatusCode::UNPROCESSABLE_ENTITY, words.text("settings-no-password", &[]));
    }
    let confirmed = visit.administration.sign_in.confirm(visit.session, password, origin, visit.deadline).await;
    if let Err(error) = confirmed {
        if matches!(error, SignInError::Refused { .. }) {
            visit.record(Action::PasswordRefused, Key::Secret.name(), "", "");
        }
        let (status, problem) = sign_in::problem(&visit.guest, &error);
        let is_wrong = matches!(error, SignInError::Refused { .. });
        let problem = if is_wrong { words.text("settings-wrong-password", &[]) } else { problem };
        return not_shown(visit, status, problem);
    }
    visit.record(Action::SecretShown, Key::Secret.name(), "", "");
    let in_force = visit.services.settings.in_force();
    let old = old_secret(&in_force).and_then(|old| old.secret.as_ref());
    let secrets = in_force.secret.iter().chain(old);
    let shown: Vec<String> = secrets.map(|secret| secret.secret().expose_secret().to_owned()).collect();
    let client_address = shown.first().zip(visit.urls.first()).map(|(secret, url)| {
        let [username, password, field] = visit.services.settings.client_fields();
        format!("{url}/provision?{username}=${{username}}&{password}=${{password}}&{field}={secret}")
    });
    PageAnswer::page("settings.html", values(visit, Again { shown: Some(shown), client_address, ..Again::default() }))
}

/// The page without the secret, since the password does not allow to see it.
fn not_shown(visit: &Visit<'_>, status: StatusCode, problem: String) -> PageAnswer {
    let about = Some(Key::Secret.name());
    let again = Again { problem: Some(problem), about, field: Some("password"), ..Again::default() };
    PageAnswer::page_with(status, "settings.html", values(visit, again))
}

fn old_secret(in_force: &InForce) -> Option<&crate::settings::Previous> {
    in_force.previous_secret.as_ref().filter(|old| Timestamp::now() < old.until)
}

/// The page again, with what was entered and what is wrong with it. The secret is not repeated.
fn refused(visit: &Visit<'_>, refusal: &Refusal) -> PageAnswer {
    let words = &visit.view.words;
    let (name, value) = match refusal {
        Refusal::Network(text) => ("bad-network", text.chars().take(100).collect()),
        Refusal::OlderSecret => ("older-secret", String::new()),
        Refusal::PagesSecret => ("pages-secret", String::new()),
        Refusal::Change(error) => match error {
            ChangeError::NoStateDirectory => ("no-state-directory", String::new()),
            ChangeError::File(reason) => ("not-written", reason.clone()),
            ChangeError::Slow => ("slow", String::new()),
            ChangeError::Secret(SecretProblem::Short) => ("secret-short", String::new()),
            ChangeError::Secret(SecretProblem::Long) => ("secret-long", String::new()),
            ChangeError::Secret(SecretProblem::Characters) => ("secret-characters", String::new()),
            ChangeError::SameSecret => ("same-secret", String::new()),
            ChangeError::NoOldSecret => ("no-old-secret", String::new()),
            ChangeError::LocksOut(address) => ("locks-out", address.to_string()),
            ChangeError::ChangedMeanwhile => ("changed-meanwhile", String::new()),
            ChangeError::TooManyNetworks => ("too-many-networks", String::new()),
        },
    };
    let status = match refusal {
        Refusal::Change(ChangeError::NoStateDirectory | ChangeError::File(_) | ChangeError::Slow) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let about = match visit.form.get("action").unwrap_or_default() {
        "pause" | "resume" => Key::Paused,
        "networks" | "give-back-networks" => Key::AllowedNetworks,
        _ => Key::Secret,
    };
    let field = match refusal {
        Refusal::Network(_) | Refusal::Change(ChangeError::LocksOut(_) | ChangeError::TooManyNetworks) => "networks",
        Refusal::Change(ChangeError::Secret(_) | ChangeError::SameSecret) => "new-secret",
        Refusal::OlderSecret => "older-ends",
        Refusal::PagesSecret => "pages-secret-ends",
        Refusal::Change(_) => "",
    };
    let entered = |name: &str| visit.form.get(name).map(str::to_owned);
    // What is in force now is on this page, so the next attempt may replace it.
    let has_seen = matches!(refusal, Refusal::Change(ChangeError::ChangedMeanwhile));
    let again = Again {
        problem: Some(words.text(&format!("settings-{name}"), &[("value", Argument::Text(&value))])),
        about: Some(about.name()),
        field: Some(field),
        reason: entered("reason"),
        networks: entered("networks"),
        seen: entered("seen").filter(|_| !has_seen),
        old: entered("old"),
        ..Again::default()
    };
    PageAnswer::page_with(status, "settings.html", values(visit, again))
}

fn values(visit: &Visit<'_>, again: Again) -> Value {
    let settings = &visit.services.settings;
    let (in_force, configured) = (settings.in_force(), settings.configured());
    let networks = |networks: &[IpNet]| networks.iter().map(ToString::to_string).collect::<Vec<String>>();
    let paused = in_force.paused.as_ref();
    let old = old_secret(&in_force);
    context! {
        paused => paused.is_some(),
        paused_reason => paused.map(|paused| paused.reason.clone()).unwrap_or_default(),
        paused_source => Serde(paused.map(|paused| ShownSource { by: paused.by.clone(), at: paused.since.as_second() })),
        has_secret => in_force.secret.is_some(),
        secret_source => Serde(source(&in_force.secret_source)),
        file_has_secret => configured.secret.is_some(),
        old_until => old.map(|old| old.until.as_second()),
        old_is_none => old.is_some_and(|old| old.secret.is_none()),
        olds => OldSecret::ALL.map(OldSecret::name).to_vec(),
        networks => networks(&in_force.allowed_networks),
        networks_source => Serde(source(&in_force.networks_source)),
        file_networks => networks(&configured.allowed_networks),
        own_address => visit.request.address.to_string(),
        problem_of_file => settings.problem(),
        why_not_writable => settings.why_not_writable(),
        is_account => visit.session.person.account().is_some(),
        again => Serde(again),
    }
}

fn source(source: &Source) -> Option<ShownSource> {
    match source {
        Source::Configuration => None,
        Source::Pages { by, at } => Some(ShownSource { by: by.clone(), at: at.as_second() }),
    }
}
