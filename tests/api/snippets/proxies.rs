//! Real proxies with their snippets before the service.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use jitsi_properties::ProvisioningUrl;
use openfire_provisioner::snippets::{CertificateFiles, ProxiedSite, Upstream, haproxy, nginx};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::TempDir;
use test_servers::haproxy::Haproxy;
use test_servers::nginx::{FORWARDED, Nginx};
use test_servers::process::free_port;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::support::app::TestApp;
use crate::support::http_client::{Answer, Connection, FORM, request, send};
use crate::support::http_front::{ECHO, Front};
use crate::support::update_folder::UpdateFolder;

/// Time for an answer and for a check.
const LIMIT: Duration = Duration::from_mins(1);

const HOST: &str = "prov.example.test";

/// A host that is neither the proxy's own nor in any header that a client forges here.
const CLIENT: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// What is running before the service.
enum Running {
    Nginx { _server: Nginx },
    Haproxy(Haproxy),
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Nginx,
    Haproxy,
}

/// A proxy with its snippet.
struct Proxy {
    port: u16,
    certificate: CertificateDer<'static>,
    running: Running,
    _folder: TempDir,
}

impl Proxy {
    async fn start(kind: Kind, service: SocketAddr) -> Self {
        Self::on(free_port(), kind, service, |snippet| snippet).await
    }

    /// With a snippet that was changed.
    async fn on(port: u16, kind: Kind, service: SocketAddr, change: fn(String) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed([HOST.to_owned()]).unwrap();
        let file = |name: &str| folder.path().join(name).display().to_string();
        let (certificate, key, both) = (file("certificate.pem"), file("key.pem"), file("both.pem"));
        std::fs::write(&certificate, cert.pem()).unwrap();
        std::fs::write(&key, signing_key.serialize_pem()).unwrap();
        std::fs::write(&both, cert.pem() + &signing_key.serialize_pem()).unwrap();
        let url = format!("https://{HOST}:{port}/provision?username=${{username}}&password=${{password}}");
        let url = ProvisioningUrl::parse(&url).unwrap();
        let site = ProxiedSite::new(&url, Upstream::parse(&service.to_string()).unwrap()).unwrap();
        let running = match kind {
            Kind::Nginx => {
                let files: CertificateFiles = site.certificate_files(Some((&certificate, &key))).unwrap();
                Running::Nginx { _server: Nginx::with_servers(port, &change(nginx(&site, &files))).await }
            }
            Kind::Haproxy => {
                Running::Haproxy(Haproxy::start(port, &change(haproxy(&site, Some(&both)).unwrap())).await)
            }
        };
        Self { port, certificate: cert.into(), running, _folder: folder }
    }

    /// TLS from [`CLIENT`].
    async fn connect(&self) -> TlsStream<TcpStream> {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(IpAddr::V4(CLIENT), 0)).unwrap();
        let stream = socket.connect(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))).await.unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(HOST).unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
    }

    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let host = format!("{HOST}:{}", self.port);
        let headers = [&[("host", host.as_str())], headers].concat();
        Connection::over(self.connect().await).await.send(request(method, path, &headers, body)).await
    }

    /// The first line of the answer to a form of this size, of which only the head is sent: a proxy that refuses it need not
    /// read the rest.
    async fn announce(&self, size: usize) -> String {
        let mut stream = self.connect().await;
        let head = format!(
            "POST /provision HTTP/1.1\r\nHost: {HOST}:{}\r\nContent-Type: {FORM}\r\nContent-Length: {size}\r\n\r\n",
            self.port
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut line = String::new();
        let read = BufReader::new(stream).read_line(&mut line).await;
        read.unwrap();
        line
    }
}

/// A front that trusts a proxy on this machine.
async fn front() -> Front {
    Front::start_with(ECHO, |http, _| http.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]).await
}

#[tokio::test]
async fn a_request_arrives_with_the_address_of_its_client_whatever_the_client_writes() {
    for kind in [Kind::Nginx, Kind::Haproxy] {
        let front = front().await;
        let proxy = Proxy::start(kind, front.address).await;
        for forged in [&[][..], &[("x-forwarded-for", "192.0.2.66")], &[("forwarded", "for=192.0.2.66")]] {
            let headers = [&[("content-type", FORM)], forged].concat();
            let answer = proxy.ask("POST", "/provision", &headers, "username=anna&password=x&os=Linux").await;
            assert_eq!(answer.status, 200, "{kind:?} {forged:?} {answer}");
            assert!(answer.text().contains("\naddress=127.0.0.2\n"), "{kind:?} {forged:?} {answer}");
            assert!(answer.text().contains("field.os=Linux\n"), "{answer}");
        }
    }
}

