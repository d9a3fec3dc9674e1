//! Logins on a peer that misbehaves: the right error, within the deadline, no socket left, and the next login works.

use std::net::Ipv6Addr;
use std::time::Duration;

use openfire_provisioner::openfire::connect::ConnectError;
use openfire_provisioner::openfire::login::{
    CannotCheck, Login, LoginError, Refusal, ScramError, SessionError, Stage, Unreachable,
};
use test_servers::scripted_peer::text::{
    CLIENT_HELLO, PROCEED, STARTTLS, failure, header, healthy, mechanisms, open, secured,
};
use test_servers::scripted_peer::{Fault, Scram, ScriptedPeer, Step};
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_rustls::rustls::version::TLS13;

use crate::support::logins::{credentials, login, settings, settings_with_ca, soon};

/// Deadline of a login that is to fail by it.
const SHORT: Duration = Duration::from_millis(400);
/// What a machine under load may be late.
const GRACE: Duration = Duration::from_millis(800);

fn send(text: &str) -> Step {
    Step::Send(text.to_owned())
}

/// The script with its tail replaced.
fn then(mut script: Vec<Step>, more: impl IntoIterator<Item = Step>) -> Vec<Step> {
    script.extend(more);
    script
}

/// Plays `script` to one login that has `time`, then a healthy server to the next; the error of the first.
#[track_caller]
fn fault(script: Vec<Step>, time: Duration) -> impl Future<Output = LoginError> {
    let caller = std::panic::Location::caller();
    async move {
        let peer = ScriptedPeer::start([script, healthy()]).await;
        let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
        let error = failed(&login, time).await;
        peer.all_closed().await;
        assert_eq!(peer.accepted(), 1, "{caller}");
        let next = login.authenticate(&credentials("anna", "secret"), soon()).await;
        assert!(next.is_ok(), "{caller}: the next login: {:?}", next.err());
        drop(next);
        peer.all_closed().await;
        error
    }
}

async fn failed(login: &Login, time: Duration) -> LoginError {
    let start = Instant::now();
    let outcome = login.authenticate(&credentials("anna", "secret"), start + time).await;
    assert!(start.elapsed() < time + GRACE, "it took {:?}", start.elapsed());
    match outcome {
        Ok(_) => panic!("the login succeeded"),
        Err(error) => error,
    }
}

/// A login on a peer that offers SCRAM-SHA-256 and breaks one of its rules.
async fn scram(fault: Fault, iterations: u32) -> LoginError {
    self::fault(
        then(
            secured(&mechanisms(&["SCRAM-SHA-256"])),
            [Step::Expect("</auth>"), Step::Scram(Scram { password: "secret", iterations, fault })],
        ),
        Duration::from_secs(20),
    )
    .await
}

/// All states in which a peer can stop talking, with the stage that the error names.
fn points() -> Vec<(Stage, Vec<Step>)> {
    let scram = secured(&mechanisms(&["SCRAM-SHA-1"]));
    vec![
        (Stage::Stream, vec![]),
        (Stage::Stream, vec![Step::Expect(">"), send(&header())]),
        (Stage::Stream, open(STARTTLS)),
        (Stage::Tls, then(open(STARTTLS), [Step::Expect("<starttls"), send(PROCEED)])),
        (Stage::Sasl, then(open(STARTTLS), [Step::Expect("<starttls"), send(PROCEED), Step::Tls])),
        (Stage::Sasl, scram.clone()),
        (Stage::Sasl, then(scram, [Step::Expect("</auth>")])),
    ]
}

#[tokio::test]
async fn a_refused_connection_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = failed(&login(&settings(address, "tls = \"none\"")), Duration::from_secs(5)).await;
    assert!(
        matches!(&error, LoginError::Unreachable(Unreachable::Connect(ConnectError::Failed { address: a, .. })) if *a == address),
        "{error:?}"
    );
}

#[tokio::test]
async fn silence_at_any_point_ends_at_the_deadline() {
    for (stage, script) in points() {
        let error = fault(script, SHORT).await;
        assert!(
            matches!(error, LoginError::Unreachable(Unreachable::TimedOut { stage: reported }) if reported == stage),
            "{stage}: {error:?}"
        );
        assert_eq!(error.stage(), stage);
    }
}

