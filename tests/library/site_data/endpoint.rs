//! An HTTP endpoint as a source of site data: all that it can do to us.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use openfire_provisioner::model::config;
use openfire_provisioner::site_data::{DataError, Source, Table};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use test_servers::openfire::DOMAIN;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use xmpp_parsers::jid::DomainPart;

/// Time in which whatever happens must have happened; long, since the machine may be busy.
const LIMIT: Duration = Duration::from_secs(30);

const GOOD: &str = "{\"users\": {\"anna\": {\"a\": \"1\"}}}";

fn source(url: &str, settings: &str) -> Source {
    let settings: config::Data = toml::from_str(&format!("name = \"s\"\nurl = \"{url}\"\n{settings}")).unwrap();
    Source::new(&settings, &DomainPart::new(DOMAIN).unwrap().into_owned()).unwrap()
}

async fn fetch(source: &Source) -> Result<Table, DataError> {
    timeout(LIMIT, source.fetch()).await.expect("it ends in time")
}

/// The message with which the one answer `answer` is refused.
async fn fails(answer: &str, settings: &str) -> String {
    let (address, seen) = serve(answer.to_owned().into_bytes()).await;
    let error = fetch(&source(&format!("http://{address}/d?token=sEcReT"), settings)).await.unwrap_err().to_string();
    timeout(LIMIT, seen).await.expect("the connection is closed").unwrap();
    assert!(!error.contains("sEcReT"), "{error}");
    error.replace(&address.to_string(), "HOST")
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// Listens for one connection, answers its request with `answer` and waits for its end; gives the head of the request.
async fn serve(answer: Vec<u8>) -> (SocketAddr, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move { converse(listener.accept().await.unwrap().0, &answer).await });
    (address, task)
}

async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: &[u8]) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        head.push(char::from(stream.read_u8().await.unwrap()));
    }
    // The other side may have had enough before this is sent, or closes without a good-bye.
    stream.write_all(answer).await.ok();
    stream.read_to_end(&mut Vec::new()).await.ok();
    head
}

#[tokio::test]
async fn a_good_answer_is_read_and_the_request_says_who_asks() {
    let (address, seen) = serve(ok(GOOD).into_bytes()).await;
    let source = source(&format!("http://{address}/d?all=1"), "authorization = \"Bearer hush\"");
    assert_eq!(fetch(&source).await.unwrap().users(), 1);
    assert!(source.read().unwrap().is_none());
    let head = timeout(LIMIT, seen).await.expect("the connection is closed").unwrap().to_lowercase();
    assert!(head.starts_with("get /d?all=1 http/1.1\r\n"), "{head}");
    for line in [&format!("host: {address}"), "accept: application/json", "authorization: bearer hush"] {
        assert!(head.lines().any(|found| found == line), "{line}: {head}");
    }
}

#[tokio::test]
async fn a_body_in_chunks_and_one_without_a_length_are_read() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    let (address, _) = serve(chunked.into()).await;
    assert!(fetch(&source(&format!("http://{address}/"), "")).await.is_ok());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let closing = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 1024];
        assert!(stream.read(&mut request).await.unwrap() > 0);
        stream.write_all(b"HTTP/1.0 200 OK\r\n\r\n{}").await.unwrap();
    });
    assert!(fetch(&source(&format!("http://{address}/"), "")).await.is_ok());
    closing.await.unwrap();
}

#[tokio::test]
async fn whatever_else_it_answers_has_one_message() {
    let status =
        |status: &str| format!("HTTP/1.1 {status}\r\nLocation: http://127.0.0.1/sEcReT\r\nContent-Length: 0\r\n\r\n");
    let messages = [
        fails(&status("500 Internal Server Error"), "").await,
        fails(&status("302 Found"), "").await,
        fails(&status("401 Unauthorized"), "").await,
        fails(&status("204 No Content"), "").await,
        fails(&ok("<html>\nsEcReT"), "").await,
        fails(&ok("{\n\"users\": [\"sEcReT\"]}"), "").await,
        fails("SSH-2.0-sEcReT\r\n\r\n", "").await,
        fails("", "timeout = \"500ms\"").await,
        fails("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{", "timeout = \"500ms\"").await,
        fails(&ok(&" ".repeat(16 * 1024 * 1024 + 1)), "").await,
    ];
    insta::assert_snapshot!(messages.join("\n"), @"
    data `s`: http://HOST/d: answered 500 Internal Server Error
    data `s`: http://HOST/d: answered 302 Found; redirects are not followed: set `url` to where the data are
    data `s`: http://HOST/d: answered 401 Unauthorized; see `authorization`
    data `s`: http://HOST/d: answered 204 No Content
    data `s`: http://HOST/d, line 1: this is not JSON: expected value
    data `s`: http://HOST/d, line 2: this must be an object of users or groups
    data `s`: http://HOST/d: the answer broke off or is not HTTP: invalid HTTP version parsed
    data `s`: http://HOST/d: did not answer within 500ms (`timeout`)
    data `s`: http://HOST/d: did not answer within 500ms (`timeout`)
    data `s`: http://HOST/d: answers with more than 16 MiB
    ");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_not_half_an_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let breaking = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 1024];
        assert!(stream.read(&mut request).await.unwrap() > 0);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}").await.unwrap();
    });
    let message = fetch(&source(&format!("http://{address}/"), "")).await.unwrap_err().to_string();
    assert!(message.contains("the answer broke off"), "{message}");
    breaking.await.unwrap();
    let message = fetch(&source(&format!("http://{address}/"), "")).await.unwrap_err().to_string();
    assert!(message.contains("cannot be reached: Connection refused"), "{message}");
}

#[tokio::test]
async fn the_connection_closes_when_nobody_waits_for_it_any_more() {
    let (address, seen) = serve(b"HTTP/1.1 200 OK\r\n".to_vec()).await;
    let source = source(&format!("http://{address}/"), "");
    let mut fetching = Box::pin(source.fetch());
    assert!(timeout(Duration::from_millis(300), &mut fetching).await.is_err());
    drop(fetching);
    timeout(LIMIT, seen).await.expect("the connection is closed").unwrap();
}

/// An authority's certificate in a file, and a server's certificate for 127.0.0.1 from it.
fn certificates() -> (TempDir, ServerConfig) {
    let key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(vec![]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), authority.self_signed(&key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(authority, key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["127.0.0.1".into()]).unwrap().signed_by(&key, &issuer).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    (folder, config)
}

#[tokio::test]
async fn a_certificate_must_come_from_an_authority_that_is_trusted() {
    let (folder, config) = certificates();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (stream, _) = listener.accept().await.unwrap();
        converse(acceptor.accept(stream).await.unwrap(), ok(GOOD).as_bytes()).await;
        let (stream, _) = listener.accept().await.unwrap();
        assert!(acceptor.accept(stream).await.is_err());
    });
    let trusted = format!("ca_file = \"{}\"", folder.path().join("ca.pem").display());
    assert_eq!(fetch(&source(&format!("https://{address}/"), &trusted)).await.unwrap().users(), 1);
    let (other, _) = certificates();
    let other = format!("ca_file = \"{}\"", other.path().join("ca.pem").display());
    let message = fetch(&source(&format!("https://{address}/"), &other)).await.unwrap_err().to_string();
    assert!(message.contains("TLS with it failed (`ca_file`): invalid peer certificate"), "{message}");
    timeout(LIMIT, serving).await.expect("it ends in time").unwrap();
}
