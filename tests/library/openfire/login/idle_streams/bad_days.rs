//! Servers that end streams, take no more of them, or change, while streams wait.

use std::task::{Context, Waker};

use openfire_provisioner::model::config::Limits;
use test_servers::haproxy::Haproxy;
use test_servers::log::Log;
use test_servers::openfire::{Openfire, OpenfireOptions};
use test_servers::process::free_port;
use test_servers::relay::Relay;
use test_servers::scripted_peer::text::{mechanisms, secured};
use test_servers::scripted_peer::{ScriptedPeer, Step};
use tokio::sync::watch;

use super::{healthy, on_peer};
use crate::support::kept_streams::KeptStreams;
use crate::support::logins::{credentials, settings_with_ca, soon};

#[tokio::test]
async fn a_stream_that_the_server_ends_or_speaks_on_leaves_at_once() {
    for last in [Step::Cut, Step::Send("</stream:stream>".to_owned()), Step::Send("<message/>".to_owned())] {
        let (until, release) = (watch::Sender::new(false), watch::Sender::new(false));
        let mut ending = secured(&mechanisms(&["SCRAM-SHA-1"]));
        ending.extend([Step::Until(until.subscribe()), last, Step::Until(release.subscribe())]);
        let (peer, kept) = on_peer([ending, healthy()], 1).await;
        kept.waiting(1).await;
        until.send_replace(true);
        kept.left("ended", 1).await;
        release.send_replace(true);
        assert!(kept.authenticate(&credentials("anna", "secret"), soon()).await.is_ok());
        assert_eq!(kept.takes().2, 0);
        kept.stop().await;
        peer.all_closed().await;
    }
}

/// Openfire sends a ping after half of the time, and ends the stream after all of it.
#[tokio::test]
async fn where_openfire_ends_idle_streams_soon_no_dead_one_reaches_a_user_and_they_are_not_opened_again_and_again() {
    let openfire = Openfire::start(OpenfireOptions::default().property("xmpp.client.idle", "2000")).await;
    let kept = KeptStreams::start(&settings_with_ca(openfire.c2s(), &openfire.ca_file(), ""), 2, 2);
    kept.waiting(2).await;
    // The second time shows that it was no restart.
    kept.left("ended", 2).await;
    kept.waiting(0).await;
    let user = credentials("cardless", "no-card-here");
    for _ in 0..3 {
        assert!(kept.authenticate(&user, soon()).await.is_ok());
    }
    assert_eq!(kept.takes().2, 0);
}

#[tokio::test]
async fn a_server_that_takes_20_connections_from_an_address_keeps_room_for_logins() {
    let openfire = Openfire::shared().await;
    let port = free_port();
    let configuration = format!(
        "defaults\n    mode tcp\n    timeout connect 20s\n    timeout client 1h\n    timeout server 1h\n\
         frontend clients\n    bind 127.0.0.1:{port}\n    stick-table type ip size 100 store conn_cur\n    \
         tcp-request connection track-sc0 src\n    tcp-request connection reject if {{ sc0_conn_cur gt 20 }}\n    \
         default_backend openfire\n\
         backend openfire\n    server openfire {}\n",
        openfire.c2s()
    );
    let _proxy = Haproxy::start(port, &configuration).await;
    let address = ([127, 0, 0, 1], port).into();
    let limits = Limits { idle_streams_least: 30, idle_streams_most: 32, ..Limits::default() };
    let kept = KeptStreams::within(&settings_with_ca(address, &openfire.ca_file(), ""), limits);
    kept.left("surplus", 1).await;
    let user = credentials("cardless", "no-card-here");
    for round in 0..10 {
        // The reference account never uses streams that wait.
        let (first, second, third) = tokio::join!(
            kept.authenticate(&user, soon()),
            kept.authenticate_apart(&user, soon()),
            kept.authenticate(&user, soon())
        );
        for outcome in [first, second, third] {
            assert!(outcome.is_ok(), "{round}: {:?}", outcome.err());
        }
    }
    assert_eq!(kept.takes().2, 0);
}

