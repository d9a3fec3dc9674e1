//! The servers that the other tests stand on come up, take orders, and come back.

use std::net::SocketAddr;

use test_servers::openfire::{Openfire, OpenfireOptions};
use test_servers::prosody::{Prosody, ProsodyOptions};
use tokio::net::TcpStream;

use crate::support::logins::{credentials, login, settings_with_ca, soon};

#[tokio::test]
async fn the_shared_openfire_listens_on_all_its_ports() {
    let openfire = Openfire::shared().await;
    for address in [openfire.c2s(), openfire.c2s_tls(), openfire.component(), openfire.component_tls()] {
        TcpStream::connect(address).await.expect("an open port");
    }
    assert!(openfire.ca_file().exists());
}

#[tokio::test]
async fn a_stopped_openfire_comes_back_on_the_same_ports_with_its_users() {
    let openfire = Openfire::start(OpenfireOptions::default()).await;
    openfire.control(&["user", "late", "päss\tword\\n", "Late Comer", "late@example.test"]).await;
    let before = addresses(&openfire);
    let _held_open = TcpStream::connect(openfire.c2s()).await.expect("an open port");

    let stopped = openfire.stop().await;
    for address in before {
        TcpStream::connect(address).await.expect_err("a closed port");
    }

    let openfire = stopped.start().await;
    assert_eq!(addresses(&openfire), before);
    openfire.control(&["name", "late", "Still Here"]).await;
}

#[tokio::test]
async fn the_shared_prosody_listens_on_all_its_ports() {
    let prosody = Prosody::shared().await;
    for address in [prosody.c2s(), prosody.c2s_tls(), prosody.component()] {
        TcpStream::connect(address).await.expect("an open port");
    }
    assert!(prosody.ca_file().exists());
}

#[tokio::test]
async fn a_stopped_prosody_comes_back_on_the_same_ports() {
    let prosody = Prosody::start(ProsodyOptions::default()).await;
    let address = prosody.c2s();
    let _held_open = TcpStream::connect(address).await.expect("an open port");

    let stopped = prosody.stop().await;
    TcpStream::connect(address).await.expect_err("a closed port");

    let prosody = stopped.start().await;
    assert_eq!(prosody.c2s(), address);
    TcpStream::connect(address).await.expect("an open port");
}

/// With nothing else on offer, a login proves that both sides have the same channel binding (RFC 9266 under TLS 1.3,
/// RFC 5929 section 4 under TLS 1.2), by Prosody's own SCRAM code.
#[tokio::test]
async fn a_prosody_that_offers_only_plus_mechanisms_takes_logins_under_tls_13_and_12() {
    let disabled_mechanisms = &["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS"];
    let prosody = Prosody::start(ProsodyOptions { disabled_mechanisms, ..ProsodyOptions::default() }).await;
    for tls_max in ["1.3", "1.2"] {
        let login = login(&settings_with_ca(prosody.c2s(), &prosody.ca_file(), &format!("tls_max = \"{tls_max}\"")));
        let facts = login.probe(soon()).await.expect("facts");
        assert_eq!(facts.mechanisms, ["SCRAM-SHA-256-PLUS"]);
        let right = login.authenticate(&credentials("cardless", "no-card-here"), soon()).await;
        assert!(right.is_ok(), "TLS {tls_max}: {:?}", right.err());
        let wrong = login.authenticate(&credentials("cardless", "another"), soon()).await;
        assert!(wrong.is_err(), "TLS {tls_max}");
    }
}

fn addresses(openfire: &Openfire) -> [SocketAddr; 4] {
    [openfire.c2s(), openfire.c2s_tls(), openfire.component(), openfire.component_tls()]
}