#[tokio::test]
async fn a_cut_at_any_point_is_reported_at_once() {
    // At the first point nothing has been sent yet, which `login_connections` is about.
    for (stage, script) in points().into_iter().skip(1) {
        let error = fault(then(script, [Step::Cut]), Duration::from_secs(20)).await;
        assert!(
            matches!(error, LoginError::Unreachable(Unreachable::Cut { stage: reported }) if reported == stage),
            "{stage}: {error:?}"
        );
    }
}

#[tokio::test]
async fn garbage_at_any_point_is_reported_at_once() {
    for (stage, mut script) in points() {
        if stage == Stage::Tls {
            // Directly behind the consent to TLS it would count as injected.
            script.push(Step::Expect(CLIENT_HELLO));
        }
        let error = fault(then(script, [send("\u{1}\u{2} HTTP/1.1 400 Bad Request\r\n\r\n")]), soon_enough()).await;
        assert!(
            matches!(error, LoginError::Unreachable(Unreachable::Garbage { stage: reported }) if reported == stage),
            "{stage}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_stanza_of_2_mb_before_the_login_is_cut_short() {
    let flood = [send("<stream:features><x xmlns='y'>"), Step::Flood("0123456789abcdef", 2 * 1024 * 1024 / 16)];
    for (stage, opening) in
        [(Stage::Stream, vec![Step::Expect(">"), send(&header())]), (Stage::Sasl, then(secured(""), []))]
    {
        let error = fault(then(opening, flood.clone()), soon_enough()).await;
        assert!(
            matches!(error, LoginError::Unreachable(Unreachable::Oversized { stage: reported }) if reported == stage),
            "{error:?}"
        );
    }
}

/// 8,000 elements inside each other that stay open, and 9,000 that are closed. A stanza of that depth exhausts the
/// stack of a thread, which ends the process.
fn deep() -> [Step; 2] {
    [send(&"<a>".repeat(8_000)), send(&("<a>".repeat(9_000) + &"</a>".repeat(9_000)))]
}

#[tokio::test]
async fn deep_nesting_at_any_point_is_reported_at_once() {
    for (stage, script) in points() {
        for deep in deep() {
            let error = fault(then(script.clone(), [deep]), soon_enough()).await;
            // It is more than 8 KiB as well, and behind the consent to TLS it is in the clear: what is seen first
            // depends on the network.
            let reported = matches!(
                error,
                LoginError::Unreachable(Unreachable::Garbage { .. } | Unreachable::Oversized { .. })
                    | LoginError::CannotCheck(CannotCheck::Injected)
            );
            assert!(reported && error.stage() == stage, "{stage}: {error:?}");
        }
    }
}

#[tokio::test]
async fn deep_nesting_within_the_size_of_a_stanza_is_garbage() {
    let deep = send(&("<stream:features>".to_owned() + &"<a>".repeat(2_500)));
    for (stage, opening) in
        [(Stage::Stream, vec![Step::Expect(">"), send(&header())]), (Stage::Sasl, then(secured(""), []))]
    {
        let error = fault(then(opening, [deep.clone()]), soon_enough()).await;
        assert!(
            matches!(error, LoginError::Unreachable(Unreachable::Garbage { stage: reported }) if reported == stage),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn deep_nesting_after_the_login_costs_the_roster_and_nothing_else() {
    for deep in deep() {
        let peer = ScriptedPeer::start([then(healthy(), then(open(""), [deep]))]).await;
        let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
        let session = login.authenticate(&credentials("anna", "secret"), soon()).await.unwrap();
        let error = session.roster(soon()).await.unwrap_err();
        let reported = matches!(error, SessionError::Lost(Unreachable::Garbage { stage: Stage::Session }));
        assert!(reported, "{error:?}");
        peer.all_closed().await;
    }
}

#[tokio::test]
async fn a_stream_error_is_named() {
    let text = "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
                <text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>No such\n\u{202e}host</text></stream:error></stream:stream>";
    let error = fault(open(text), soon_enough()).await;
    assert!(
        matches!(&error, LoginError::Unreachable(Unreachable::StreamError { condition, .. }) if condition == "host-unknown"),
        "{error:?}"
    );
    let reported = error.to_string();
    assert!(reported.contains("openfire.domain"), "{reported}");
    assert!(reported.ends_with("; the server says \"No such \u{fffd}host\""), "{reported}");
}

#[tokio::test]
async fn a_reply_that_trickles_ends_at_the_deadline() {
    let trickle = Step::Trickle(header() + STARTTLS, Duration::from_millis(20));
    let error = fault(vec![Step::Expect(">"), trickle], SHORT).await;
    assert!(matches!(error, LoginError::Unreachable(Unreachable::TimedOut { stage: Stage::Stream })), "{error:?}");
}

#[tokio::test]
async fn anonymous_alone_is_never_a_success() {
    for offered in [&["ANONYMOUS"][..], &["EXTERNAL", "DIGEST-MD5", "X-OAUTH2"], &[]] {
        let error = fault(secured(&mechanisms(offered)), soon_enough()).await;
        assert!(matches!(error, LoginError::CannotCheck(CannotCheck::NothingAllowed(_))), "{error:?}");
        assert!(error.to_string().contains(offered.first().unwrap_or(&"nothing")), "{error}");
    }
}

#[tokio::test]
async fn without_starttls_nothing_is_sent_in_the_clear() {
    for script in [
        open(&mechanisms(&["PLAIN", "SCRAM-SHA-1"])),
        then(open(STARTTLS), [Step::Expect("<starttls"), send("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")]),
    ] {
        let error = fault(script, soon_enough()).await;
        assert!(matches!(error, LoginError::CannotCheck(CannotCheck::NoStarttls)), "{error:?}");
        assert!(error.to_string().contains("openfire.tls"), "{error}");
    }
}

#[tokio::test]
async fn plain_outside_tls_is_never_used() {
    let peer = ScriptedPeer::start([open(&mechanisms(&["PLAIN"]))]).await;
    let error = failed(&login(&settings(peer.address(), "tls = \"none\"")), soon_enough()).await;
    assert!(matches!(error, LoginError::CannotCheck(CannotCheck::NothingAllowed(_))), "{error:?}");
    assert!(error.to_string().contains("PLAIN only inside TLS"), "{error}");
    peer.all_closed().await;
}

// Source: RFC 6120 section 5.4.3.3, CVE-2021-38371 and its like.
#[tokio::test]
async fn what_is_injected_behind_the_consent_to_tls_ends_the_login() {
    let injected = format!("{PROCEED}{}{}", header(), mechanisms(&["PLAIN"]));
    let error = fault(then(open(STARTTLS), [Step::Expect("<starttls"), send(&injected), Step::Tls]), soon_enough());
    let error = error.await;
    assert!(matches!(error, LoginError::CannotCheck(CannotCheck::Injected)), "{error:?}");
}

#[tokio::test]
async fn a_server_that_does_not_prove_itself_is_not_believed() {
    for (broken, expected) in [
        (Fault::WrongSignature, ScramError::WrongSignature),
        (Fault::NoSignature, ScramError::NoSignature),
        (Fault::SuccessAtOnce, ScramError::NoSignature),
        (Fault::OtherNonce, ScramError::Nonce),
        (Fault::SameNonce, ScramError::Nonce),
        (Fault::ErrorValue, ScramError::Server("other-error".to_owned())),
    ] {
        let error = scram(broken, 100).await;
        assert!(
            matches!(&error, LoginError::CannotCheck(CannotCheck::Scram(why)) if *why == expected),
            "{broken:?}: {error:?}"
        );
    }
}

#[tokio::test]
async fn an_iteration_count_that_would_stall_us_is_refused() {
    for iterations in [0, 1_000_001, u32::MAX] {
        let error = scram(Fault::None, iterations).await;
        assert!(matches!(error, LoginError::CannotCheck(CannotCheck::Scram(ScramError::Iterations))), "{error:?}");
    }
}

/// Prosody tells an unknown user before the challenge; our own rounds must not be what is missing then.
#[tokio::test]
async fn a_refusal_before_the_challenge_takes_us_as_long_as_one_after_it() {
    const ROUNDS: u32 = 400_000;
    let offer = secured(&mechanisms(&["SCRAM-SHA-256"]));
    let known = Step::Scram(Scram { password: "another", iterations: ROUNDS, fault: Fault::None });
    let unknown = send(&failure("not-authorized"));
    let scripts = [known, unknown].map(|last| then(offer.clone(), [Step::Expect("</auth>"), last]));
    let peer = ScriptedPeer::start(scripts).await;
    let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
    let mut times = Vec::new();
    for _ in 0..2 {
        let start = Instant::now();
        let error = failed(&login, soon_enough()).await;
        assert!(matches!(error, LoginError::Refused(Refusal::NotAuthorized, _)), "{error:?}");
        times.push(start.elapsed());
    }
    // The peer, too, runs the rounds for the known user, so that login takes twice as long.
    assert!(times[1] > times[0] / 5, "{times:?}");
}

#[tokio::test]
async fn only_what_is_about_the_user_is_a_refusal() {
    let script =
        |condition| then(secured(&mechanisms(&["PLAIN"])), [Step::Expect("</auth>"), send(&failure(condition))]);
    for (condition, refusal) in [
        ("not-authorized", Refusal::NotAuthorized),
        ("account-disabled", Refusal::AccountDisabled),
        ("credentials-expired", Refusal::CredentialsExpired),
    ] {
        let error = fault(script(condition), soon_enough()).await;
        assert!(matches!(error, LoginError::Refused(reported, _) if reported == refusal), "{condition}: {error:?}");
    }
    for condition in [
        "temporary-auth-failure",
        "malformed-request",
        "invalid-mechanism",
        "encryption-required",
        "aborted",
        "something-new",
    ] {
        let error = fault(script(condition), soon_enough()).await;
        assert!(
            matches!(&error, LoginError::CannotCheck(CannotCheck::Condition { condition: reported, .. }) if reported == condition),
            "{condition}: {error:?}"
        );
    }
}

/// Openfire closes the stream after `xmpp.auth.retries` failures.
#[tokio::test]
async fn a_refusal_stays_one_when_the_prepared_password_can_no_longer_be_tried() {
    let over = "<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
    for end in [Step::Cut, send("</stream:stream>"), send(over)] {
        let refused = [Step::Expect("</auth>"), send(&failure("not-authorized")), end];
        let peer = ScriptedPeer::start([then(secured(&mechanisms(&["PLAIN"])), refused)]).await;
        let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
        // Full-width letters, which SASLprep turns into ASCII.
        let outcome = login.authenticate(&credentials("anna", "\u{ff53}ecret"), soon()).await;
        assert!(matches!(outcome, Err(LoginError::Refused(Refusal::NotAuthorized, _))), "{:?}", outcome.err());
        peer.all_closed().await;
    }
}

#[tokio::test]
async fn dropping_a_login_closes_its_socket() {
    for (_, script) in points() {
        let peer = ScriptedPeer::start([script]).await;
        let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
        let user = credentials("anna", "secret");
        let dropped = tokio::time::timeout(Duration::from_millis(150), login.authenticate(&user, soon()));
        assert!(dropped.await.is_err());
        peer.all_closed().await;
    }
}

#[tokio::test]
async fn a_session_that_fails_is_reported_and_leaves_no_socket() {
    for (script, cut) in [(vec![], false), (vec![Step::Cut], true)] {
        let peer = ScriptedPeer::start([then(healthy(), script)]).await;
        let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
        let session = login.authenticate(&credentials("anna", "secret"), soon()).await.unwrap();
        let error = session.roster(Instant::now() + SHORT).await.unwrap_err();
        let reported = matches!(error, SessionError::Lost(Unreachable::Cut { stage: Stage::Session }));
        let late = matches!(error, SessionError::Lost(Unreachable::TimedOut { stage: Stage::Session }));
        assert!(if cut { reported } else { late }, "{error:?}");
        peer.all_closed().await;
    }
}

#[tokio::test]
async fn a_login_over_ipv6_works() {
    let peer = ScriptedPeer::start_at(Ipv6Addr::LOCALHOST.into(), &[&TLS13], [healthy()]).await;
    for host in ["::1", "[::1]"] {
        let mut settings = settings_with_ca(peer.address(), &peer.ca_file(), "");
        settings.host = Some(host.to_owned());
        let outcome = login(&settings).authenticate(&credentials("anna", "secret"), soon()).await;
        assert!(outcome.is_ok(), "{:?}", outcome.err());
    }
    peer.all_closed().await;
}

/// Time that a fault which is reported at once does not need.
fn soon_enough() -> Duration {
    Duration::from_secs(20)
}
