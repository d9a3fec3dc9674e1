//! A service with pages, and a visitor who keeps cookies and sends forms as a browser does.

use std::collections::BTreeMap;

use form_urlencoded::Serializer;
use tempfile::TempDir;
use test_servers::openfire::Openfire;

use crate::support::app::TestApp;
use crate::support::http_client::{Answer, FORM, request, send};

/// The host of the pages. No port of this machine: the visitor says it, and asks elsewhere.
const HOST: &str = "localhost:8099";

/// The administrator of the test servers.
pub const ADMINISTRATOR: (&str, &str) = ("admin", "admin-secret");

/// A service with pages for the shared Openfire.
pub struct Site {
    pub app: TestApp,
    state: TempDir,
}

impl Site {
    /// With further lines of `[admin]`, and sections after them.
    pub async fn start(more: &str) -> Self {
        let state = tempfile::tempdir().unwrap();
        let folder = state.path().display();
        let admin = format!("[admin]\nurls = [\"http://{HOST}\"]\nstate_directory = \"{folder}\"\n{more}\n");
        Self { app: TestApp::start(Openfire::shared().await, &admin).await, state }
    }

    /// The folder for what the pages change.
    pub fn state(&self) -> &std::path::Path {
        self.state.path()
    }

    /// A request of a client to be provisioned; the status of the answer.
    pub async fn provision(&self, user: &str, password: &str, agent: &str) -> u16 {
        let form =
            Serializer::new(String::new()).append_pair("username", user).append_pair("password", password).finish();
        let headers = [("host", "x"), ("content-type", FORM), ("user-agent", agent)];
        send(self.app.address(), request("POST", "/provision", &headers, &form)).await.status
    }

    /// A visitor who has signed in.
    pub async fn visitor(&self, (name, password): (&str, &str)) -> Visitor<'_> {
        let mut visitor = Visitor { site: self, cookies: BTreeMap::new(), language: "en" };
        let answer =
            visitor.send_form("/admin/sign-in", "/admin/sign-in", &[("username", name), ("password", password)]).await;
        assert_eq!((answer.status, answer.header("location")), (303, Some("/admin/")), "{answer}");
        visitor
    }
}

/// Someone who looks at the pages.
pub struct Visitor<'a> {
    site: &'a Site,
    cookies: BTreeMap<String, String>,
    pub language: &'static str,
}

impl Visitor<'_> {
    /// A page, with any status.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, "").await
    }

    /// The text of a page. Slashes, which need no escape, are shown without.
    pub async fn page(&mut self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {answer}");
        answer.text().replace("&#x2f;", "/")
    }

    /// Opens `page`, fills in the first form that is sent to `action`, and sends it.
    pub async fn send_form(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let html = self.page(page).await;
        let form = html.split(&format!("action=\"{action}\"")).nth(1).unwrap_or_else(|| panic!("no form: {html}"));
        let token = form.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        self.post(action, &[&[("csrf", token)], fields].concat()).await
    }

    /// Sends a form as it is.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = Serializer::new(String::new()).extend_pairs(fields).finish();
        self.ask("POST", path, &form).await
    }

    async fn ask(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let headers = [
            ("host", HOST),
            ("origin", &format!("http://{HOST}")),
            ("content-type", FORM),
            ("cookie", &cookies),
            ("accept-language", self.language),
        ];
        let answer = send(self.site.app.address(), request(method, path, &headers, body)).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap_or_default().to_owned());
        }
        answer
    }
}

/// Whether any of this would run or lay itself out in a browser if the page wrote it as it is. The pages' own policy forbids it
/// besides.
#[track_caller]
pub fn assert_harmless(html: &str) {
    let own = html.replace("&#x2f;", "/").replace("<img src=\"/admin/assets/", "");
    for harmful in ["<img", "<b>", "owned=1</script", "onerror=\"", "style=", "javascript:"] {
        assert!(!own.contains(harmful), "{harmful} in {html}");
    }
}

/// What would run in a page that does not escape it.
pub const HOSTILE: &str = "\"><img src=x onerror=\"owned=1\"><b>'</script><script>owned=1</script>{{ 7*7 }}";