/// Openfire 5.1 and later do so above their limit of new connections.
#[tokio::test]
async fn a_server_that_closes_connections_at_once_is_tried_again_after_pauses_and_the_log_says_so_once() {
    let (log, guard) = Log::start();
    let closed = || vec![Step::Cut];
    let (_peer, kept) = on_peer([closed(), closed(), healthy()], 1).await;
    kept.waiting(1).await;
    kept.stop().await;
    drop(guard);
    let text = log.text();
    for (level, words) in
        [("WARN", "no stream can be opened ahead of logins"), ("INFO", "opened ahead of logins again")]
    {
        let lines =
            text.lines().filter(|line| line.contains(&format!("\"level\":\"{level}\"")) && line.contains(words));
        assert_eq!(lines.count(), 1, "{words}: {text}");
    }
}

#[tokio::test]
async fn streams_with_an_old_certificate_leave_when_the_server_shows_another_one() {
    let (old, new) = (ScriptedPeer::start([healthy()]).await, ScriptedPeer::start([healthy()]).await);
    let relay = Relay::start(old.address()).await;
    relay.open();
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("both.pem");
    let both = [old.ca_file(), new.ca_file()].map(|file| std::fs::read_to_string(file).unwrap()).concat();
    std::fs::write(&ca_file, both).unwrap();
    let kept = KeptStreams::start(&settings_with_ca(relay.address(), &ca_file, ""), 3, 3);
    kept.waiting(3).await;
    let user = credentials("anna", "secret");
    relay.lead_to(new.address());
    // The login takes an old stream, and the one that is opened in its place shows the new certificate.
    let first = kept.authenticate(&user, soon()).await.unwrap();
    kept.left("certificate", 2).await;
    kept.waiting(3).await;
    let second = kept.authenticate(&user, soon()).await.unwrap();
    let shown = kept.probe(soon()).await.unwrap().certificate.unwrap();
    assert_eq!(second.certificate_sha1(), Some(shown.sha1));
    assert_ne!(first.certificate_sha1(), second.certificate_sha1());
    drop(first);
    old.all_closed().await;
    drop(second);
    kept.stop().await;
    new.all_closed().await;
}

#[tokio::test]
async fn streams_that_are_sent_away_and_those_at_the_end_are_closed_with_a_goodbye() {
    let (peer, kept) = on_peer([healthy()], 5).await;
    kept.waiting(5).await;
    kept.dismiss_idle_streams();
    assert_eq!((kept.idle_streams().waiting, kept.count_of("dismissed")), (0, 5));
    kept.waiting(5).await;
    kept.stop().await;
    peer.all_closed().await;
    let goodbyes = peer.unexpected();
    assert_eq!(goodbyes.iter().filter(|rest| *rest == "</stream:stream>").count(), 10, "{goodbyes:?}");
}

#[tokio::test]
async fn ten_thousand_logins_that_are_given_up_leave_no_socket_no_task_and_no_stream_behind() {
    let (peer, kept) = on_peer([healthy()], 8).await;
    kept.waiting(8).await;
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    let user = credentials("anna", "secret");
    for number in 0..10_000 {
        let mut login = Box::pin(kept.authenticate(&user, soon()));
        for _ in 0..number % 5 {
            let _ = login.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            tokio::task::yield_now().await;
        }
    }
    kept.waiting(kept.idle_streams().waiting.max(8)).await;
    let (hits, misses, dead) = kept.takes();
    assert_eq!((hits + misses, dead), (8_000, 0));
    assert!(kept.authenticate(&user, soon()).await.is_ok());
    kept.stop().await;
    peer.all_closed().await;
    assert!(tasks() < before, "{} tasks where {before} were before", tasks());
}
