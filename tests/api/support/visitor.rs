//! A visitor of the administrators' pages, without a browser: keeps cookies, and sends forms with their tokens.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use super::http_client::{Answer, FORM, request, send};

/// The host of the pages in these tests.
pub const HOST: &str = "localhost:8080";

/// The pages at that host. A client's address is what `X-Forwarded-For` says.
pub const PAGES: &str = "[http]\ntrusted_proxies = [\"127.0.0.1\"]\n[admin]\nurls = [\"http://localhost:8080\"]\n";

/// The reference account. With it one refusal after the other is believed.
pub const REFERENCE: &str = "reference_user = \"maria.silva\"\nreference_password = \"quiet-harbour-19\"";

/// The account that Openfire takes for an administrator.
pub const ADMIN: [&str; 2] = ["admin", "admin-secret"];

/// An account that is no administrator.
pub const ORDINARY: [&str; 2] = ["cardless", "no-card-here"];

const SESSION: &str = "__Host-openfire-provisioner";

/// A person with a browser.
#[derive(Debug, Clone)]
pub struct Visitor {
    service: SocketAddr,
    address: Arc<str>,
    cookies: BTreeMap<String, String>,
    /// The page that was shown last.
    shown: String,
}

impl Visitor {
    /// A person at `address`, who has not been there before.
    #[must_use]
    pub fn new(service: SocketAddr, address: &str) -> Self {
        Self { service, address: address.into(), cookies: BTreeMap::new(), shown: String::new() }
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, "").await
    }

    /// Sends a form of a page that the person has seen.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields).append_pair("csrf", &self.token(path));
        let form = form.finish();
        self.ask("POST", path, &form).await
    }

    /// Opens the page of sign-in, and signs in.
    pub async fn sign_in(&mut self, [username, password]: [&str; 2]) -> Answer {
        self.get("/admin/sign-in").await;
        self.post("/admin/sign-in", &[("username", username), ("password", password)]).await
    }

    /// Opens the page for codes, and sends one.
    pub async fn send_code(&mut self, code: &str) -> Answer {
        self.get("/admin/link").await;
        self.post("/admin/link", &[("code", code)]).await
    }

    /// Whether the overview is shown.
    pub async fn is_signed_in(&mut self) -> bool {
        match self.get("/admin/").await {
            Answer { status: 200, .. } => true,
            answer @ Answer { status: 303, .. } => {
                assert_eq!(answer.header("location"), Some("/admin/sign-in?to=%2Fadmin%2F"), "{answer}");
                false
            }
            answer => panic!("{answer}"),
        }
    }

    /// The session's cookie.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        self.cookies.get(SESSION).map(String::as_str)
    }

    /// Another browser has put this cookie there.
    pub fn plant(&mut self, session: &str) {
        self.cookies.insert(SESSION.to_owned(), session.to_owned());
    }

    /// The token of the form for `path` on the page that was shown last; where there is none, what a page with such a form would
    /// have for this session.
    fn token(&self, path: &str) -> String {
        let shown = self.shown.split_once(&format!("action=\"{path}\""));
        let shown = shown.and_then(|(_, form)| form.split_once("name=\"csrf\" value=\"")?.1.split_once('"'));
        shown.map_or_else(
            || {
                let key = hmac::Key::new(hmac::HMAC_SHA256, self.session().unwrap_or_default().as_bytes());
                URL_SAFE_NO_PAD.encode(hmac::sign(&key, path.as_bytes()))
            },
            |(token, _)| token.to_owned(),
        )
    }

    async fn ask(&mut self, method: &str, path: &str, form: &str) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut headers = vec![("host", HOST), ("x-forwarded-for", &*self.address), ("accept-language", "en")];
        if !cookies.is_empty() {
            headers.push(("cookie", &cookies));
        }
        if method == "POST" {
            headers.extend([("content-type", FORM), ("sec-fetch-site", "same-origin")]);
        }
        let answer = send(self.service, request(method, path, &headers, form)).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        String::from_utf8_lossy(&answer.body).as_ref().clone_into(&mut self.shown);
        answer
    }
}
