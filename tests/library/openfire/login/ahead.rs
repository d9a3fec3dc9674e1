//! What a login sends before it is asked, since the last stream showed that the server takes it.

use openfire_provisioner::openfire::login::{CannotCheck, LoginError, Refusal};
use test_servers::openfire::Openfire;
use test_servers::prosody::Prosody;
use test_servers::scripted_peer::text::{SUCCESS, mechanisms, secured};
use test_servers::scripted_peer::{Fault, Scram, ScriptedPeer, Step};
use test_servers::seeds::{CROWD_USER, person};

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
