//! How many logins run at one time, whose turn is next, and how long each counts as one.

use std::cell::RefCell;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use openfire_provisioner::model::config::Limits;
use openfire_provisioner::openfire::login::{Login, LoginError, Refusal, SessionError, Stage, Unreachable};
use test_servers::scripted_peer::text::{failure, healthy, mechanisms, open, secured};
use test_servers::scripted_peer::{ScriptedPeer, Step};
use tokio::time::Instant;

use crate::support::logins::{credentials, settings_with_ca, soon};

const ONE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

/// Deadline of what is to fail by it.
fn shortly() -> Instant {
    Instant::now() + Duration::from_millis(200)
}

/// A login on `peer` of which one runs and `queued_logins` wait.
fn one_at_a_time(peer: &ScriptedPeer, queued_logins: usize) -> Login {
    let limits = Limits { concurrent_logins: 1, queued_logins, ..Limits::default() };
    Login::new(&settings_with_ca(peer.address(), &peer.ca_file(), ""), &limits).unwrap()
}

/// Whether a permit is free.
async fn is_free(login: &Login) -> bool {
    match login.permit(ONE, shortly()).await {
        Ok(_) => true,
        Err(LoginError::Unreachable(Unreachable::Busy)) => false,
        Err(error) => panic!("{error:?}"),
    }
}

/// A login, and then the roster or what comes instead.
fn with_roster(end: Step) -> Vec<Step> {
    let mut steps = healthy();
    steps.extend(open("<stream:features/>"));
    let bound = Step::Send("<iq type='result' id='bind'/>".to_owned());
    steps.extend([Step::Expect("</iq>"), bound, Step::Expect("</iq>"), end]);
    steps
}

/// A login that is refused.
fn refused() -> Vec<Step> {
    let mut steps = secured(&mechanisms(&["PLAIN"]));
    steps.extend([Step::Expect("</auth>"), Step::Send(failure("not-authorized"))]);
    steps
}

#[tokio::test]
async fn too_many_logins_at_one_time_are_turned_away() {
    let peer = ScriptedPeer::start([vec![]]).await;
    let login = one_at_a_time(&peer, 1);
    let user = credentials("anna", "secret");
    let failed = async || login.authenticate(&user, shortly()).await.err().expect("a failure");
    let (one, two, three) = tokio::join!(failed(), failed(), failed());
    assert!(matches!(one, LoginError::Unreachable(Unreachable::TimedOut { stage: Stage::Stream })), "{one:?}");
    assert!(matches!(two, LoginError::Unreachable(Unreachable::TimedOut { .. })), "{two:?}");
    assert!(matches!(three, LoginError::Unreachable(Unreachable::Busy)), "{three:?}");
    peer.all_closed().await;
}

#[tokio::test]
async fn a_permit_that_does_not_come_fails_at_the_deadline() {
    let peer = ScriptedPeer::start([healthy()]).await;
    let login = one_at_a_time(&peer, 1);
    let permit = login.permit(ONE, soon()).await.unwrap();
    let error = login.permit(ONE, shortly()).await.unwrap_err();
    assert!(matches!(error, LoginError::Unreachable(Unreachable::TimedOut { stage: Stage::Queue })), "{error:?}");
    assert_eq!(error.stage(), Stage::Queue);
    drop(permit);
    assert!(login.permit(ONE, shortly()).await.is_ok());
    assert_eq!(peer.accepted(), 0);
}

#[tokio::test]
async fn a_session_keeps_its_permit_until_it_is_dropped() {
    let peer = ScriptedPeer::start([healthy()]).await;
    let login = one_at_a_time(&peer, 0);
    let permit = login.permit(ONE, soon()).await.unwrap();
    let session = login.authenticate_with(permit, &credentials("anna", "secret"), soon()).await.unwrap();
    assert!(!is_free(&login).await);
    drop(session);
    assert!(is_free(&login).await);
}

#[tokio::test]
async fn the_reading_of_a_roster_counts_until_it_ends_well_or_not() {
    let result = "<iq type='result' id='roster'><query xmlns='jabber:iq:roster'/></iq>";
    let scripts = [with_roster(Step::Send(result.to_owned())), with_roster(Step::Cut)];
    let peer = ScriptedPeer::start(scripts).await;
    let login = one_at_a_time(&peer, 0);
    for well in [true, false] {
        let session = login.authenticate(&credentials("anna", "secret"), soon()).await.unwrap();
        let (outcome, meanwhile) = tokio::join!(session.roster(soon()), is_free(&login));
        assert!(!meanwhile);
        assert!(is_free(&login).await);
        match outcome {
            Ok(_) => assert!(well),
            Err(error) => assert!(!well && matches!(error, SessionError::Lost(Unreachable::Cut { .. })), "{error:?}"),
        }
    }
}

#[tokio::test]
async fn a_failed_login_returns_its_permit() {
    let peer = ScriptedPeer::start([refused()]).await;
    let login = one_at_a_time(&peer, 0);
    let permit = login.permit(ONE, soon()).await.unwrap();
    let outcome = login.authenticate_with(permit, &credentials("anna", "wrong"), soon()).await;
    assert!(matches!(outcome, Err(LoginError::Refused(Refusal::NotAuthorized, _))), "{:?}", outcome.err());
    assert!(is_free(&login).await);
}