#[tokio::test]
async fn numbers_stay_closed_large_bodies_are_refused_and_nothing_redirects() {
    for kind in [Kind::Nginx, Kind::Haproxy] {
        let front = front().await;
        let proxy = Proxy::start(kind, front.address).await;
        for (path, status) in [
            ("/metrics", 403),
            ("//metrics/", 403),
            ("/healthz", 200),
            ("/", 404),
            ("/provision", 405),
            ("/provision/", 405),
        ] {
            let answer = proxy.ask("GET", path, &[], "").await;
            assert_eq!(answer.status, status, "{kind:?} {path}");
            assert_eq!(answer.header("location"), None, "{kind:?} {path}");
        }
        let line = timeout(LIMIT, proxy.announce(2 * 1024 * 1024)).await.expect("an answer in time");
        assert!(line.starts_with("HTTP/1.1 413 "), "{kind:?} {line}");
        // The proxy is what makes the difference: without it this client is a local one.
        assert_eq!(send(front.address, request("GET", "/metrics", &[], "")).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn downloads_and_the_administrators_pages_pass() {
    const LARGE: &str = "windows/2.12.1/jitsi.exe";
    for kind in [Kind::Nginx, Kind::Haproxy] {
        let port = free_port();
        let folder = UpdateFolder::everyday();
        let size = folder.write_large(LARGE);
        let state = tempfile::tempdir().unwrap();
        let more = format!(
            "[http]\nlisten = \"127.0.0.1:0\"\ntrusted_proxies = [\"127.0.0.1\"]\n[admin]\nurls = [\"https://{HOST}:{port}\"]\n\
             state_directory = {:?}\n",
            state.path()
        );
        let app: TestApp = folder.serve(&more);
        let proxy = Proxy::on(port, kind, app.address(), |snippet| snippet).await;
        let download = proxy.ask("GET", &format!("/updates/{LARGE}"), &[], "").await;
        assert_eq!((download.status, u64::try_from(download.body.len()).unwrap()), (200, size), "{kind:?}");
        let range = proxy.ask("GET", &format!("/updates/{LARGE}"), &[("range", "bytes=5-8")], "").await;
        assert_eq!((range.status, range.body.len()), (206, 4), "{kind:?}");
        // The page knows its address only by the host that the proxy passes on.
        let page = proxy.ask("GET", "/admin/sign-in", &[], "").await;
        assert_eq!(page.status, 200, "{kind:?} {page}");
        assert!(page.text().contains("type=\"password\""), "{kind:?} {page}");
        app.stop().await;
    }
}

/// The check of the snippet, and the one that HAProxy makes where nothing else is written.
#[tokio::test]
async fn the_checks_of_haproxy_keep_the_service_up() {
    let own_check = |snippet: String| snippet;
    let usual_check = |snippet: String| {
        let changed = snippet.replace("option httpchk GET /healthz\n", "option httpchk\n");
        assert_ne!(changed, snippet);
        changed
    };
    for change in [own_check as fn(String) -> String, usual_check] {
        let front = front().await;
        let proxy = Proxy::on(free_port(), Kind::Haproxy, front.address, change).await;
        let Running::Haproxy(server) = &proxy.running else { panic!("it is HAProxy") };
        let checked = async {
            loop {
                match server.last_check("provisioning", "service") {
                    Some(check) if check.starts_with("L7") => return check,
                    _ => tokio::task::yield_now().await,
                }
            }
        };
        let check = timeout(LIMIT, checked).await.expect("a check in time");
        assert!(["L7OK 200", "L7OK 204"].contains(&check.as_str()), "{check}");
        let answer = proxy.ask("POST", "/provision", &[("content-type", FORM)], "username=anna&password=x").await;
        assert_eq!(answer.status, 200, "{answer}");
    }
}

/// Other tests start nginx with these lines alone.
#[test]
fn the_snippet_forwards_what_the_other_tests_do() {
    let url = ProvisioningUrl::parse(&format!("https://{HOST}/provision")).unwrap();
    let site = ProxiedSite::new(&url, Upstream::parse("127.0.0.1:8080").unwrap()).unwrap();
    let snippet = nginx(&site, &site.certificate_files(None).unwrap());
    for line in FORWARDED.lines().map(str::trim) {
        assert!(snippet.lines().any(|own| own.trim() == line), "{line}");
    }
}
