//! Connections that the server closes without a byte, as Openfire 5.1 and later do above their limit of new connections.

use std::time::Duration;

use openfire_provisioner::model::config::Limits;
use openfire_provisioner::openfire::login::{Login, LoginError, Stage, Unreachable};
use test_servers::log::Log;
use test_servers::scripted_peer::text::{SUCCESS, healthy, mechanisms, open};
use test_servers::scripted_peer::{ScriptedPeer, Step};
use tokio::time::Instant;

use crate::support::logins::{credentials, login, settings_with_ca, soon};

const PROPERTIES: &str = "xmpp.ratelimit.newconnections.c2s.";

fn closed() -> Vec<Step> {
    vec![Step::Cut]
}

fn healthy_with_direct_tls() -> Vec<Step> {
    let mut steps = vec![Step::Tls];
    steps.extend(open(&mechanisms(&["PLAIN"])));
    steps.extend([Step::Expect("</auth>"), Step::Send(SUCCESS.to_owned())]);
    steps
}

#[tokio::test]
async fn a_connection_that_is_closed_without_a_byte_is_tried_once_more_and_the_log_says_why() {
    for (tls, healthy) in [("starttls", healthy()), ("direct", healthy_with_direct_tls())] {
        let peer = ScriptedPeer::start([closed(), healthy]).await;
        let (log, guard) = Log::start();
        let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), &format!("tls = \"{tls}\"")));
        let outcome = login.authenticate(&credentials("anna", "secret"), soon()).await;
        assert!(outcome.is_ok(), "{tls}: {:?}", outcome.err());
        drop((outcome, guard));
        assert_eq!(peer.accepted(), 2);
        assert!(log.text().contains(PROPERTIES), "{}", log.text());
        peer.all_closed().await;
    }
}

#[tokio::test]
async fn the_second_such_connection_is_the_last_and_names_the_limit() {
    for (tls, expected) in [("starttls", Stage::Stream), ("direct", Stage::Tls)] {
        let peer = ScriptedPeer::start([closed(), closed(), healthy()]).await;
        let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), &format!("tls = \"{tls}\"")));
        let error = login.authenticate(&credentials("anna", "secret"), soon()).await.err().expect("a failure");
        let reported =
            matches!(error, LoginError::Unreachable(Unreachable::ClosedAtOnce { stage }) if stage == expected);
        assert!(reported, "{error:?}");
        let reported = error.to_string();
        assert!(
            reported.contains(PROPERTIES) && reported.contains("`limits.new_connections_per_second`"),
            "{reported}"
        );
        assert_eq!(peer.accepted(), 2);
        peer.all_closed().await;
    }
}

#[tokio::test]
async fn without_time_for_another_connection_there_is_none() {
    let peer = ScriptedPeer::start([closed(), healthy()]).await;
    let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
    let deadline = Instant::now() + Duration::from_millis(200);
    let error = login.authenticate(&credentials("anna", "secret"), deadline).await.err().expect("a failure");
    assert!(matches!(error, LoginError::Unreachable(Unreachable::ClosedAtOnce { .. })), "{error:?}");
    assert_eq!(peer.accepted(), 1);
}

#[tokio::test]
async fn a_server_that_said_something_first_is_not_asked_again() {
    let peer = ScriptedPeer::start([[open("<stream:features/>"), closed()].concat(), healthy()]).await;
    let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
    assert!(login.authenticate(&credentials("anna", "secret"), soon()).await.is_err());
    assert_eq!(peer.accepted(), 1);
}

#[tokio::test]
async fn a_login_that_the_pace_keeps_waiting_ends_at_its_deadline_in_the_queue() {
    let peer = ScriptedPeer::start([healthy()]).await;
    let limits = Limits { new_connections_per_second: 1, ..Limits::default() };
    let login = Login::new(&settings_with_ca(peer.address(), &peer.ca_file(), ""), &limits).unwrap();
    let user = credentials("anna", "secret");
    assert!(login.authenticate(&user, soon()).await.is_ok());
    // Ten places behind, at one connection a second.
    let shortly = || Instant::now() + Duration::from_millis(50);
    let outcomes = futures::future::join_all((0..10).map(|_| login.authenticate(&user, shortly()))).await;
    let late = |outcome: &Result<_, LoginError>| {
        matches!(outcome, Err(LoginError::Unreachable(Unreachable::TimedOut { stage: Stage::Queue })))
    };
    assert!(outcomes.iter().filter(|outcome| late(outcome)).count() >= 9);
    let session = login.authenticate(&user, soon()).await.unwrap();
    drop(session);
    peer.all_closed().await;
}
