//! Openfire's user store is down: it then refuses every user, and no client may lose its saved password for that.

use test_servers::openfire::{Openfire, OpenfireOptions, component_name};

use crate::support::app::{TestApp, config_text};
use crate::support::http_client::{Answer, post, request, send};

const ANNA: &str = "username=anna.berger&password=sunflower-42";
const TOMAS: &str = "username=tomas.novak&password=blue-bicycle-7";

async fn provision(app: &TestApp, form: &str) -> Answer {
    send(app.address(), post("/provision", form)).await
}

async fn take_store_away(openfire: &Openfire) {
    openfire.control(&["sql", "ALTER TABLE ofUser RENAME TO ofUserAway"]).await;
}

async fn bring_store_back(openfire: &Openfire) {
    openfire.control(&["sql", "ALTER TABLE ofUserAway RENAME TO ofUser"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_account_tells_a_store_that_is_down_at_once() {
    let openfire = Openfire::start(OpenfireOptions::default()).await;
    let text = config_text(&openfire, &component_name(), "[http]\nlisten = \"127.0.0.1:0\"").replace(
        "[openfire]",
        "[openfire]\nreference_user = \"maria.silva\"\nreference_password = \"quiet-harbour-19\"",
    );
    let app = TestApp::with_text(&text, None).await;
    assert_eq!(provision(&app, ANNA).await.status, 200);
    assert_eq!(provision(&app, "username=anna.berger&password=wrong").await.status, 401);

    // What this finds out is kept for a second, and says nothing about a refusal that comes later.
    assert_eq!(send(app.address(), request("GET", "/readyz", &[], "")).await.status, 200);
    take_store_away(&openfire).await;
    let answer = provision(&app, ANNA).await;
    assert_eq!(answer.status, 503, "{answer}");
    assert!(answer.text().starts_with("InternalUnauthenticatedException"), "{answer}");

    bring_store_back(&openfire).await;
    while send(app.address(), request("GET", "/readyz", &[], "")).await.status != 200 {}
    assert_eq!(provision(&app, ANNA).await.status, 200);
    assert_eq!(provision(&app, "username=tomas.novak&password=wrong").await.status, 401);
    app.stop().await;
    openfire.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_one_refusals_in_a_row_are_doubted_until_a_login_succeeds() {
    let openfire = Openfire::start(OpenfireOptions::default()).await;
    let app = TestApp::start(&openfire, "[limits]\nrefusals_in_a_row = 2\n").await;
    take_store_away(&openfire).await;
    assert_eq!(provision(&app, ANNA).await.status, 401, "one refusal says nothing");
    let answer = provision(&app, TOMAS).await;
    assert_eq!(answer.status, 503, "{answer}");
    assert!(answer.text().starts_with("InternalUnauthenticatedException"), "{answer}");
    assert_eq!(provision(&app, ANNA).await.status, 503);

    bring_store_back(&openfire).await;
    assert_eq!(provision(&app, "username=tomas.novak&password=wrong").await.status, 503, "nobody was let in yet");
    assert_eq!(provision(&app, TOMAS).await.status, 200);
    assert_eq!(provision(&app, "username=tomas.novak&password=wrong").await.status, 401);
    app.stop().await;
    openfire.stop().await;
}
