//! Streams that are dead when a login takes them.

use std::time::Duration;

use openfire_provisioner::openfire::login::{LoginError, Refusal, Stage, Unreachable};
use test_servers::openfire::{Openfire, OpenfireOptions};
use test_servers::relay::Relay;
use test_servers::scripted_peer::text::{failure, mechanisms, secured};
use test_servers::scripted_peer::{Fault, ScriptedPeer, Step};
use tokio::time::Instant;

use super::{answering, healthy, on_peer};
use crate::support::kept_streams::KeptStreams;
use crate::support::logins::{credentials, settings_with_ca, soon};

const TIMEOUT: &str =
    "<stream:error><connection-timeout xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>";
const PING: &str = "<iq type='get' id='1' from='example.test'><ping xmlns='urn:xmpp:ping'/></iq>";

/// A server that offers SCRAM, waits for its first message, and goes on so.
fn then(more: impl IntoIterator<Item = Step>) -> Vec<Step> {
    let mut steps = secured(&mechanisms(&["SCRAM-SHA-1"]));
    steps.push(Step::Expect("</auth>"));
    steps.extend(more);
    steps
}

#[tokio::test]
async fn a_login_on_a_stream_that_dies_before_the_server_has_answered_opens_its_own() {
    let ends = [
        vec![Step::Cut],
        vec![],
        vec![Step::Send(TIMEOUT.to_owned())],
        vec![Step::Send(PING.to_owned())],
        vec![Step::Send("</stream:stream>".to_owned()), Step::Cut],
    ];
    for end in ends {
        let (peer, kept) = on_peer([then(end.clone()), healthy()], 1).await;
        kept.waiting(1).await;
        let session = kept.authenticate(&credentials("anna", "secret"), soon()).await;
        let session = session.unwrap_or_else(|error| panic!("{end:?}: {error}"));
        assert!(session.elapsed().connect > Duration::ZERO, "{:?}", session.elapsed());
        assert_eq!(kept.takes(), (0, 0, 1), "{end:?}");
        drop(session);
        kept.stop().await;
        peer.all_closed().await;
    }
}

#[tokio::test]
async fn a_stream_that_stays_silent_takes_a_part_of_the_time_and_counts_as_a_slow_answer() {
    let (_peer, kept) = on_peer([then([]), healthy()], 1).await;
    kept.waiting(1).await;
    let (begun, time) = (Instant::now(), Duration::from_secs(20));
    let session = kept.authenticate(&credentials("anna", "secret"), begun + time).await.unwrap();
    let elapsed = session.elapsed();
    assert!(begun.elapsed() < time, "{elapsed:?}");
    // It may also have been a user store that is slow: a sign of trouble, after which a refusal needs a second one.
    assert!(elapsed.sasl >= Duration::from_secs(2), "{elapsed:?}");
    let (_peer, kept) = on_peer([then([Step::Cut]), healthy()], 1).await;
    kept.waiting(1).await;
    let session = kept.authenticate(&credentials("anna", "secret"), soon()).await.unwrap();
    assert!(session.elapsed().sasl < Duration::from_secs(1), "{:?}", session.elapsed());
}

#[tokio::test]
async fn a_login_with_little_time_left_finds_no_stream_dead_that_is_only_slow() {
    let (_peer, kept) = on_peer([then([]), healthy()], 1).await;
    kept.waiting(1).await;
    let deadline = Instant::now() + Duration::from_millis(3900);
    assert!(kept.authenticate(&credentials("anna", "secret"), deadline).await.is_ok());
    assert_eq!((kept.takes(), kept.idle_streams().waiting), ((0, 1, 0), 1));
}

#[tokio::test]
async fn what_is_dead_is_repeated_once_and_not_again() {
    let (_peer, kept) = on_peer([then([Step::Cut])], 1).await;
    kept.waiting(1).await;
    let error = kept.authenticate(&credentials("anna", "secret"), soon()).await.err().expect("a failure");
    assert!(matches!(error, LoginError::Unreachable(Unreachable::Cut { stage: Stage::Sasl })), "{error:?}");
}