#[tokio::test]
async fn a_session_tells_where_the_time_of_the_login_went() {
    let peer = ScriptedPeer::start([healthy()]).await;
    let login = one_at_a_time(&peer, 1);
    let first = login.permit(ONE, soon()).await.unwrap();
    let user = credentials("anna", "secret");
    let second = login.authenticate(&user, soon());
    let wait = Duration::from_millis(30);
    let ((), session) = tokio::join!(
        async {
            tokio::time::sleep(wait).await;
            drop(first);
        },
        second
    );
    let elapsed = session.unwrap().elapsed();
    assert!(elapsed.queue >= wait, "{elapsed:?}");
    for part in [elapsed.connect, elapsed.stream, elapsed.tls, elapsed.sasl] {
        assert!(part > Duration::ZERO, "{elapsed:?}");
    }
}

#[tokio::test]
async fn a_crowd_behind_one_address_delays_another_by_one_turn() {
    let peer = ScriptedPeer::start([healthy()]).await;
    let login = one_at_a_time(&peer, 100);
    let running = login.permit(ONE, soon()).await.unwrap();
    let order = RefCell::new(Vec::new());
    let wait = async |address| {
        let permit = login.permit(address, soon()).await.unwrap();
        order.borrow_mut().push(address);
        drop(permit);
    };
    let crowd = futures::future::join_all((0..50).map(|_| wait(ONE)));
    tokio::join!(crowd, wait(OTHER), async { drop(running) });
    let order = order.into_inner();
    assert_eq!((order.len(), order.iter().position(|address| *address == OTHER)), (51, Some(1)));
}

#[tokio::test]
async fn a_full_queue_turns_away_the_newest_of_the_address_with_the_most() {
    let peer = ScriptedPeer::start([healthy()]).await;
    let login = one_at_a_time(&peer, 2);
    let running = login.permit(ONE, soon()).await.unwrap();
    let oldest = async { login.permit(ONE, soon()).await.map(drop) };
    let newest = async {
        let answer = login.permit(ONE, soon()).await;
        // No place is free before this one is turned away.
        drop(running);
        answer
    };
    let other = async { login.permit(OTHER, soon()).await.map(drop) };
    let (oldest, newest, other) = tokio::join!(biased; oldest, newest, other);
    assert!(matches!(newest, Err(LoginError::Unreachable(Unreachable::Busy))), "{newest:?}");
    assert!(oldest.is_ok() && other.is_ok(), "{oldest:?} {other:?}");
}

#[tokio::test]
async fn a_clone_of_the_permit_keeps_the_place_for_a_second_login() {
    let peer = ScriptedPeer::start([refused(), healthy()]).await;
    let login = one_at_a_time(&peer, 0);
    let user = credentials("anna", "secret");
    let permit = login.permit(ONE, soon()).await.unwrap();
    let first = login.authenticate_with(permit.clone(), &user, soon()).await;
    assert!(matches!(first, Err(LoginError::Refused(Refusal::NotAuthorized, _))), "{:?}", first.err());
    assert!(!is_free(&login).await);
    let session = login.authenticate_with(permit, &user, soon()).await.unwrap();
    assert!(!is_free(&login).await);
    drop(session);
    assert!(is_free(&login).await);
}

#[tokio::test]
async fn a_login_apart_needs_no_place_of_the_users_and_four_run_at_one_time() {
    let peer = ScriptedPeer::start([healthy()]).await;
    let login = one_at_a_time(&peer, 0);
    let user = credentials("reference", "secret");
    let permit = login.permit(ONE, soon()).await.unwrap();
    let mut sessions = Vec::new();
    for _ in 0..4 {
        sessions.push(login.authenticate_apart(&user, soon()).await.unwrap());
    }
    let late = login.authenticate_apart(&user, shortly()).await.err().expect("a failure");
    assert!(matches!(late, LoginError::Unreachable(Unreachable::TimedOut { stage: Stage::Queue })), "{late:?}");
    assert_eq!(peer.accepted(), 4);
    assert!(!is_free(&login).await);
    drop(permit);
    assert!(is_free(&login).await);
    sessions.pop();
    assert!(login.authenticate_apart(&user, soon()).await.is_ok());
}

#[tokio::test]
async fn the_connection_of_a_login_apart_comes_before_those_of_users_that_wait() {
    let peer = ScriptedPeer::start([healthy()]).await;
    let limits = Limits { new_connections_per_second: 1, ..Limits::default() };
    let login = Login::new(&settings_with_ca(peer.address(), &peer.ca_file(), ""), &limits).unwrap();
    let (user, reference) = (credentials("anna", "secret"), credentials("reference", "secret"));
    login.authenticate(&user, soon()).await.unwrap().close().await;
    // The last of them has its turn after three seconds.
    let users = futures::future::join_all((0..3).map(|_| login.authenticate(&user, soon())));
    let session = tokio::select! {
        biased;
        _ = users => panic!("the users came first"),
        session = login.authenticate_apart(&reference, soon()) => session,
    };
    assert!(session.is_ok(), "{:?}", session.err());
}
