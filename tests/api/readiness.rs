//! `/readyz` follows the users' logins, and is never taken as proof for or against one of them.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::join_all;
use test_servers::scripted_peer::text::{failure, healthy, mechanisms, secured};
use test_servers::scripted_peer::{Fault, Scram, Step};

use crate::support::app::TestApp;
use crate::support::faulty_site::{FaultySite, Settings, ask};
use crate::support::http_client::{Answer, request, send};

async fn readiness(app: &TestApp, headers: &[(&str, &str)]) -> Answer {
    send(app.address(), request("GET", "/readyz", headers, "")).await
}

/// A login that never gets its verdict, from a server that looks well otherwise.
fn undecided() -> Vec<Step> {
    let mut steps = secured(&mechanisms(&["SCRAM-SHA-256"]));
    let server = Scram { password: "secret", iterations: 100, fault: Fault::NoVerdict };
    steps.extend([Step::Expect("</auth>"), Step::Scram(server)]);
    steps
}

/// A login that ends with this failure.
fn refused(condition: &str) -> Vec<Step> {
    refused_by("PLAIN", condition)
}

fn refused_by(mechanism: &str, condition: &str) -> Vec<Step> {
    let mut steps = secured(&mechanisms(&[mechanism]));
    steps.extend([Step::Expect("</auth>"), Step::Send(failure(condition))]);
    steps
}

const SHORT: &str = "request_deadline = \"1s\"";
const REFERENCE: &str = "reference_user = \"watch\"\nreference_password = \"secret\"";

#[tokio::test]
async fn it_is_not_ready_while_logins_are_not_decided_and_ready_with_the_first_that_is() {
    let settings = Settings { component: "iq_timeout = \"500ms\"", limits: SHORT, ..Settings::default() };
    for decided in [(healthy(), 200), (refused("not-authorized"), 401)] {
        // The third is the look of `/readyz`, which finds nothing wrong and is kept for a second. The second offers what the
        // first did, since another offer would cost the login another stream.
        let scripts = [undecided(), refused_by("SCRAM-SHA-256", "temporary-auth-failure"), healthy(), decided.0];
        let site = FaultySite::start(settings, scripts).await;
        let app = &site.client_safe;
        for _ in 0..2 {
            assert_eq!(ask(app, "anna").await.status, 503);
        }
        let answer = readiness(app, &[]).await;
        assert_eq!(answer.status, 503, "{answer}");
        assert!(answer.text().contains("\nopenfire: logins are neither accepted nor refused"), "{answer}");
        assert!(answer.text().contains("the last one: the server cannot check logins now"), "{answer}");
        let other = readiness(app, &[("host", "provisioning.example.test")]).await;
        assert_eq!(other.status, 503, "{other}");
        assert!(!other.text().contains("cannot check logins"), "{other}");

        assert_eq!(ask(app, "anna").await.status, decided.1);
        let answer = readiness(app, &[]).await;
        assert_eq!(answer.status, 200, "{answer}");
        site.stop().await;
    }
}

/// Anybody can bring such a refusal about, and it says nothing of Openfire's state.
#[tokio::test]
async fn a_refusal_of_a_name_that_scram_cannot_carry_makes_nothing_unready() {
    let mut refusal = secured(&mechanisms(&["SCRAM-SHA-1"]));
    refusal.extend([Step::Expect("</auth>"), Step::Send(failure("not-authorized"))]);
    let site = FaultySite::start(Settings::default(), [refusal, healthy()]).await;
    let app = &site.client_safe;
    assert_eq!(ask(app, "p%2Cq").await.status, 503);
    let answer = readiness(app, &[]).await;
    assert_eq!(answer.status, 200, "{answer}");
    site.stop().await;
}

#[tokio::test]
async fn a_look_at_the_reference_account_says_nothing_about_a_refusal_that_comes_later() {
    let settings = Settings { openfire: REFERENCE, ..Settings::default() };
    // The look of `/readyz`; a user whom the server refuses since its user store has just failed; the check for that one.
    let scripts = [healthy(), refused("not-authorized"), refused("not-authorized")];
    let site = FaultySite::start(settings, scripts).await;
    let app = &site.client_safe;
    assert_eq!(readiness(app, &[]).await.status, 200);
    let answer = ask(app, "anna").await;
    assert_eq!(answer.status, 503, "{answer}");
    assert!(answer.text().starts_with("InternalUnauthenticatedException"), "{answer}");
    site.stop().await;
}

#[tokio::test]
async fn nor_does_one_that_failed_protect_a_wrong_password() {
    let settings = Settings { openfire: REFERENCE, ..Settings::default() };
    let scripts = [refused("not-authorized"), refused("not-authorized"), healthy()];
    let site = FaultySite::start(settings, scripts).await;
    let app = &site.client_safe;
    let answer = readiness(app, &[]).await;
    assert!(answer.status == 503 && answer.text().contains("the reference account watch cannot log in"), "{answer}");
    assert_eq!(ask(app, "anna").await.status, 401);
    site.stop().await;
}

#[tokio::test]
async fn a_check_for_one_refusal_is_none_for_the_next() {
    let settings = Settings { openfire: REFERENCE, ..Settings::default() };
    // A check is three logins.
    let scripts = [
        refused("not-authorized"),
        healthy(),
        healthy(),
        healthy(),
        refused("not-authorized"),
        refused("not-authorized"),
    ];
    let site = FaultySite::start(settings, scripts).await;
    let app = &site.client_safe;
    assert_eq!(ask(app, "anna").await.status, 401);
    assert_eq!(ask(app, "anna").await.status, 503);
    site.stop().await;
}

/// A pace that the users' logins take up says nothing of Openfire.
#[tokio::test]
async fn logins_that_wait_for_their_place_make_nothing_unready() {
    for openfire in ["", REFERENCE] {
        let limits = "new_connections_per_second = 1\nrequest_deadline = \"9s\"";
        let settings = Settings { openfire, limits, ..Settings::default() };
        let site = FaultySite::start(settings, [healthy()]).await;
        let app = &site.client_safe;
        assert_eq!(ask(app, "anna").await.status, 200);
        // All of them are in front of the look, which has two seconds.
        let burst = AtomicBool::new(true);
        let asks = async {
            let answers = join_all((0..4).map(|_| ask(app, "anna"))).await;
            burst.store(false, Ordering::SeqCst);
            answers
        };
        let looks = async {
            while burst.load(Ordering::SeqCst) {
                let answer = readiness(app, &[]).await;
                assert_eq!(answer.status, 200, "{answer}");
            }
        };
        let (answers, ()) = tokio::join!(asks, looks);
        assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
        site.stop().await;
    }
}
