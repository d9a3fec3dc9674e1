//! Logins on streams that were opened ahead of need.

mod bad_days;
mod dead;

use std::time::Duration;

use futures::future::join_all;
use openfire_provisioner::openfire::login::{LoginError, Refusal};
use test_servers::openfire::{Openfire, OpenfireOptions};
use test_servers::prosody::Prosody;
use test_servers::scripted_peer::text::{mechanisms, secured};
use test_servers::scripted_peer::{Fault, Scram, ScriptedPeer, Step};

use crate::support::kept_streams::KeptStreams;
use crate::support::logins::{credentials, settings_with_ca, soon};

/// A server whose users all have the password `secret`.
fn healthy() -> Vec<Step> {
    answering(Fault::None)
}

/// The same that breaks a rule of SCRAM.
fn answering(fault: Fault) -> Vec<Step> {
    let mut steps = secured(&mechanisms(&["SCRAM-SHA-1"]));
    steps.extend([Step::Expect("</auth>"), Step::Scram(Scram { password: "secret", iterations: 100, fault })]);
    steps
}

async fn on_peer(scripts: impl IntoIterator<Item = Vec<Step>>, least: usize) -> (ScriptedPeer, KeptStreams) {
    let peer = ScriptedPeer::start(scripts).await;
    let settings = settings_with_ca(peer.address(), &peer.ca_file(), "");
    (peer, KeptStreams::start(&settings, least, 32))
}

#[tokio::test]
async fn a_login_on_a_stream_that_waited_needs_no_connection_and_no_handshake() {
    let openfire = Openfire::shared().await;
    let kept = KeptStreams::start(&settings_with_ca(openfire.c2s(), &openfire.ca_file(), ""), 2, 8);
    kept.waiting(2).await;
    let session = kept.authenticate(&credentials("cardless", "no-card-here"), soon()).await.unwrap();
    let elapsed = session.elapsed();
    assert_eq!((elapsed.connect, elapsed.stream, elapsed.tls), (Duration::ZERO, Duration::ZERO, Duration::ZERO));
    assert!(elapsed.sasl > Duration::ZERO && session.certificate_sha1().is_some());
    assert!(session.roster(soon()).await.is_ok());
    assert_eq!(kept.takes(), (1, 0, 0));
    assert!(kept.idle_streams().age > Duration::ZERO);
    kept.waiting(2).await;
    kept.stop().await;
}

#[tokio::test]
async fn each_stream_serves_one_login_and_those_that_find_none_open_their_own() {
    let (peer, kept) = on_peer([healthy()], 3).await;
    kept.waiting(3).await;
    let user = credentials("anna", "secret");
    let sessions = join_all((0..8).map(|_| kept.authenticate(&user, soon()))).await;
    assert!(sessions.iter().all(Result::is_ok));
    let (hits, misses, dead) = kept.takes();
    assert!(hits >= 3 && hits + misses == 8 && dead == 0, "{hits} {misses} {dead}");
    // The peer knows one login for each connection.
    drop(sessions);
    kept.stop().await;
    peer.all_closed().await;
    assert!(peer.unexpected().iter().all(|rest| rest.matches("<auth").count() == 0), "{:?}", peer.unexpected());
}

#[tokio::test]
async fn busy_times_have_more_streams_than_quiet_ones_up_to_the_most() {
    let peer = ScriptedPeer::start([healthy()]).await;
    let kept = KeptStreams::start(&settings_with_ca(peer.address(), &peer.ca_file(), ""), 1, 4);
    kept.waiting(1).await;
    let user = credentials("anna", "secret");
    assert!(join_all((0..12).map(|_| kept.authenticate(&user, soon()))).await.iter().all(Result::is_ok));
    kept.waiting(4).await;
    kept.stop().await;
    peer.all_closed().await;
}

#[tokio::test]
async fn a_wrong_password_is_refused_once_on_a_stream_that_waited_by_every_mechanism() {
    for mechanism in ["SCRAM-SHA-1", "PLAIN"] {
        let openfire = Openfire::start(OpenfireOptions::default().property("sasl.mechs", "PLAIN,SCRAM-SHA-1")).await;
        let more = format!("mechanisms = [\"{mechanism}\"]");
        let kept = KeptStreams::start(&settings_with_ca(openfire.c2s(), &openfire.ca_file(), &more), 1, 1);
        kept.waiting(1).await;
        let refused = kept.authenticate(&credentials("cardless", "wrong"), soon()).await;
        assert!(matches!(refused, Err(LoginError::Refused(Refusal::NotAuthorized, _))), "{:?}", refused.err());
        kept.waiting(1).await;
        assert!(kept.authenticate(&credentials("cardless", "no-card-here"), soon()).await.is_ok(), "{mechanism}");
        assert_eq!(kept.takes(), (2, 0, 0), "{mechanism}");
    }
}

/// Prosody takes PLAIN only with the password in the first message, where it could get lost unnoticed.
#[tokio::test]
async fn prosody_gets_passwords_by_plain_only_on_streams_of_the_logins_own() {
    let prosody = Prosody::shared().await;
    let plain = settings_with_ca(prosody.c2s(), &prosody.ca_file(), "mechanisms = [\"PLAIN\"]");
    let kept = KeptStreams::start(&plain, 2, 8);
    kept.waiting(2).await;
    let user = credentials("cardless", "no-card-here");
    assert!(kept.authenticate(&user, soon()).await.is_ok());
    kept.waiting(0).await;
    assert!(kept.authenticate(&user, soon()).await.is_ok());
    assert_eq!(kept.takes(), (1, 0, 0));
    let scram = KeptStreams::start(&settings_with_ca(prosody.c2s(), &prosody.ca_file(), ""), 2, 8);
    scram.waiting(2).await;
    assert!(scram.authenticate(&user, soon()).await.is_ok());
    assert_eq!(scram.takes(), (1, 0, 0));
    scram.waiting(2).await;
}

#[tokio::test]
async fn the_reference_account_leaves_the_streams_to_the_users() {
    let (_peer, kept) = on_peer([healthy()], 1).await;
    kept.waiting(1).await;
    assert!(kept.authenticate_apart(&credentials("reference", "secret"), soon()).await.is_ok());
    assert_eq!((kept.takes(), kept.idle_streams().waiting), ((0, 0, 0), 1));
}

#[tokio::test]
async fn nothing_is_opened_ahead_where_it_is_switched_off_and_by_a_look_at_the_server() {
    let peer = ScriptedPeer::start([healthy()]).await;
    let off = KeptStreams::start(&settings_with_ca(peer.address(), &peer.ca_file(), ""), 2, 0);
    off.keep_idle_streams().await;
    assert!(off.probe(soon()).await.is_ok());
    assert!(off.authenticate(&credentials("anna", "secret"), soon()).await.is_ok());
    peer.all_closed().await;
    assert_eq!(peer.accepted(), 2);
}
