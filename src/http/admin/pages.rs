//! The pages: one file for each.

mod audit;
mod console_plugin;
mod data;
mod link;
mod locked_out;
mod overview;
mod preview;
mod requests;
mod settings;
pub(super) mod sign_in;
mod templates;

use http::StatusCode;

use super::language::Languages;
use super::page_answer::PageAnswer;
use super::request::PageRequest;
use super::view::View;
use super::visit::{Guest, Visit};
use crate::administration::audit::Format;
use crate::administration::sessions::Session;
use crate::administration::sign_in::CannotChange;

/// Whether anyone may open this page, signed in or not.
pub(super) fn is_public(request: &PageRequest) -> bool {
    matches!(request.parts()[..], ["sign-in" | "link" | "preferences"])
}

/// Whether a form that is sent to this page changes something. Those that do not are open to viewers too.
pub(super) fn changes_something(request: &PageRequest) -> bool {
    !matches!(request.parts()[..], ["sign-out" | "sign-out-everywhere" | "preview"])
}

/// The pages that anyone may open.
pub(super) async fn for_guests(guest: &Guest<'_>, session: Option<&Session>, languages: &Languages) -> PageAnswer {
    match (&guest.request.parts()[..], guest.request.is_post()) {
        (["preferences"], true) => sign_in::preferences(guest, languages),
        (["sign-in"], false) if session.is_some() => PageAnswer::SeeOther("/admin/".to_owned()),
        (["sign-in"], false) => sign_in::form(guest),
        (["sign-in"], true) => sign_in::sign_in(guest, session).await,
        // Open to those who are signed in too: a code may let them change what their own session cannot.
        (["link"], false) => link::form(session),
        (["link"], true) => link::redeem(guest, session).await,
        _ => not_found(guest),
    }
}

/// The pages for accounts that are signed in.
pub(super) async fn answer(visit: &Visit<'_>) -> PageAnswer {
    match (&visit.request.parts()[..], visit.request.is_post()) {
        ([], false) => overview::show(visit),
        (["requests"], false) => requests::list(visit),
        (["requests", id], false) => requests::details(visit, id),
        (["locked-out"], false) => locked_out::list(visit),
        (["locked-out"], true) => locked_out::release(visit),
        (["console-plugin"], false) => console_plugin::show(visit),
        (["console-plugin.jar"], false) => console_plugin::download(visit),
        (["settings"], false) => settings::show(visit),
        (["settings"], true) => settings::change(visit).await,
        (["audit"], false) => audit::show(visit).await,
        (["audit.csv"], false) => audit::export(visit, Format::Csv).await,
        (["audit.jsonl"], false) => audit::export(visit, Format::JsonLines).await,
        (["preview"], _) => preview::show(visit).await,
        (["templates"], false) => templates::show(visit).await,
        (["rules"], false) => templates::rule_list(),
        (["data"], false) => data::show(visit),
        (["sign-out"], true) => sign_in::sign_out(visit),
        (["sign-out-everywhere"], true) => sign_in::sign_out_everywhere(visit),
        _ => not_found(visit),
    }
}

/// A form was not carried out, since the account cannot change anything now.
pub(super) fn may_not(view: &View, why: &CannotChange) -> PageAnswer {
    let name = match why {
        CannotChange::Viewer => "may-not-viewer",
        CannotChange::NotNow { .. } => "may-not-down",
    };
    PageAnswer::error(&view.words, StatusCode::FORBIDDEN, name, &[])
}

fn not_found(guest: &Guest<'_>) -> PageAnswer {
    PageAnswer::error(&guest.view.words, StatusCode::NOT_FOUND, "not-found", &[])
}
