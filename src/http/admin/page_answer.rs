//! What a page answers, before it becomes a response.

use bytes::Bytes;
use http::StatusCode;
use minijinja::{Value, context};

use super::language::{Argument, Words};
use super::render::Page;
use crate::administration::sessions::SessionToken;

/// What a page answers.
pub(super) enum PageAnswer {
    /// HTML.
    Page(StatusCode, Page),
    /// The browser fetches another page: a path of ours with its query. So reloading a page does not send its form again.
    SeeOther(String),
    /// A file to keep.
    Download {
        /// Of letters, digits, dots and hyphens.
        name: &'static str,
        /// The type, for `Content-Type`.
        kind: &'static str,
        content: Bytes,
    },
    /// The browser gets the token of a new session.
    SignedIn { token: SessionToken, then: Box<PageAnswer> },
    /// The browser forgets its session.
    SignedOut { then: Box<PageAnswer> },
    /// The browser keeps a choice of the visitor, as [`View::chosen`](super::view::View::chosen) writes it.
    Prefers { view: String, then: Box<PageAnswer> },
}

impl PageAnswer {
    /// A page with status 200. `values` is made by `context!`.
    pub(super) fn page(template: &'static str, values: Value) -> Self {
        Self::Page(StatusCode::OK, Page::new(template, values))
    }

    /// A page with another status, such as 422 for a form that says again what was entered and what is wrong with it.
    pub(super) fn page_with(status: StatusCode, template: &'static str, values: Value) -> Self {
        Self::Page(status, Page::new(template, values))
    }

    /// Leads to `path`, which then says in one line what was done: the message `done-` with this name.
    pub(super) fn done(path: &str, message: &str) -> Self {
        let mark = if path.contains('?') { '&' } else { '?' };
        Self::SeeOther(format!("{path}{mark}done={message}"))
    }

    /// A page that says why there is no other: the messages `error-NAME`, `error-NAME-text` and, where there is one,
    /// `error-NAME-advice`. The arguments are those of the text.
    pub(super) fn error(words: &Words, status: StatusCode, name: &str, arguments: &[(&str, Argument<'_>)]) -> Self {
        let advice = format!("error-{name}-advice");
        let values = context! {
            title => words.text(&format!("error-{name}"), &[]),
            text => words.text(&format!("error-{name}-text"), arguments),
            advice => words.has(&advice).then(|| words.text(&advice, &[])),
            back => None::<&str>,
        };
        Self::page_with(status, "notice.html", values)
    }
}
