//! Who may see which page, and who answers.
//!
//! The order of the checks:
//!
//! 1. the browser's own address, behind trusted proxies too;
//! 2. the host that it asks, one of `admin.urls`: any other may be a forged one (DNS rebinding);
//! 3. `admin.allowed_networks`;
//! 4. the page is opened in a window, not in a frame;
//! 5. the session, by the cookie;
//! 6. a form came from a page of ours, by the headers that the browser adds, and by its token;
//! 7. whether this account may change anything now.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Buf;
use futures::Stream;
use http::header::SET_COOKIE;
use http::{HeaderMap, Method, StatusCode};
use ipnet::IpNet;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::assets;
use super::cookie::{SESSION, VIEW, VISITOR};
use super::csrf::{self, FormKey};
use super::frame;
use super::language::{Argument, Languages};
use super::page_answer::PageAnswer;
use super::pages;
use super::render::{Reader, Renderer};
use super::request::{Fields, MAX_FORM, PageRequest, UnreadForm};
use super::response;
use super::view::View;
use super::visit::{Guest, Visit, Visitor};
use crate::administration::Administration;
use crate::http::answer::{self, Response};
use crate::http::arrival::Arrival;
use crate::http::client_address::Proxies;
use crate::http::services::Services;
use crate::model::config::{self, OwnUrl};

/// The target of log lines of the HTTP front, by which administrators filter.
const TARGET: &str = "openfire_provisioner::http";

/// Large forms that are read at one time, of visitors who are signed in and of all others. So strangers take no memory that
/// provisioning needs, and no administrator's place.
const LARGE_FORMS: [usize; 2] = [8, 4];

/// Answers requests for the administrators' pages.
pub(in crate::http) struct AdminEndpoint {
    services: Services,
    administration: Arc<Administration>,
    urls: Vec<OwnUrl>,
    networks: Vec<IpNet>,
    proxies: Arc<Proxies>,
    languages: Languages,
    renderer: Renderer,
    /// See [`LARGE_FORMS`].
    large_forms: [Semaphore; 2],
    read_timeout: Duration,
    request_deadline: Duration,
}

/// The head of a request for a page.
pub(in crate::http) struct PageHead {
    pub(in crate::http) arrival: Arrival,
    pub(in crate::http) method: Method,
    pub(in crate::http) headers: HeaderMap,
    /// The whole path.
    pub(in crate::http) path: String,
    /// The query, without the question mark; empty when there is none.
    pub(in crate::http) query: String,
}

impl AdminEndpoint {
    /// The pages of these settings.
    ///
    /// # Errors
    ///
    /// A mistake in an embedded template, which a test would have found.
    pub(in crate::http) fn new(
        config: (&config::Admin, &config::Http, &config::Limits),
        proxies: Arc<Proxies>,
        services: Services,
        administration: Arc<Administration>,
    ) -> Result<Self, minijinja::Error> {
        let (admin, http, limits) = config;
        Ok(Self {
            services,
            administration,
            urls: admin.urls.clone(),
            networks: admin.allowed_networks.clone(),
            proxies,
            languages: Languages::load(),
            renderer: Renderer::new()?,
            large_forms: LARGE_FORMS.map(Semaphore::new),
            read_timeout: http.read_timeout,
            request_deadline: limits.request_deadline,
        })
    }

    /// Answers one request.
    pub(in crate::http) async fn answer<B: Buf, E>(
        &self,
        head: PageHead,
        body: impl Stream<Item = Result<B, E>>,
    ) -> Response {
        let arrival = head.arrival;
        let view = View::of(&head.headers, &self.languages);
        let mut response = match self.proxies.client(arrival.peer.ip(), &head.headers) {
            Ok(address) => {
                let request = PageRequest::new(head.method, &head.path, &head.query, head.headers, address);
                Box::pin(self.page(&request, &view, arrival.at, body)).await
            }
            Err(denial) => answer::line(StatusCode::FORBIDDEN, &denial.to_string(), true),
        };
        response::protect(&mut response);
        response
    }

    async fn page<B: Buf, E>(
        &self,
        request: &PageRequest,
        view: &View,
        at: Instant,
        body: impl Stream<Item = Result<B, E>>,
    ) -> Response {
        if let Err(refusal) = self.may_open(request, view) {
            return self.shown(refusal, request, view, &Visitor::stranger(request));
        }
        if let [folder, version, name] = request.parts()[..]
            && folder == "assets"
            && let Some(file) = assets::file(version, name, &request.headers)
        {
            return file;
        }
        let visitor = Visitor::of(request, &self.administration);
        let deadline = at + self.request_deadline;
        let form = if request.is_post() {
            self.form(request, view, &visitor, body, deadline.min(at + self.read_timeout)).await
        } else {
            Ok((Fields::default(), None))
        };
        let answer = match form {
            Ok((form, _place)) => self.answered(request, view, &visitor, form, deadline).await,
            Err(refusal) => refusal,
        };
        self.shown(answer, request, view, &visitor)
    }

