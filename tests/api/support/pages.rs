//! The service with its administrators' pages, and browsers that open them.

use std::net::SocketAddr;
use std::path::Path;

use rcgen::generate_simple_self_signed;
use tempfile::TempDir;
use test_servers::chromium::Browser;
use test_servers::openfire::{Openfire, component_name};
use test_servers::process::free_port;

use super::app::{TestApp, config_text};

/// The name under which browsers know the pages.
pub const HOST: &str = "provisioning.test";

/// An administrator of the test servers, with the password.
pub const ADMINISTRATOR: (&str, &str) = ("admin", "admin-secret");

/// A running service with pages. It stops when it is dropped.
pub struct Pages {
    app: TestApp,
    origin: String,
    folder: TempDir,
}

/// How browsers reach the pages.
pub enum Way<'a> {
    /// By HTTPS of the service.
    Https,
    /// By plain HTTP, on this machine only.
    Http,
    /// By a proxy with this origin, to which the service listens at this port.
    Proxy { origin: &'a str, port: u16 },
}

impl Pages {
    /// Pages by HTTPS, for the shared Openfire.
    pub async fn start() -> Self {
        Self::with(Way::Https, "").await
    }

    /// The same with more lines of `[admin]`, and any sections after them.
    pub async fn with(way: Way<'_>, more: &str) -> Self {
        Self::of(Openfire::shared().await, way, more, None).await
    }

    /// The same for another Openfire, with a template.
    pub async fn of(openfire: &Openfire, way: Way<'_>, more: &str, template: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (origin, http) = match way {
            Way::Https => {
                let port = free_port();
                let tls = certificate(folder.path());
                (format!("https://{HOST}:{port}"), format!("listen = \"127.0.0.1:{port}\"\n{tls}"))
            }
            Way::Http => {
                let port = free_port();
                (format!("http://127.0.0.1:{port}"), format!("listen = \"127.0.0.1:{port}\"\n"))
            }
            Way::Proxy { origin, port } => {
                let http = format!("listen = \"127.0.0.1:{port}\"\ntrusted_proxies = [\"127.0.0.1\"]\n");
                (origin.to_owned(), http)
            }
        };
        let state = folder.path().join("state");
        std::fs::create_dir(&state).unwrap();
        let template_line = if template.is_some() { "[template]\nfile = \"provision.properties\"\n" } else { "" };
        let more = format!(
            "[http]\n{http}{template_line}[admin]\nurls = [\"{origin}\"]\nstate_directory = \"{}\"\n{more}",
            state.display()
        );
        let app = TestApp::with_text(&config_text(openfire, &component_name(), &more), template).await;
        Self { app, origin, folder }
    }

    /// The URL of a page: `/admin/...`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Scheme, host and port of the pages.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Where the service listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.app.address()
    }

    /// The service itself.
    #[must_use]
    pub fn app(&self) -> &TestApp {
        &self.app
    }

    /// The folder for what the pages change.
    #[must_use]
    pub fn state_directory(&self) -> std::path::PathBuf {
        self.folder.path().join("state")
    }

    /// A browser in which the administrator has signed in; it shows the overview.
    pub async fn signed_in(&self) -> Browser {
        let browser = Browser::start().await;
        self.sign_in(&browser, ADMINISTRATOR).await;
        browser
    }

    /// Signs in as a user does.
    pub async fn sign_in(&self, browser: &Browser, account: (&str, &str)) {
        browser.open(&self.url("/admin/sign-in")).await;
        fill_in(browser, account).await;
        browser.click(SIGN_IN).await;
        assert_eq!(browser.url().await, self.url("/admin/"), "{}", browser.text("main").await);
    }
}

/// The button of the form for signing in.
pub const SIGN_IN: &str = "form[action='/admin/sign-in'] button";

/// Whether the page that is open is one of somebody who is signed in.
pub async fn is_signed_in(browser: &Browser) -> bool {
    browser.has("form[action='/admin/sign-out']").await
}

/// Fills in the form for signing in.
pub async fn fill_in(browser: &Browser, (name, password): (&str, &str)) {
    browser.fill("input[name=username]", name).await;
    browser.fill("input[name=password]", password).await;
}

/// A certificate for every test name, as lines of the configuration.
fn certificate(folder: &Path) -> String {
    let certificate = generate_simple_self_signed([HOST.to_owned(), format!("*.{HOST}")]).unwrap();
    let (pem, key) = (folder.join("server.pem"), folder.join("server.key"));
    std::fs::write(&pem, certificate.cert.pem()).unwrap();
    std::fs::write(&key, certificate.signing_key.serialize_pem()).unwrap();
    format!("[http.tls]\ncertificate = \"{}\"\nkey = \"{}\"\n", pem.display(), key.display())
}
