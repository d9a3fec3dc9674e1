//! What every page shows around its content.

use super::language::{Argument, Languages};
use super::render::{Banner, Frame, SignedIn};
use super::request::PageRequest;
use super::view::View;
use crate::administration::Administration;
use crate::administration::sessions::Session;
use crate::administration::sign_in::CannotChange;
use crate::http::services::Services;

/// The frame of a page for this visitor.
pub(super) fn frame(
    request: &PageRequest,
    view: &View,
    session: Option<&Session>,
    (services, administration): (&Services, &Administration),
    languages: &Languages,
) -> Frame {
    let may_change = session.map(|session| administration.sign_in.may_change(session));
    let user = session.zip(may_change);
    let query = request.query.without(&["done"]).encoded();
    let mark = if query.is_empty() { "" } else { "?" };
    Frame {
        language: view.words.tag(),
        theme: view.theme,
        zone: view.zone.name().to_owned(),
        languages: languages.iter().map(|words| (words.tag(), words.text("language-name", &[]))).collect(),
        here: format!("{}{mark}{query}", request.address_of_page()),
        section: request.parts().first().copied().unwrap_or_default().to_owned(),
        banners: user
            .as_ref()
            .map(|(_, may_change)| banners(request, view, may_change, (services, administration)))
            .unwrap_or_default(),
        user: user
            .map(|(session, may_change)| SignedIn { name: session.person.to_string(), may_change: may_change.is_ok() }),
        done: done(request, view),
        domain: services.provisioner.domain().to_string(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// What needs to be said on every page.
fn banners(
    request: &PageRequest,
    view: &View,
    may_change: &Result<(), CannotChange>,
    (services, administration): (&Services, &Administration),
) -> Vec<Banner> {
    let mut banners = Vec::new();
    // The page that the link leads to needs no link to itself.
    let link = |section, path| (request.parts().first() != Some(&section)).then_some(path);
    if let Err(CannotChange::NotNow { .. }) = may_change {
        let text = view.words.text("banner-only-looking", &[]);
        banners.push(Banner { level: "warning", text, link: link("link", "/admin/link") });
    }
    // The overview has notices instead.
    let is_overview = request.parts().is_empty();
    if let Some(paused) = &services.settings.in_force().paused
        && !is_overview
    {
        let since = view.words.moment(paused.since, &view.zone, false);
        let [by, reason] = [&paused.by, &paused.reason].map(|text| Argument::Text(text));
        let arguments = [("by", by), ("since", Argument::Text(&since)), ("reason", reason)];
        let message = if paused.reason.is_empty() { "banner-paused" } else { "banner-paused-reason" };
        let text = view.words.text(message, &arguments);
        banners.push(Banner { level: "warning", text, link: link("settings", "/admin/settings") });
    }
    if services.settings.problem().is_some() && !is_overview {
        let text = view.words.text("banner-settings-problem", &[]);
        banners.push(Banner { level: "error", text, link: link("settings", "/admin/settings") });
    }
    if administration.audit.problem().is_some() {
        let text = view.words.text("banner-audit-problem", &[]);
        banners.push(Banner { level: "error", text, link: link("audit", "/admin/audit") });
    }
    banners
}

/// Those that say that it was not done.
const NOT_DONE: [&str; 2] = ["done-zone-unknown", "done-not-locked"];

/// What the form before has done, by the name of a message that begins with `done-`.
fn done(request: &PageRequest, view: &View) -> Option<Banner> {
    let name = format!("done-{}", request.query.get("done")?);
    let level = if NOT_DONE.contains(&name.as_str()) { "warning" } else { "done" };
    view.words.has(&name).then(|| Banner { level, text: view.words.text(&name, &[]), link: None })
}
