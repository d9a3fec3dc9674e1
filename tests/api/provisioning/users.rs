//! A form comes in over HTTP, a real Openfire says whether the password is right, a text or an error goes out.

use test_servers::openfire::Openfire;

use crate::support::app::TestApp;
use crate::support::http_client::{Answer, post, send};

/// The outcome, as the client sees it.
async fn provision(app: &TestApp, user: &str, password: &str) -> Answer {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("username", user)
        .append_pair("password", password)
        .finish();
    send(app.address(), post("/provision", &form)).await
}

async fn accepted(app: &TestApp, user: &str, password: &str) {
    let answer = provision(app, user, password).await;
    assert_eq!(answer.status, 200, "{user}: {answer}");
    assert!(
        answer.text().contains(".ACCOUNT_UID=Jabber\\:") || answer.text().contains(".ACCOUNT_UID=Jabber:"),
        "{answer}"
    );
}

async fn refused(app: &TestApp, user: &str, password: &str) -> String {
    let answer = provision(app, user, password).await;
    assert_eq!(answer.status, 401, "{user}: {answer}");
    assert_eq!(answer.header("www-authenticate"), None, "a form must not be answered with a challenge");
    answer.text().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_password_is_provisioned_in_every_script() {
    let app = TestApp::start(Openfire::shared().await, "").await;
    for (user, password) in [
        ("anna.berger", "sunflower-42"),
        ("élodie.lefèvre", "crème brûlée à Nîmes"),
        ("иван.петров", "совершенно секретно"),
        ("王小明", "密码很长也很安全"),
        ("佐藤さくら", "ひみつのパスワード"),
        ("김민준", "비밀번호는비밀"),
        ("hostile", "=\"${null}\\u0041'# !:<&>"),
    ] {
        accepted(&app, user, password).await;
        refused(&app, user, &format!("{password}x")).await;
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_may_be_written_in_upper_case_with_the_domain_and_with_odd_characters() {
    let app = TestApp::start(Openfire::shared().await, "").await;
    for user in ["ANNA.Berger", "anna.berger@example.test", " Anna.Berger@EXAMPLE.test "] {
        accepted(&app, user, "sunflower-42").await;
    }
    for (user, password) in [
        ("anna b", "space-in-name"),
        ("anna\\20b", "space-in-name"),
        ("anna@work", "at-in-name"),
        ("anna@work@example.test", "at-in-name"),
        ("O'Hara", "apostrophe-in-name"),
    ] {
        accepted(&app, user, password).await;
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_wrong_foreign_and_disabled_cannot_be_distinguished() {
    let app = TestApp::start(Openfire::shared().await, "").await;
    let wrong = refused(&app, "anna.berger", "wrong").await;
    assert!(wrong.starts_with("UnauthorizedException"), "{wrong}");
    assert_eq!(refused(&app, "nobody.at.all", "wrong").await, wrong);
    assert_eq!(refused(&app, "anna.berger@other.test", "sunflower-42").await, wrong);
    assert_eq!(refused(&app, "disabled", "wrong").await, wrong);
    assert_eq!(refused(&app, "disabled", "locked-but-right").await, wrong);
    assert_eq!(refused(&app, "anna.berger", "").await, wrong);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_failures_are_throttled_and_the_right_password_waits_too() {
    let app = TestApp::start(Openfire::shared().await, "[limits]\nfailures_per_user = 2\n").await;
    for _ in 0..2 {
        refused(&app, "anna.berger", "wrong").await;
    }
    let answer = provision(&app, "anna.berger", "sunflower-42").await;
    assert_eq!(answer.status, 429, "{answer}");
    assert!(answer.text().starts_with("TooManyRequests"), "{answer}");
    assert!(answer.header("retry-after").is_some_and(|wait| wait.parse::<u64>().is_ok_and(|wait| wait > 0)));
    accepted(&app, "tomas.novak", "blue-bicycle-7").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn basic_credentials_are_taken_where_the_form_has_none() {
    let app = TestApp::start(Openfire::shared().await, "").await;
    let basic = |user: &str, password: &str| {
        use base64::Engine as _;
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        let mut request = post("/provision", "os=linux");
        request.headers_mut().insert("authorization", format!("Basic {pair}").parse().unwrap());
        request
    };
    let challenge = send(app.address(), post("/provision", "")).await;
    assert_eq!(challenge.status, 401, "{challenge}");
    assert!(challenge.header("www-authenticate").unwrap().starts_with("Basic realm="), "{challenge}");
    let answer = send(app.address(), basic("王小明", "密码很长也很安全")).await;
    assert_eq!(answer.status, 200, "{answer}");
    let answer = send(app.address(), basic("王小明", "wrong")).await;
    assert_eq!(answer.status, 401, "{answer}");
    assert!(answer.header("www-authenticate").is_some(), "{answer}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_guesses_at_the_same_time_are_throttled_too() {
    let limits = "[limits]\nfailures_per_address = 5\nconcurrent_logins = 4\n";
    let app = TestApp::start(Openfire::shared().await, limits).await;
    let guesses = (0..60).map(|number| {
        let app = &app;
        async move { provision(app, &format!("guessed{number}"), "wrong").await.status }
    });
    let statuses = futures::future::join_all(guesses).await;
    let tried = statuses.iter().filter(|status| **status != 429).count();
    assert!(tried <= 5 + 4, "{tried} guesses reached Openfire: {statuses:?}");
    app.stop().await;
}
