//! The service with its administrators' pages, and browsers that open them.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use rcgen::generate_simple_self_signed;
use tempfile::TempDir;
use test_servers::chromium::Browser;
use test_servers::openfire::{Openfire, component_name};
use test_servers::process::free_port;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::app::config_text;
use super::http_client::{Answer, Connection};
use super::service::{Program, Service};

/// The name under which browsers know the pages.
pub const HOST: &str = "provisioning.test";

/// Another name of the pages, where the service does TLS.
pub const OTHER_HOST: &str = "pages.test";

/// An administrator of the test servers, with the password.
pub const ADMINISTRATOR: (&str, &str) = ("admin", "admin-secret");

/// A running service with pages. It stops when it is dropped.
pub struct Pages {
    /// The service itself.
    pub service: Service,
    address: SocketAddr,
    origin: String,
    /// Of the service's own TLS, if it has one.
    certificate: Option<CertificateDer<'static>>,
    _folder: TempDir,
}

/// How browsers reach the pages.
#[derive(Debug, Clone, Copy)]
pub enum Way<'a> {
    /// By HTTPS of the service.
    Https,
    /// By plain HTTP, on this machine only.
    Http,
    /// The same, at a listener of the pages' own.
    OwnListener,
    /// By a proxy with this origin.
    Proxy(&'a str),
}

impl Pages {
    /// Pages by HTTPS, for the shared Openfire.
    pub async fn start() -> Self {
        Self::with(Way::Https, "").await
    }

    /// The same with more lines of `[admin]`, and any sections after them.
    pub async fn with(way: Way<'_>, more: &str) -> Self {
        Self::of(Openfire::shared().await, way, more, &[]).await
    }

    /// The same for another Openfire, with files beside the configuration.
    pub async fn of(openfire: &Openfire, way: Way<'_>, more: &str, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let mut http = format!("[http]\nlisten = \"{address}\"\n");
        let (mut certificate, mut admin) = (None, String::new());
        let origin = match way {
            Way::Https => {
                let (made, lines) = tls_files(folder.path());
                http.push_str(&lines);
                certificate = Some(made);
                format!("https://{HOST}:{}", address.port())
            }
            Way::Http => format!("http://{address}"),
            Way::OwnListener => {
                let listener = SocketAddr::from(([127, 0, 0, 1], free_port()));
                admin = format!("listen = \"{listener}\"\n");
                format!("http://{listener}")
            }
            Way::Proxy(origin) => {
                http.push_str("trusted_proxies = [\"127.0.0.1\"]\n");
                origin.to_owned()
            }
        };
        let state = folder.path().join("state");
        std::fs::create_dir(&state).unwrap();
        let state = state.display();
        let other = certificate.as_ref().map(|_| format!(", \"https://{OTHER_HOST}:{}\"", address.port()));
        let urls = format!("urls = [\"{origin}\"{}]\n", other.unwrap_or_default());
        let more = format!("{http}[admin]\n{urls}{admin}state_directory = \"{state}\"\n{more}");
        let program = Program::new(&["serve"]).file("config.toml", &config_text(openfire, &component_name(), &more));
        let program = files.iter().fold(program, |program, (name, text)| program.file(name, text));
        let mut service = program.start();
        service.ready().await;
        Self { service, address, origin, certificate, _folder: folder }
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
        self.address
    }

    /// Sends a request that no browser would send, past any proxy.
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Answer {
        let socket = TcpStream::connect(self.address).await.unwrap();
        let Some(certificate) = &self.certificate else { return Connection::over(socket).await.send(request).await };
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone()).unwrap();
        let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(HOST).unwrap();
        let stream = TlsConnector::from(Arc::new(client)).connect(name, socket).await.unwrap();
        Connection::over(stream).await.send(request).await
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
        browser.follow(SIGN_IN).await;
        assert_eq!(browser.url().await, self.url("/admin/"), "{}", browser.text("main").await);
    }
}

/// The button of the form for signing in.
pub const SIGN_IN: &str = "form[action='/admin/sign-in'] button";

/// Whether the open page is that of a person who is signed in.
pub async fn is_signed_in(browser: &Browser) -> bool {
    browser.has("form[action='/admin/sign-out']").await
}

/// Fills in the form for signing in.
pub async fn fill_in(browser: &Browser, (name, password): (&str, &str)) {
    browser.fill("input[name=username]", name).await;
    browser.fill("input[name=password]", password).await;
}

/// A certificate for the pages, and the lines of the configuration that name it.
fn tls_files(folder: &Path) -> (CertificateDer<'static>, String) {
    let made = generate_simple_self_signed([HOST.to_owned()]).unwrap();
    let (certificate, key) = (folder.join("server.pem"), folder.join("server.key"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let (certificate, key) = (certificate.display(), key.display());
    (made.cert.into(), format!("[http.tls]\ncertificate = \"{certificate}\"\nkey = \"{key}\"\n"))
}