#[tokio::test]
async fn nothing_is_repeated_once_the_server_has_answered() {
    let cut = [answering(Fault::NoVerdict), vec![Step::Cut]].concat();
    let (_peer, kept) = on_peer([cut, healthy()], 1).await;
    kept.waiting(1).await;
    let error = kept.authenticate(&credentials("anna", "secret"), soon()).await.err().expect("a failure");
    assert!(matches!(error, LoginError::Unreachable(Unreachable::Cut { stage: Stage::Sasl })), "{error:?}");
    assert_eq!(kept.takes(), (1, 0, 0));
    let (_peer, kept) = on_peer([then([Step::Send(failure("not-authorized"))]), healthy()], 1).await;
    kept.waiting(1).await;
    let refused = kept.authenticate(&credentials("anna", "secret"), soon()).await;
    assert!(matches!(refused, Err(LoginError::Refused(Refusal::NotAuthorized, _))), "{:?}", refused.err());
    assert_eq!(kept.takes(), (1, 0, 0));
}

/// It could not be known whether the server has tried it, and a directory would count it twice.
#[tokio::test]
async fn a_dead_stream_swallows_no_password_by_plain() {
    let mut silent = secured(&mechanisms(&["PLAIN"]));
    silent.extend([Step::Expect("<auth"), Step::Expect(">")]);
    let peer = ScriptedPeer::start([silent, test_servers::scripted_peer::text::healthy()]).await;
    let kept = KeptStreams::start(&settings_with_ca(peer.address(), &peer.ca_file(), ""), 1, 1);
    kept.waiting(1).await;
    let deadline = Instant::now() + Duration::from_secs(8);
    assert!(kept.authenticate(&credentials("anna", "secret"), deadline).await.is_ok());
    assert_eq!(kept.takes(), (0, 0, 1));
    kept.stop().await;
    peer.all_closed().await;
    let rest = peer.unexpected();
    assert!(
        rest.iter().all(|rest| ["", "</stream:stream>", "</auth>", "</auth></stream:stream>"].contains(&&**rest)),
        "{rest:?}"
    );
}

#[tokio::test]
async fn others_that_are_as_old_as_a_dead_stream_reach_no_login() {
    let (_peer, kept) = on_peer([then([]), then([]), then([]), healthy()], 3).await;
    kept.waiting(3).await;
    let user = credentials("anna", "secret");
    let deadline = || Instant::now() + Duration::from_secs(8);
    for _ in 0..5 {
        assert!(kept.authenticate(&user, deadline()).await.is_ok());
    }
    assert_eq!((kept.takes().2, kept.count_of("suspect")), (1, 2));
}

#[tokio::test]
async fn a_restart_of_openfire_behind_a_proxy_that_keeps_connections_costs_no_user_the_login() {
    let openfire = Openfire::start(OpenfireOptions::default()).await;
    let relay = Relay::start(openfire.c2s()).await;
    relay.open();
    let kept = KeptStreams::start(&settings_with_ca(relay.address(), &openfire.ca_file(), ""), 4, 4);
    kept.waiting(4).await;
    relay.strand();
    let openfire = openfire.stop().await.start().await;
    assert_eq!(kept.idle_streams().waiting, 4, "the proxy has closed them");
    let user = credentials("cardless", "no-card-here");
    let deadline = || Instant::now() + Duration::from_secs(8);
    let logins = futures::future::join_all((0..6).map(|_| kept.authenticate(&user, deadline()))).await;
    for login in logins {
        assert!(login.is_ok(), "{:?}", login.err());
    }
    assert!(kept.takes().2 >= 1);
    kept.waiting(4).await;
    assert!(kept.authenticate(&user, deadline()).await.is_ok());
    drop(openfire);
}
