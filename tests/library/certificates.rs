//! Pins of real servers.

use std::net::SocketAddr;
use std::path::Path;

use openfire_provisioner::certificates::{AskError, ServerAddress, ask};
use test_servers::nginx::Nginx;
use test_servers::slapd::Slapd;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;

fn at(address: SocketAddr) -> ServerAddress {
    ServerAddress::new(&address.ip().to_string(), address.port())
}

/// The certificate in a file, in DER.
fn in_file(path: &Path) -> Vec<u8> {
    CertificateDer::from_pem_file(path).unwrap().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_server_shows_its_certificate() {
    let nginx = Nginx::start(SocketAddr::from(([127, 0, 0, 1], 9)), "").await;
    let shown = ask(&ServerAddress::new("127.0.0.1", nginx.port())).await.unwrap();
    assert_eq!(shown.certificate, in_file(&nginx.certificate()));
    assert!(!shown.is_for_host, "it is for `*.test`");
    assert!(shown.not_after.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_shows_its_certificate_where_it_speaks_tls_at_once() {
    let slapd = Slapd::start().await;
    let shown = ask(&at(slapd.tls_address())).await.unwrap();
    assert_eq!(shown.certificate, in_file(&slapd.certificate()));
    let error = ask(&at(slapd.address())).await.unwrap_err();
    assert!(matches!(error, AskError::NoTls(_)), "{error:?}");
    let gone = at(slapd.tls_address());
    slapd.stop().await;
    let error = ask(&gone).await.unwrap_err();
    assert!(matches!(error, AskError::Unreachable(_)), "{error:?}");
}
