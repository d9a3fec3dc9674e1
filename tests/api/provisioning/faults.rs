//! Requests while the client port misbehaves: the right error by the deadline, nothing left behind, and the next works.

use std::time::Duration;

use futures::future::join_all;
use test_servers::component_port::{is_vcard_query, named};
use test_servers::scripted_peer::text::{
    CLIENT_HELLO, PROCEED, STARTTLS, failure, header, healthy, mechanisms, open, secured,
};
use test_servers::scripted_peer::{Fault, Scram, Step};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::support::faulty_site::{FaultySite, Settings, form, is_error, is_provisioned};
use crate::support::http_client::{Raw, raw_post};

/// What a machine under load may be late.
const GRACE: Duration = Duration::from_secs(3);
/// The deadline where the outcome is to come by it, and the same in `[limits]`.
const DEADLINE: Duration = Duration::from_millis(1500);
const SHORT: Settings = Settings {
    component: "iq_timeout = \"1s\"",
    limits: "request_deadline = \"1500ms\"",
    openfire: "",
    directory: "",
    template: None,
};
/// The usual deadline is 8 s; what is reported at once is reported long before.
const AT_ONCE: Duration = Duration::from_secs(1);

fn send(text: &str) -> Step {
    Step::Send(text.to_owned())
}

fn then(mut script: Vec<Step>, more: impl IntoIterator<Item = Step>) -> Vec<Step> {
    script.extend(more);
    script
}

/// A login by SCRAM up to the verdict.
fn scram(fault: Fault) -> Vec<Step> {
    let server = Step::Scram(Scram { password: "secret", iterations: 100, fault });
    then(secured(&mechanisms(&["SCRAM-SHA-256"])), [Step::Expect("</auth>"), server])
}

/// A login by PLAIN that ends with this word of the server.
fn verdict(word: &str) -> Vec<Step> {
    then(secured(&mechanisms(&["PLAIN"])), [Step::Expect("</auth>"), send(word)])
}

/// All states in which a server can stop talking: accepted, after its header, after its features, after the consent to
/// TLS, inside TLS, after the features there, after `<auth/>`, after the challenge.
fn points() -> Vec<Vec<Step>> {
    let offer = secured(&mechanisms(&["SCRAM-SHA-256"]));
    let proceed = [Step::Expect("<starttls"), Step::Expect(">"), send(PROCEED)];
    vec![
        vec![],
        vec![Step::Expect("<stream:stream"), Step::Expect(">"), send(&header())],
        open(STARTTLS),
        then(open(STARTTLS), proceed.clone()),
        then(then(open(STARTTLS), proceed), [Step::Tls]),
        offer.clone(),
        then(offer, [Step::Expect("</auth>")]),
        scram(Fault::NoVerdict),
    ]
}

/// Each script is played to one request of either service, all at the same time, and every one must end as `name` with
/// one of the `statuses`, client-safe and plugin, within `time`. The requests after them must work.
async fn all_end_as(settings: Settings, scripts: Vec<Vec<Step>>, name: &str, statuses: [u16; 2], time: Duration) {
    let number = scripts.len();
    let twice = scripts.into_iter().flat_map(|script| [script.clone(), script]);
    let site = FaultySite::start(settings, twice.chain([healthy()])).await;
    let begun = Instant::now();
    for answers in join_all((0..number).map(|_| site.ask())).await {
        for (answer, status) in answers.iter().zip(statuses) {
            assert!(is_error(answer, status, name), "{answer}");
            assert_eq!(answer.header("www-authenticate"), None, "a form must not be answered with a challenge");
        }
    }
    let took = begun.elapsed();
    assert!(took < time + GRACE, "it took {took:?}");
    assert_eq!(site.peer.accepted(), 2 * number, "nothing is tried twice");
    site.is_clean().await;
    site.serves_again().await;
    site.stop().await;
}

#[tokio::test]
async fn silence_and_trickling_end_as_a_connection_error_at_the_deadline() {
    let trickle = |text: String| Step::Trickle(text, Duration::from_millis(20));
    let mut scripts = points();
    scripts.push(vec![Step::Expect(">"), trickle(header() + STARTTLS)]);
    scripts.push(then(secured(&mechanisms(&["PLAIN"])), [trickle("<success ".to_owned() + &" ".repeat(400))]));
    all_end_as(SHORT, scripts, "ConnectionException", [503, 401], DEADLINE).await;
}

#[tokio::test]
async fn a_cut_anywhere_is_a_connection_error_at_once() {
    // At the first point nothing has been sent yet; such a connection is tried once more (`login_connections`).
    let scripts = points().into_iter().skip(1).map(|script| then(script, [Step::Cut])).collect();
    all_end_as(Settings::default(), scripts, "ConnectionException", [503, 401], AT_ONCE).await;
}

#[tokio::test]
async fn garbage_anywhere_is_a_connection_error_at_once() {
    let garbage = send("\u{1}\u{2} HTTP/1.1 400 Bad Request\r\n\r\n");
    // Directly behind the consent to TLS it would count as injected, so the client's Hello is awaited there.
    let answers = |script: Vec<Step>| match script.last() {
        Some(Step::Send(text)) if text == PROCEED => then(script, [Step::Expect(CLIENT_HELLO), garbage.clone()]),
        _ => then(script, [garbage.clone()]),
    };
    let scripts = points().into_iter().map(answers).collect();
    all_end_as(Settings::default(), scripts, "ConnectionException", [503, 401], AT_ONCE).await;
}