    /// The checks that come before the session.
    fn may_open(&self, request: &PageRequest, view: &View) -> Result<(), PageAnswer> {
        let refused = |status, name, arguments: &[(&str, Argument<'_>)]| {
            Err(PageAnswer::error(&view.words, status, name, arguments))
        };
        if request.own_url(&self.urls).is_none() {
            return refused(StatusCode::MISDIRECTED_REQUEST, "host", &[]);
        }
        if !self.networks.is_empty() && !self.networks.iter().any(|network| network.contains(&request.address)) {
            let address = request.address.to_string();
            return refused(StatusCode::FORBIDDEN, "network", &[("address", Argument::Text(&address))]);
        }
        if request.is_embedded() {
            return refused(StatusCode::FORBIDDEN, "embedded", &[]);
        }
        match request.method {
            Method::GET | Method::HEAD | Method::POST => Ok(()),
            _ => refused(StatusCode::METHOD_NOT_ALLOWED, "method", &[]),
        }
    }

    /// The form of a POST, if a page of ours sent it, with its place among the large ones.
    async fn form<B: Buf, E>(
        &self,
        request: &PageRequest,
        view: &View,
        visitor: &Visitor,
        body: impl Stream<Item = Result<B, E>>,
        by: Instant,
    ) -> Result<(Fields, Option<SemaphorePermit<'_>>), PageAnswer> {
        let refused = |status, name, arguments: &[(&str, Argument<'_>)]| {
            Err(PageAnswer::error(&view.words, status, name, arguments))
        };
        if !request.is_from_own_page(&self.urls) {
            return refused(StatusCode::FORBIDDEN, "form", &[]);
        }
        let [of_sessions, of_strangers] = &self.large_forms;
        let large = if visitor.session().is_some() { of_sessions } else { of_strangers };
        let (form, place) = match request.form(body, large, by).await {
            Ok(read) => read,
            Err(UnreadForm::TooLarge) => {
                let size = i64::try_from(MAX_FORM / 1024).unwrap_or_default();
                return refused(StatusCode::PAYLOAD_TOO_LARGE, "too-large", &[("size", Argument::Number(size))]);
            }
            Err(UnreadForm::Incomplete) => return refused(StatusCode::REQUEST_TIMEOUT, "incomplete", &[]),
            Err(UnreadForm::OtherType) => return refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "form", &[]),
        };
        let is_ours = visitor.forms().accepts(&request.address_of_page(), form.get(csrf::FIELD));
        // The form of a session that has ended is kept until its sender has signed in again.
        let is_of_ended_session = visitor.session().is_none() && !pages::is_public(request);
        if is_ours || is_of_ended_session { Ok((form, place)) } else { refused(StatusCode::FORBIDDEN, "form", &[]) }
    }

    /// The answer for a request that passed the checks.
    async fn answered(
        &self,
        request: &PageRequest,
        view: &View,
        visitor: &Visitor,
        form: Fields,
        deadline: Instant,
    ) -> PageAnswer {
        let administration = self.administration.as_ref();
        let guest = Guest { request, form, view, administration, urls: &self.urls, services: &self.services, deadline };
        if pages::is_public(request) {
            return pages::for_guests(&guest, visitor.session(), &self.languages).await;
        }
        let Some(session) = visitor.session() else { return pages::sign_in::asked(&guest) };
        if request.is_post()
            && pages::changes_something(request)
            && let Err(why) = administration.sign_in.may_change(session)
        {
            return pages::may_not(view, &why);
        }
        pages::answer(&Visit { guest, session }).await
    }

    /// The response for an answer, with the cookies that go along.
    fn shown(&self, answer: PageAnswer, request: &PageRequest, view: &View, visitor: &Visitor) -> Response {
        let (answer, forms, mut cookies) = match answer {
            PageAnswer::SignedIn { token, then } => {
                let forms = FormKey::of(token.expose());
                (*then, forms, vec![SESSION.set(token.expose()), VISITOR.forget()])
            }
            PageAnswer::SignedOut { then } => (*then, visitor.forms().clone(), vec![SESSION.forget()]),
            PageAnswer::Prefers { view, then } => (*then, visitor.forms().clone(), vec![VIEW.keep(&view)]),
            answer => (answer, visitor.forms().clone(), Vec::new()),
        };
        // A form of another site comes without our cookies. A new one would make the forms worthless that are open.
        if !request.is_post() || request.is_from_own_page(&self.urls) {
            cookies.push(visitor.new_cookie().and_then(|value| VISITOR.set(value)));
        }
        let mut response = match answer {
            PageAnswer::Page(status, page) => {
                let frame = frame::frame(
                    request,
                    view,
                    visitor.session(),
                    (&self.services, &self.administration),
                    &self.languages,
                );
                let reader = Reader { words: &view.words, zone: &view.zone, forms: &forms };
                match self.renderer.render(&page, &frame, &reader) {
                    Ok(text) => response::html(status, text, &request.headers),
                    Err(error) => {
                        tracing::error!(
                            target: TARGET,
                            "internal error: the page {} cannot be made: {error:#}",
                            page.template
                        );
                        answer::line(StatusCode::INTERNAL_SERVER_ERROR, &view.words.text("error-internal", &[]), false)
                    }
                }
            }
            PageAnswer::SeeOther(address) => response::see_other(&address),
            PageAnswer::Download { name, kind, content } => response::download(name, kind, content),
            PageAnswer::SignedIn { then, .. } | PageAnswer::SignedOut { then } | PageAnswer::Prefers { then, .. } => {
                return self.shown(*then, request, view, visitor);
            }
        };
        for cookie in cookies.into_iter().flatten() {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }
}

impl fmt::Debug for AdminEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AdminEndpoint({:?})", self.urls)
    }
}
