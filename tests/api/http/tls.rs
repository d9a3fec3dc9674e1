//! HTTPS, and what is said about files that cannot be used for it.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use openfire_provisioner::http::server::tls;
use openfire_provisioner::model::config::{self, HttpTls};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use tempfile::TempDir;
use test_servers::log::Log;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion, version};

use crate::support::front_log::front_lines;
use crate::support::http_client::{Connection, Raw, post, raw_post, request, send};
use crate::support::http_front::{Front, TEXT};

struct Files {
    folder: TempDir,
    settings: HttpTls,
    certificate: CertificateDer<'static>,
}

/// A self-signed certificate for `localhost`, and its key.
fn files() -> Files {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = TempDir::new().unwrap();
    let settings = HttpTls { certificate: folder.path().join("server.pem"), key: folder.path().join("server.key") };
    fs::write(&settings.certificate, cert.pem()).unwrap();
    fs::write(&settings.key, signing_key.serialize_pem()).unwrap();
    Files { folder, settings, certificate: cert.into() }
}

async fn start(files: &Files, read_timeout: Duration) -> Front {
    Front::secured(config::Http { tls: Some(files.settings.clone()), read_timeout, ..config::Http::default() }).await
}

async fn connect(
    front: &Front,
    files: &Files,
    spoken: &'static SupportedProtocolVersion,
    sni: bool,
) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(files.certificate.clone()).unwrap();
    try_connect(front, roots, spoken, sni).await.unwrap()
}

async fn try_connect(
    front: &Front,
    roots: RootCertStore,
    spoken: &'static SupportedProtocolVersion,
    sni: bool,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[spoken])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.enable_sni = sni;
    let tcp = TcpStream::connect(front.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(client)).connect(name, tcp).await
}