#[tokio::test]
async fn two_megabytes_and_a_stream_error_are_a_connection_error_at_once() {
    let flood = [send("<stream:features><x xmlns='y'>"), Step::Flood("0123456789abcdef", 2 * 1024 * 1024 / 16)];
    let error =
        "<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>";
    let scripts = vec![
        then(vec![Step::Expect(">"), send(&header())], flood.clone()),
        then(secured(""), flood),
        open(error),
        then(secured(&mechanisms(&["PLAIN"])), [Step::Expect("</auth>"), send(error)]),
    ];
    all_end_as(Settings::default(), scripts, "ConnectionException", [503, 401], AT_ONCE).await;
}

#[tokio::test]
async fn a_server_that_cannot_check_or_is_not_to_be_believed_is_never_a_wrong_password() {
    let scripts = vec![
        secured(&mechanisms(&["ANONYMOUS"])),
        secured(&mechanisms(&["EXTERNAL", "DIGEST-MD5"])),
        open(&mechanisms(&["PLAIN"])),
        verdict(&failure("temporary-auth-failure")),
        verdict(&failure("invalid-mechanism")),
        scram(Fault::WrongSignature),
        scram(Fault::NoSignature),
        scram(Fault::SuccessAtOnce),
        scram(Fault::OtherNonce),
    ];
    all_end_as(Settings::default(), scripts, "InternalUnauthenticatedException", [503, 401], AT_ONCE).await;
}

#[tokio::test]
async fn plain_outside_tls_is_never_used() {
    let settings = Settings { openfire: "tls = \"none\"", ..Settings::default() };
    let site = FaultySite::start(settings, [open(&mechanisms(&["PLAIN"]))]).await;
    let [client_safe, plugin] = site.ask().await;
    assert!(is_error(&client_safe, 503, "InternalUnauthenticatedException"), "{client_safe}");
    assert!(is_error(&plugin, 401, "InternalUnauthenticatedException"), "{plugin}");
    site.is_clean().await;
    assert!(site.peer.unexpected().iter().all(|text| !text.contains("<auth")), "{:?}", site.peer.unexpected());
    site.stop().await;
}

#[tokio::test]
async fn what_the_server_says_about_the_user_is_unauthorized() {
    let conditions = ["not-authorized", "account-disabled", "credentials-expired"];
    let mut scripts: Vec<Vec<Step>> = conditions.iter().map(|condition| verdict(&failure(condition))).collect();
    let other = Step::Scram(Scram { password: "another", iterations: 100, fault: Fault::None });
    scripts.push(then(secured(&mechanisms(&["SCRAM-SHA-256"])), [Step::Expect("</auth>"), other]));
    all_end_as(Settings::default(), scripts, "UnauthorizedException", [401, 401], AT_ONCE).await;
}

#[tokio::test]
async fn a_client_that_goes_away_during_its_login_takes_the_login_with_it() {
    let (reported, mut reached) = watch::channel(false);
    let silent = then(secured(&mechanisms(&["PLAIN"])), [Step::Expect("</auth>"), Step::Tell(reported.into())]);
    let site = FaultySite::start(Settings::default(), [silent, healthy()]).await;
    let mut client = Raw::open(site.client_safe.address()).await;
    client.write(&raw_post(&form("anna"))).await;
    tokio::time::timeout(GRACE * 5, reached.wait_for(|reached| *reached)).await.expect("a login in time").unwrap();
    drop(client);
    site.is_clean().await;
    site.serves_again().await;
    site.stop().await;
}

#[tokio::test]
async fn a_client_that_goes_away_during_its_query_takes_the_query_with_it() {
    let settings = Settings { component: "max_pending = 1\niq_timeout = \"7s\"", ..Settings::default() };
    let site = FaultySite::start(settings, [healthy()]).await;
    site.port.answer_by(|_| None);
    let mut client = Raw::open(site.client_safe.address()).await;
    client.write(&raw_post(&form("anna"))).await;
    let query = site.port.heard(1, is_vcard_query).await.remove(0);
    drop(client);
    site.is_clean().await;
    // Its place is free for another at once, and its answer, late, is nobody's.
    site.port.answer_by(|query| named(query, "Anna Berger"));
    site.serves_again().await;
    site.port.say(named(&query, "Somebody Else").unwrap());
    site.serves_again().await;
    site.stop().await;
}

#[tokio::test]
async fn a_refused_connection_is_a_connection_error_at_once() {
    let mut site = FaultySite::start(Settings::default(), [healthy()]).await;
    site.serves_again().await;
    site.peer.close().await;
    let begun = Instant::now();
    let [client_safe, plugin] = site.ask().await;
    assert!(begun.elapsed() < AT_ONCE + GRACE, "it took {:?}", begun.elapsed());
    assert!(is_error(&client_safe, 503, "ConnectionException"), "{client_safe}");
    assert!(is_error(&plugin, 401, "ConnectionException"), "{plugin}");
    site.peer.reopen().await;
    for answer in site.ask().await {
        assert!(is_provisioned(&answer, "Anna Berger"), "{answer}");
    }
    site.is_clean().await;
    site.stop().await;
}

#[tokio::test]
async fn a_reply_goes_on_without_the_roster_that_is_not_answered() {
    let settings = Settings {
        directory: "roster = \"session\"\nroster_timeout = \"200ms\"",
        template: Some("x.DISPLAY_NAME=Anna Berger\nn={{ roster | length }}\nname={{ vcard.full_name }}\n"),
        ..Settings::default()
    };
    let site = FaultySite::start(settings, [[healthy(), vec![Step::Session(None)]].concat()]).await;
    for answer in site.ask().await {
        assert!(answer.text().contains("n=0\nname=Anna Berger\n"), "{answer}");
    }
    site.is_clean().await;
    site.stop().await;
}
