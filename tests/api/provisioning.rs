//! The whole service: what it answers while Openfire comes and goes, and how it starts and stops.

mod component_faults;
mod directory;
mod faults;
mod groups;
mod idle_streams;
mod login_names;
mod names;
mod openfire_5;
mod selection;
mod users;
mod values;

use std::time::Duration;

use test_servers::openfire::{Openfire, OpenfireOptions, component_name};
use tokio::time::{Instant, timeout};

use crate::support::app::{TestApp, config_text};
use crate::support::http_client::{Answer, post, request, send};

const ANNA: &str = "username=anna.berger&password=sunflower-42";

async fn readyz(app: &TestApp) -> Answer {
    send(app.address(), request("GET", "/readyz", &[], "")).await
}

/// Asks until the answer has `status`; gives the time that took.
async fn until_ready(app: &TestApp, status: u16) -> Duration {
    let begun = Instant::now();
    timeout(Duration::from_secs(20), async { while readyz(app).await.status != status {} }).await.unwrap_or_else(
        |_| {
            panic!("/readyz never answered {status}");
        },
    );
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_follows_openfire_and_clients_keep_their_password_meanwhile() {
    let openfire = Openfire::start(OpenfireOptions::default()).await;
    let app = TestApp::start(&openfire, "").await;
    until_ready(&app, 200).await;
    assert_eq!(send(app.address(), post("/provision", ANNA)).await.status, 200);

    let stopped = openfire.stop().await;
    let down = until_ready(&app, 503).await;
    assert!(down < Duration::from_secs(3), "not ready only after {down:?}");
    let answer = send(app.address(), post("/provision", ANNA)).await;
    assert_eq!(answer.status, 503, "{answer}");
    assert!(answer.text().starts_with("ConnectionException"), "{answer}");
    assert_eq!(send(app.address(), request("GET", "/healthz", &[], "")).await.status, 200);

    let openfire = stopped.start().await;
    let up = until_ready(&app, 200).await;
    assert!(up < Duration::from_secs(3), "ready again only after {up:?}");
    assert_eq!(send(app.address(), post("/provision", ANNA)).await.status, 200);
    app.stop().await;
    openfire.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_starts_before_openfire_and_says_why_it_is_not_ready() {
    let text = concat!(
        "[openfire]\ndomain = \"example.test\"\nhost = \"127.0.0.1\"\nport = 1\n",
        "[component]\nname = \"a.example.test\"\nsecret = \"secret-of-the-component\"\nport = 1\n",
        "[http]\nlisten = \"127.0.0.1:0\"\n",
    );
    let app = TestApp::unready(text, None);
    until_ready(&app, 503).await;
    let answer = readyz(&app).await;
    assert!(answer.text().contains("component") && answer.text().contains("openfire"), "{answer}");
    assert!(!answer.text().contains("secret-of-the-component"), "{answer}");
    let answer = send(app.address(), post("/provision", ANNA)).await;
    assert_eq!((answer.status, answer.text().starts_with("ConnectionException")), (503, true), "{answer}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_services_run_in_one_process() {
    let openfire = Openfire::shared().await;
    let (one, two) = (TestApp::start(openfire, "").await, TestApp::start(openfire, "").await);
    assert_ne!(one.address(), two.address());
    for app in [&one, &two] {
        assert_eq!(send(app.address(), post("/provision", ANNA)).await.status, 200);
    }
    one.stop().await;
    assert_eq!(send(two.address(), post("/provision", ANNA)).await.status, 200);
    two.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untrusted_certificate_is_our_trouble_and_not_the_users() {
    let openfire = Openfire::shared().await;
    let pinned = format!("[openfire]\ncertificate_sha256 = [\"{}\"]", "00".repeat(32));
    let text = config_text(openfire, &component_name(), "tls = \"none\"\n[http]\nlisten = \"127.0.0.1:0\"")
        .replace("[openfire]", &pinned);
    let text = text.lines().filter(|line| !line.starts_with("ca_file")).collect::<Vec<_>>().join("\n");
    let app = TestApp::with_text(&text, None).await;
    let answer = send(app.address(), post("/provision", ANNA)).await;
    assert_eq!(answer.status, 503, "{answer}");
    assert!(answer.text().starts_with("InternalUnauthenticatedException"), "{answer}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_that_fails_for_a_user_sends_nothing_of_the_reply() {
    let template = "net.java.sip.communicator.impl.protocol.jabber.accTest=accTest\n\
        net.java.sip.communicator.impl.protocol.jabber.accTest.USER_ID={{ user.jid }}\n\
        {% if user.name != 'anna.berger' %}\n\
        net.java.sip.communicator.impl.protocol.jabber.accTest.ACCOUNT_UID=Jabber:{{ user.jid }}\n\
        {% endif %}\n\
        net.java.sip.communicator.impl.protocol.jabber.accTest.PASSWORD={{ password }}\n";
    let app = TestApp::with_template(Openfire::shared().await, "", template).await;
    let answer = send(app.address(), post("/provision", ANNA)).await;
    assert_eq!(answer.status, 500, "an account without ACCOUNT_UID must not pass: {answer}");
    assert!(answer.text().starts_with("TemplateException"), "{answer}");
    assert!(!answer.text().contains("sunflower-42"), "{answer}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_required_roster_that_is_missing_leaves_the_client_as_it_is() {
    let template = "{# require: roster #}\nn={{ roster | length }}\n";
    let more = "[directory]\nroster = \"component\"\n";
    let app = TestApp::with_template(Openfire::shared().await, more, template).await;
    let answer = send(app.address(), post("/provision", ANNA)).await;
    assert_eq!((answer.status, answer.text().starts_with("ConnectionException")), (503, true), "{answer}");
    app.stop().await;
}
