//! What a login sends before it is asked, since the last stream showed that the server takes it.

use std::time::Duration;

use openfire_provisioner::openfire::login::{CannotCheck, LoginError, Refusal, Unreachable};
use test_servers::openfire::Openfire;
use test_servers::prosody::Prosody;
use test_servers::scripted_peer::text::{SUCCESS, mechanisms, secured};
use test_servers::scripted_peer::{Fault, Scram, ScriptedPeer, Step};
use test_servers::seeds::{CROWD_USER, person};
use tokio::time::Instant;

use crate::support::logins::{credentials, login, settings_with_ca, soon};

const SCRAM: Step = Step::Scram(Scram { password: "secret", iterations: 1, fault: Fault::None });

/// A server that offers one mechanism and answers step by step.
fn step_by_step(mechanism: &str) -> Vec<Step> {
    let mut steps = secured(&mechanisms(&[mechanism]));
    steps.push(Step::Expect("</auth>"));
    steps.push(if mechanism == "PLAIN" { Step::Send(SUCCESS.to_owned()) } else { SCRAM });
    steps
}

/// The same server, which reads on to what follows a stream header before it answers that.
fn waits_for_more(mechanism: &str) -> Vec<Step> {
    let mut steps = step_by_step(mechanism);
    let tls = steps.iter().position(|step| matches!(step, Step::Tls)).expect("TLS");
    steps.insert(tls + 1, Step::Foresee("</auth>"));
    steps.insert(0, Step::Foresee("<starttls"));
    steps
}

async fn log_in_twice(first: Vec<Step>, then: Vec<Vec<Step>>) -> (Result<(), LoginError>, usize) {
    let peer = ScriptedPeer::start([first].into_iter().chain(then)).await;
    let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
    let session = login.authenticate(&credentials("anna", "secret"), soon()).await;
    assert!(session.is_ok(), "{:?}", session.err());
    let outcome = login.authenticate(&credentials("anna", "secret"), soon()).await.map(drop);
    drop(session);
    peer.all_closed().await;
    (outcome, peer.accepted())
}

#[tokio::test]
async fn what_the_last_stream_showed_is_not_waited_for() {
    let (outcome, streams) = log_in_twice(step_by_step("SCRAM-SHA-1"), vec![waits_for_more("SCRAM-SHA-1")]).await;
    assert!(outcome.is_ok(), "{outcome:?}");
    assert_eq!(streams, 2);
}

#[tokio::test]
async fn a_server_that_offers_something_else_gets_a_stream_step_by_step() {
    let other = [step_by_step("SCRAM-SHA-256"), step_by_step("SCRAM-SHA-256")];
    let (outcome, streams) = log_in_twice(step_by_step("SCRAM-SHA-1"), other.to_vec()).await;
    assert!(outcome.is_ok(), "{outcome:?}");
    assert_eq!(streams, 3);
}

#[tokio::test]
async fn a_server_that_does_not_understand_it_is_asked_step_by_step() {
    for word in ["<starttls", "</auth>"] {
        let mut cut = waits_for_more("SCRAM-SHA-1");
        let heard = cut.iter().position(|step| matches!(step, Step::Foresee(text) if *text == word)).expect("the word");
        cut.truncate(heard + 1);
        cut.push(Step::Send("not XMPP".to_owned()));
        cut.push(Step::Cut);
        let (outcome, streams) =
            log_in_twice(step_by_step("SCRAM-SHA-1"), vec![cut, step_by_step("SCRAM-SHA-1")]).await;
        assert!(outcome.is_ok(), "{word}: {outcome:?}");
        assert_eq!(streams, 3, "{word}");
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_without_a_word_is_asked_step_by_step() {
    let cut = vec![Step::Foresee("<starttls"), Step::Cut];
    let healthy = || step_by_step("SCRAM-SHA-1");
    let peer =
        ScriptedPeer::start([healthy(), cut.clone(), healthy(), cut.clone(), healthy(), cut, healthy(), healthy()]);
    let peer = peer.await;
    let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
    for streams in [1, 3, 5, 7, 8] {
        let outcome = login.authenticate(&credentials("anna", "secret"), soon()).await.map(drop);
        assert!(outcome.is_ok(), "{streams}: {outcome:?}");
        assert_eq!(peer.accepted(), streams);
    }
}

#[tokio::test]
async fn after_a_silence_the_next_login_goes_step_by_step() {
    for word in ["<starttls", "</auth>"] {
        let mut silent = waits_for_more("SCRAM-SHA-1");
        let heard =
            silent.iter().position(|step| matches!(step, Step::Foresee(text) if *text == word)).expect("the word");
        silent.truncate(heard + 1);
        let peer = ScriptedPeer::start([step_by_step("SCRAM-SHA-1"), silent, step_by_step("SCRAM-SHA-1")]).await;
        let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
        let anna = credentials("anna", "secret");
        assert!(login.authenticate(&anna, soon()).await.is_ok());
        let outcome = login.authenticate(&anna, Instant::now() + Duration::from_millis(400)).await.map(drop);
        assert!(matches!(outcome, Err(LoginError::Unreachable(Unreachable::TimedOut { .. }))), "{word}: {outcome:?}");
        let outcome = login.authenticate(&anna, soon()).await.map(drop);
        assert!(outcome.is_ok(), "{word}: {outcome:?}");
        peer.all_closed().await;
        assert_eq!(peer.accepted(), 3, "{word}");
    }
}

#[tokio::test]
async fn a_password_is_never_sent_before_plain_is_offered() {
    // It would be unexpected, since this server offers PLAIN only the first time.
    let (outcome, streams) = log_in_twice(step_by_step("PLAIN"), vec![secured(&mechanisms(&["X-OTHER"]))]).await;
    assert!(matches!(outcome, Err(LoginError::CannotCheck(CannotCheck::NothingAllowed(_)))), "{outcome:?}");
    assert_eq!(streams, 2);
}

#[tokio::test]
async fn real_servers_take_it_and_still_refuse_wrong_passwords() {
    let (openfire, prosody) = (Openfire::shared().await, Prosody::shared().await);
    for (address, ca_file) in [(openfire.c2s(), openfire.ca_file()), (prosody.c2s(), prosody.ca_file())] {
        let login = login(&settings_with_ca(address, &ca_file, ""));
        let crowd = person(CROWD_USER);
        for _ in 0..3 {
            let session = login.authenticate(&credentials(CROWD_USER, &crowd.password), soon()).await;
            let roster = session.expect("a login").roster(soon()).await;
            assert!(roster.is_ok(), "{:?}", roster.err());
            let refused = login.authenticate(&credentials(CROWD_USER, "wrong"), soon()).await.map(drop);
            assert!(matches!(refused, Err(LoginError::Refused(Refusal::NotAuthorized, _))), "{refused:?}");
        }
    }
}
