//! A visitor of the administrators' pages: keeps cookies and sends forms, as a browser without scripts does.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use super::http_client::{Answer, FORM, request, send};

/// The host of the pages in these tests; `admin.urls` is `http://` with it.
pub const HOST: &str = "localhost:9999";

/// The lines of `[admin]` for it.
#[must_use]
pub fn pages(state_directory: &std::path::Path, more: &str) -> String {
    format!("[admin]\nurls = [\"http://{HOST}\"]\nstate_directory = \"{}\"\n{more}\n", state_directory.display())
}

/// A visitor with its cookies.
#[derive(Debug, Clone)]
pub struct Visitor {
    address: SocketAddr,
    /// What a proxy says of the visitor's address.
    forwarded: Option<String>,
    cookies: BTreeMap<String, String>,
    /// The language that it asks for.
    pub language: &'static str,
}

/// The cookie of a session.
const SESSION: &str = "__Host-openfire-provisioner";

impl Visitor {
    /// Not signed in yet.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self { address, forwarded: None, cookies: BTreeMap::new(), language: "en" }
    }

    /// The same at this address, behind a proxy.
    #[must_use]
    pub fn at(self, address: &str) -> Self {
        Self { forwarded: Some(address.to_owned()), ..self }
    }

    /// Signed in.
    pub async fn signed_in(address: SocketAddr, name: &str, password: &str) -> Self {
        let mut visitor = Self::new(address);
        let answer = visitor.submit("/admin/sign-in", &[("username", name), ("password", password)]).await;
        assert_eq!(answer.status, 303, "{answer}");
        visitor
    }

    /// A page.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, &[], "").await
    }

    /// The text of a page that is there. Slashes, which need no escape, are shown without.
    pub async fn page(&mut self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {answer}");
        answer.text().replace("&#x2f;", "/")
    }

    /// Sends a form of the page at `path` to that page, with the token that the page has for it.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.submit_on(path, path, fields).await
    }

    /// The same for a form on another page.
    pub async fn submit_on(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(page).await;
        // The action may lead to a place of the page that it answers with.
        let actions = [format!("action=\"{path}\""), format!("action=\"{path}#")];
        let mut forms = page.text().split("<form ").filter(|form| actions.iter().any(|action| form.contains(action)));
        let token = forms.find_map(|form| form.split("name=\"csrf\" value=\"").nth(1)?.split('"').next());
        let token = token.unwrap_or_default().to_owned();
        self.post(path, fields, &token).await
    }

    /// Sends a form with this token.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)], token: &str) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        let form = form.append_pair("csrf", token).extend_pairs(fields).finish();
        self.ask("POST", path, &[("content-type", FORM), ("sec-fetch-site", "same-origin")], &form).await
    }

    /// Whether the pages are open to this visitor.
    pub async fn is_signed_in(&mut self) -> bool {
        match self.get("/admin/").await {
            Answer { status: 200, .. } => true,
            answer => {
                assert_eq!(answer.header("location"), Some("/admin/sign-in?to=%2Fadmin%2F"), "{answer}");
                false
            }
        }
    }

    /// The token of the session.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        self.cookies.get(SESSION).map(String::as_str)
    }

    /// An attacker has put this token there.
    pub fn plant(&mut self, session: &str) {
        self.cookies.insert(SESSION.to_owned(), session.to_owned());
    }

    /// The token that a form for `path` has in this session, if a page has one.
    #[must_use]
    pub fn form_token(&self, path: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.session().unwrap_or_default().as_bytes());
        // With a mask of zeros.
        let token = [&[0; 32], hmac::sign(&key, path.as_bytes()).as_ref()].concat();
        URL_SAFE_NO_PAD.encode(token)
    }

    async fn ask(&mut self, method: &str, path: &str, more: &[(&str, &str)], body: &str) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut headers = vec![("host", HOST), ("cookie", &*cookies), ("accept-language", self.language)];
        headers.extend(self.forwarded.as_deref().map(|address| ("x-forwarded-for", address)));
        headers.extend_from_slice(more);
        let answer = send(self.address, request(method, path, &headers, body)).await;
        for set in answer.headers.get_all("set-cookie") {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}
