//! A certificate that is renewed while the service runs.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, version};

use crate::support::http_client::{Connection, request};
use crate::support::service::{Program, Service};

/// A certificate for `localhost`, and both as PEM.
struct Pair {
    certificate: CertificateDer<'static>,
    pem: String,
    key: String,
}

fn pair() -> Pair {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    Pair { pem: cert.pem(), key: signing_key.serialize_pem(), certificate: cert.into() }
}

/// A service without Openfire that has this certificate.
async fn start(pair: &Pair) -> (Service, SocketAddr) {
    let config = "[openfire]\ndomain = \"example.test\"\nhost = \"127.0.0.1\"\nport = 1\n\
                  [component]\nname = \"a.example.test\"\nsecret = \"hush\"\nport = 1\n\
                  [http]\nlisten = \"127.0.0.1:0\"\n[http.tls]\ncertificate = \"c.pem\"\nkey = \"k.pem\"\n\
                  [reload]\ndebounce = \"200ms\"\n[log]\nlevel = \"info,openfire_provisioner::app=debug\"\n";
    let program = Program::new(&["serve"]).file("config.toml", config).file("c.pem", &pair.pem);
    let mut service = program.file("k.pem", &pair.key).start();
    let address = service.listening().await;
    // It has looked at the files since it started, so it does not do that between two changes of a test.
    service.line(&["nothing has changed"]).await;
    (service, address)
}

/// A new connection of somebody who trusts these.
async fn connect(address: SocketAddr, trusted: &[&Pair]) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    for pair in trusted {
        roots.add(pair.certificate.clone()).unwrap();
    }
    let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tcp = TcpStream::connect(address).await.unwrap();
    TlsConnector::from(Arc::new(client)).connect(ServerName::try_from("localhost").unwrap(), tcp).await.unwrap()
}

/// What a new connection is secured with.
async fn presented(address: SocketAddr, trusted: &[&Pair]) -> CertificateDer<'static> {
    connect(address, trusted).await.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
}

async fn readiness(connection: &mut Connection) -> String {
    connection.send(request("GET", "/readyz", &[], "")).await.text().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn new_connections_get_the_new_certificate_and_old_ones_stay() {
    let (old, new) = (pair(), pair());
    let (mut service, address) = start(&old).await;
    let mut before = Connection::over(connect(address, &[&old]).await).await;
    service.replace("c.pem", &new.pem);
    service.replace("k.pem", &new.key);
    service.line(&["INFO", "the certificate of http.tls was reloaded"]).await;
    assert_eq!(presented(address, &[&old, &new]).await, new.certificate);
    assert!(readiness(&mut before).await.contains("policy: ok, loaded at "));
    assert!(!service.log().contains("not reloaded"), "{}", service.log());
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_does_not_belong_together_keeps_the_old_one_until_it_does() {
    let (old, new) = (pair(), pair());
    let (mut service, address) = start(&old).await;
    service.replace("c.pem", &new.pem);
    let line = service.line(&["WARN", "the certificate was not reloaded, the previous one stays in use"]).await;
    assert!(line.contains("the key in k.pem does not belong to the first certificate in c.pem"), "{line}");
    assert_eq!(presented(address, &[&old, &new]).await, old.certificate);
    let mut connection = Connection::over(connect(address, &[&old]).await).await;
    let reported = readiness(&mut connection).await;
    assert!(reported.contains("; the previous certificate stays in use: `http.tls`: the key in k.pem"), "{reported}");
    service.replace("k.pem", &new.key);
    service.line(&["the certificate of http.tls was reloaded"]).await;
    assert_eq!(presented(address, &[&old, &new]).await, new.certificate);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sighup_reloads_the_certificate_too() {
    let (old, new) = (pair(), pair());
    let (mut service, address) = start(&old).await;
    service.write("c.pem", &new.pem);
    service.write("k.pem", &new.key);
    service.signal("HUP").await;
    service.line(&["the certificate of http.tls was reloaded"]).await;
    assert_eq!(presented(address, &[&old, &new]).await, new.certificate);
    service.stop().await;
}