#[tokio::test]
async fn a_client_that_does_not_trust_the_certificate_is_reported_in_the_log() {
    for spoken in [&version::TLS13, &version::TLS12] {
        let (log, _guard) = Log::start();
        let front = start(&files(), Duration::from_secs(5)).await;
        try_connect(&front, RootCertStore::empty(), spoken, true).await.expect_err("nobody is trusted");
        let reported = async {
            while !log.text().contains("127.0.0.1 does not trust the certificate of http.tls") {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(10), reported).await.expect("a line in time");
    }
}

#[tokio::test]
async fn https_is_served_by_tls_1_3_and_1_2_and_without_sni() {
    let files = files();
    let front = start(&files, Duration::from_secs(5)).await;
    for (spoken, sni, expected) in [
        (&version::TLS13, true, ProtocolVersion::TLSv1_3),
        (&version::TLS12, true, ProtocolVersion::TLSv1_2),
        (&version::TLS12, false, ProtocolVersion::TLSv1_2),
    ] {
        let stream = connect(&front, &files, spoken, sni).await;
        assert_eq!(stream.get_ref().1.protocol_version(), Some(expected));
        let mut connection = Connection::over(stream).await;
        for _ in 0..2 {
            let answer = connection.send(post("/provision", "username=anna&password=x")).await;
            assert_eq!((answer.status, answer.text()), (200, TEXT));
        }
    }
}

#[tokio::test]
async fn plain_http_on_the_tls_port_is_answered_with_the_right_address() {
    let (log, _guard) = Log::start();
    let files = files();
    let front = start(&files, Duration::from_secs(5)).await;
    for _ in 0..3 {
        let mut socket = Raw::open(front.address).await;
        socket
            .write(&raw_post("username=anna&password=k7Hq2mZ").replace("Host: x", "Host: prov.example.org:8443"))
            .await;
        let answer = socket.read_to_end().await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(answer.contains("Write https://prov.example.org:8443/provision in"), "{answer}");
    }
    let mut socket = Raw::open(front.address).await;
    socket.write("GET /healthz HTTP/1.0\r\n\r\n").await;
    let answer = socket.read_to_end().await;
    assert!(answer.starts_with("HTTP/1.0 400 ") && answer.contains("https:// instead of http://"), "{answer}");
    assert_eq!(front.script.count(), 0);
    insta::assert_snapshot!(front_lines(&log).join("\n"), @r#"WARN {"client.address":"127.0.0.1","http.status":400,"message":"127.0.0.1 speaks plain HTTP to a port that serves TLS, so a user name and a password may have crossed the network in the clear: write https:// in its provisioning URI"}"#);
    assert!(!log.text().contains("k7Hq2mZ"));

    let stream = connect(&front, &files, &version::TLS13, true).await;
    let metrics = Connection::over(stream).await.send(request("GET", "/metrics", &[], "")).await;
    assert!(metrics.text().contains("setup_mistakes_total{mistake=\"plain-on-tls\"} 4\n"), "{metrics}");
}

#[tokio::test]
async fn tls_on_a_plain_port_is_logged() {
    let (log, _guard) = Log::start();
    let front = Front::start(|_, _| ()).await;
    for _ in 0..3 {
        try_connect(&front, RootCertStore::empty(), &version::TLS13, true).await.expect_err("no TLS is spoken there");
    }
    insta::assert_snapshot!(front_lines(&log).join("\n"), @r#"WARN {"client.address":"127.0.0.1","message":"127.0.0.1 speaks TLS to a port that serves plain HTTP: set `http.tls`, or point clients and proxy to http:// (plain HTTP is for a reverse proxy on the same machine)"}"#);
    let metrics = send(front.address, request("GET", "/metrics", &[], "")).await;
    assert!(metrics.text().contains("setup_mistakes_total{mistake=\"tls-on-plain\"} 3\n"), "{metrics}");
}

#[tokio::test]
async fn a_handshake_that_never_comes_is_cut_off() {
    let front = start(&files(), Duration::from_millis(200)).await;
    assert_eq!(Raw::open(front.address).await.read_to_end().await, "");
}

#[tokio::test]
async fn a_stop_does_not_wait_for_handshakes() {
    let front = start(&files(), Duration::from_mins(1)).await;
    let mut socket = Raw::open(front.address).await;
    timeout(Duration::from_secs(5), front.stop()).await.unwrap().unwrap();
    socket.read_to_end().await;
}

#[track_caller]
fn refusal(settings: &HttpTls, folder: &Path) -> String {
    let error = tls::load(settings).unwrap_err();
    error.to_string().replace(&folder.display().to_string(), "DIR")
}

#[test]
fn files_that_cannot_be_used_are_named_with_what_to_change() {
    let Files { folder, settings, .. } = files();
    let folder = folder.path();
    let with = |certificate: Option<&str>, key: Option<&str>| {
        let file = |name: Option<&str>, own: &Path| name.map_or_else(|| own.to_owned(), |name| folder.join(name));
        let settings = HttpTls { certificate: file(certificate, &settings.certificate), key: file(key, &settings.key) };
        refusal(&settings, folder)
    };
    fs::write(folder.join("other.key"), KeyPair::generate().unwrap().serialize_pem()).unwrap();
    fs::write(folder.join("empty"), "").unwrap();
    fs::write(folder.join("cut.pem"), "-----BEGIN CERTIFICATE-----\nMIIB\n").unwrap();
    fs::write(folder.join("locked.key"), "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n").unwrap();
    let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nMIIB\n-----END RSA PRIVATE KEY-----\n";
    fs::write(folder.join("old.key"), old).unwrap();

    insta::assert_snapshot!(with(Some("absent"), None), @"`http.tls.certificate`: cannot read DIR/absent: No such file or directory (os error 2)");
    insta::assert_snapshot!(with(None, Some("absent")), @"`http.tls.key`: cannot read DIR/absent: No such file or directory (os error 2)");
    insta::assert_snapshot!(with(Some("empty"), None), @"`http.tls.certificate`: DIR/empty holds no certificate: it must be PEM with a part that starts with `-----BEGIN CERTIFICATE-----`, the server's own first, then its chain");
    insta::assert_snapshot!(with(Some("server.key"), None), @"`http.tls.certificate`: DIR/server.key holds no certificate: it must be PEM with a part that starts with `-----BEGIN CERTIFICATE-----`, the server's own first, then its chain");
    insta::assert_snapshot!(with(Some("cut.pem"), None), @"`http.tls.certificate`: DIR/cut.pem is not well-formed PEM: a part is cut off or not base64");
    insta::assert_snapshot!(with(None, Some("server.pem")), @"`http.tls.key`: DIR/server.pem holds no private key: it must be PEM with a part that starts with `-----BEGIN PRIVATE KEY-----`, or the same with RSA or EC");
    insta::assert_snapshot!(with(None, Some("locked.key")), @"`http.tls.key`: the key in DIR/locked.key is encrypted: decrypt it, for example with `openssl pkey -in DIR/locked.key -out NEW_FILE`, and let only the service read the new file");
    assert!(with(None, Some("old.key")).contains("is encrypted"));
    insta::assert_snapshot!(with(None, Some("other.key")), @"`http.tls`: the key in DIR/other.key does not belong to the first certificate in DIR/server.pem: put the server's own certificate first, and the key that it was made for");
}
