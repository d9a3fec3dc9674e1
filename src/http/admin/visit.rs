//! Who asks, and all that a page needs for the answer.

use std::ops::Deref;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use tokio::time::Instant;

use super::cookie::{SESSION, VISITOR};
use super::csrf::FormKey;
use super::request::{Fields, PageRequest};
use super::view::View;
use crate::administration::Administration;
use crate::administration::audit::{Action, Entry};
use crate::administration::sessions::{Session, SessionToken};
use crate::http::services::Services;
use crate::model::config::OwnUrl;

/// Length of a visitor's key, in bytes.
const VISITOR_KEY: usize = 32;

/// Who sends a request.
pub(super) enum Visitor {
    /// A browser with a session, and the key of the session's forms.
    SignedIn(Box<Session>, FormKey),
    /// Any other browser, with the key of its forms, and the cookie that it still has to get.
    Stranger(FormKey, Option<String>),
}

/// One request, with all that a page for visitors who are not signed in needs.
pub(super) struct Guest<'a> {
    pub(super) request: &'a PageRequest,
    /// The form that was sent; empty for GET.
    pub(super) form: Fields,
    pub(super) view: &'a View,
    pub(super) administration: &'a Administration,
    /// The addresses of the pages; the first one is for links from elsewhere.
    pub(super) urls: &'a [OwnUrl],
    pub(super) services: &'a Services,
    /// When the answer must be there.
    pub(super) deadline: Instant,
}

/// One request of an account that is signed in.
pub(super) struct Visit<'a> {
    pub(super) guest: Guest<'a>,
    pub(super) session: &'a Session,
}

impl Visitor {
    /// Knows a browser by its cookies.
    pub(super) fn of(request: &PageRequest, administration: &Administration) -> Self {
        let token = SESSION.value(&request.headers).and_then(SessionToken::parse);
        let session =
            token.and_then(|token| Some((administration.sessions.find(&token)?, FormKey::of(token.expose()))));
        match session {
            Some((session, forms)) => Self::SignedIn(Box::new(session), forms),
            None => Self::stranger(request),
        }
    }

    /// A browser whose session does not count, if it has one.
    pub(super) fn stranger(request: &PageRequest) -> Self {
        let given = VISITOR.value(&request.headers).filter(|value| is_key(value));
        if let Some(value) = given {
            return Self::Stranger(FormKey::of(value), None);
        }
        let value = URL_SAFE_NO_PAD.encode(rand::random::<[u8; VISITOR_KEY]>());
        Self::Stranger(FormKey::of(&value), Some(value))
    }

    /// The key of the browser's forms.
    pub(super) fn forms(&self) -> &FormKey {
        match self {
            Self::SignedIn(_, forms) | Self::Stranger(forms, _) => forms,
        }
    }

    /// The session, if there is one.
    pub(super) fn session(&self) -> Option<&Session> {
        match self {
            Self::SignedIn(session, _) => Some(session),
            Self::Stranger(..) => None,
        }
    }

    /// The visitor's cookie that the browser still has to get.
    pub(super) fn new_cookie(&self) -> Option<&str> {
        match self {
            Self::Stranger(_, cookie) => cookie.as_deref(),
            Self::SignedIn(..) => None,
        }
    }
}

fn is_key(value: &str) -> bool {
    URL_SAFE_NO_PAD.decode(value).is_ok_and(|key| key.len() == VISITOR_KEY)
}

impl Guest<'_> {
    /// A parameter of the address, without white space around; none when nothing is left.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        self.request.query.filled(name)
    }

    /// Writes an entry into the audit log. `actor` is a name as it was typed, or of an account.
    pub(super) fn record(&self, actor: &str, action: Action, target: &str, before: &str, after: &str) {
        self.administration.audit.record(Entry {
            at: Timestamp::now(),
            actor: actor.to_owned(),
            address: Some(self.request.address),
            action,
            target: target.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
        });
    }

    /// A message of the reader's language.
    pub(super) fn text(&self, name: &str) -> String {
        self.view.words.text(name, &[])
    }
}

impl Visit<'_> {
    /// Writes an entry into the audit log, with the values before and after; never a secret.
    pub(super) fn record(&self, action: Action, target: &str, before: &str, after: &str) {
        self.guest.record(&self.session.person.to_string(), action, target, before, after);
    }
}

impl<'a> Deref for Visit<'a> {
    type Target = Guest<'a>;

    fn deref(&self) -> &Guest<'a> {
        &self.guest
    }
}
