//! More requests at one time than the limits take.

use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use test_servers::component_port::{is_vcard_query, named};
use test_servers::scripted_peer::Step;
use test_servers::scripted_peer::text::{SUCCESS, failure, healthy, mechanisms, secured};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::support::faulty_site::{FaultySite, Settings, ask, is_error, is_provisioned};
use crate::support::http_client::{Answer, post, send};

const LIMIT: Duration = Duration::from_secs(20);
const USERS: [&str; 7] = ["u0", "u1", "u2", "u3", "u4", "u5", "u6"];

async fn next(answers: &mut FuturesUnordered<impl Future<Output = Answer>>) -> Answer {
    timeout(LIMIT, answers.next()).await.expect("an answer in time").expect("an answer")
}

#[tokio::test]
async fn logins_beyond_the_limits_are_turned_away_at_once_and_the_others_succeed() {
    let (open, opened) = watch::channel(false);
    let mut slow = secured(&mechanisms(&["PLAIN"]));
    slow.extend([Step::Expect("</auth>"), Step::Until(opened), Step::Send(SUCCESS.to_owned())]);
    let limits = "concurrent_logins = 2\nqueued_logins = 2";
    let site = FaultySite::start(Settings { limits, ..Settings::default() }, [slow]).await;
    let mut answers: FuturesUnordered<_> = USERS.map(|user| ask(&site.client_safe, user)).into_iter().collect();
    // Two logins run and wait for us, two are queued behind them: only those that are turned away can answer.
    for _ in 0..3 {
        let answer = next(&mut answers).await;
        assert!(is_error(&answer, 503, "ConnectionException"), "{answer}");
    }
    open.send_replace(true);
    for _ in 0..4 {
        let answer = next(&mut answers).await;
        assert!(is_provisioned(&answer, "Anna Berger"), "{answer}");
    }
    drop(answers);
    site.serves_again().await;
    site.stop().await;
}

#[tokio::test]
async fn queries_beyond_the_limit_degrade_at_once_and_the_others_are_answered() {
    let settings = Settings { component: "max_pending = 2\niq_timeout = \"7s\"", ..Settings::default() };
    let site = FaultySite::start(settings, [healthy()]).await;
    site.port.answer_by(|_| None);
    let mut answers: FuturesUnordered<_> = USERS.map(|user| ask(&site.client_safe, user)).into_iter().collect();
    for _ in 0..5 {
        let answer = next(&mut answers).await;
        assert!(USERS.iter().any(|user| is_provisioned(&answer, user)), "{answer}");
    }
    for query in site.port.heard(2, is_vcard_query).await {
        site.port.say(named(&query, "Anna Berger").unwrap());
    }
    for _ in 0..2 {
        let answer = next(&mut answers).await;
        assert!(is_provisioned(&answer, "Anna Berger"), "{answer}");
    }
    site.port.answer_by(|query| named(query, "Anna Berger"));
    drop(answers);
    site.serves_again().await;
    site.stop().await;
}

/// Names with `,` or `=`, which SCRAM escapes (RFC 5802 section 5.1) and Openfire 5 does not read then.
#[tokio::test]
async fn no_client_learns_that_its_password_is_wrong_and_guessing_is_limited() {
    let mut script = secured(&mechanisms(&["SCRAM-SHA-1"]));
    script.extend([Step::Expect("</auth>"), Step::Send(failure("not-authorized"))]);
    let limits = "failures_per_user = 2\nfailures_per_address = 3";
    let site = FaultySite::start(Settings { limits, ..Settings::default() }, [script]).await;
    let ask = async || {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("username", "x=y")
            .append_pair("password", "secret")
            .finish();
        send(site.client_safe.address(), post("/provision", &form)).await
    };
    for _ in 0..2 {
        let answer = ask().await;
        assert!(is_error(&answer, 503, "InternalUnauthenticatedException"), "{answer}");
    }
    let answer = ask().await;
    assert!(is_error(&answer, 429, "TooManyRequests"), "{answer}");
    site.stop().await;
}
