//! Signing in with an account of a real Openfire 4.2.0.

use test_servers::openfire::{Openfire, component_name};

use crate::support::app::{TestApp, config_text};
use crate::support::http_client::Answer;
use crate::support::service::Service;
use crate::support::visitor::{ADMIN, ORDINARY, PAGES, REFERENCE, Visitor};

/// A service with pages, and with a reference account.
async fn site(admin: &str) -> TestApp {
    let text = config_text(Openfire::shared().await, &component_name(), &format!("{PAGES}{admin}"));
    let text = text.replace("[component]", &format!("{REFERENCE}\n[component]"));
    TestApp::with_text(&text.replace("[http]", "[http]\nlisten = \"127.0.0.1:0\""), None).await
}

#[track_caller]
fn is_refused(answer: &Answer, status: u16, words: &str) {
    assert!(answer.status == status && answer.text().contains(words), "{answer}");
    let cookies = answer.headers.get_all("set-cookie").iter();
    assert!(!cookies.into_iter().any(|cookie| cookie.to_str().unwrap().starts_with("__Host-openfire-provisioner=")));
}

#[tokio::test]
async fn an_administrator_of_openfire_signs_in_and_sees_the_page_that_was_asked_for() {
    let site = site("").await;
    let mut visitor = Visitor::new(site.address(), "192.0.2.1");
    let asked = visitor.get("/admin/requests?user=anna").await;
    assert_eq!(asked.header("location"), Some("/admin/sign-in?to=%2Fadmin%2Frequests%3Fuser%3Danna"), "{asked}");
    let form = visitor.get("/admin/sign-in?to=%2Fadmin%2Frequests%3Fuser%3Danna").await;
    assert!(form.text().contains("value=\"&#x2f;admin&#x2f;requests?user=anna\""), "{form}");
    let [username, password] = ADMIN;
    let fields = [("username", username), ("password", password), ("to", "/admin/requests?user=anna")];
    let signed_in = visitor.post("/admin/sign-in", &fields).await;
    assert_eq!(
        (signed_in.status, signed_in.header("location")),
        (303, Some("/admin/requests?user=anna")),
        "{signed_in}"
    );
    let cookie = signed_in.header("set-cookie").unwrap();
    assert!(cookie.ends_with("; Path=/; Secure; SameSite=Lax; HttpOnly"), "{cookie}");
    let overview = visitor.get("/admin/").await;
    assert!(overview.status == 200 && overview.text().contains("<bdi>admin</bdi>"), "{overview}");
}

#[tokio::test]
async fn an_ordinary_user_with_the_right_password_is_no_administrator() {
    let site = site("").await;
    let mut visitor = Visitor::new(site.address(), "192.0.2.1");
    is_refused(&visitor.sign_in(ORDINARY).await, 403, "This account is not an administrator.");
    assert!(!visitor.is_signed_in().await);
}

#[tokio::test]
async fn the_lists_of_the_configuration_restrict_and_allow() {
    let site = site("users = [\"anna.berger\"]\nviewers = [\"cardless\"]\n").await;
    let mut listed = Visitor::new(site.address(), "192.0.2.1");
    is_refused(&listed.sign_in(ADMIN).await, 403, "This account may not sign in here.");
    let mut viewer = Visitor::new(site.address(), "192.0.2.1");
    assert_eq!(viewer.sign_in(ORDINARY).await.status, 303);
    assert!(viewer.is_signed_in().await);
    let refused = viewer.post("/admin/settings", &[]).await;
    assert!(refused.status == 403 && refused.text().contains("Your account can only look"), "{refused}");
}

#[tokio::test]
async fn outside_the_allowed_networks_there_is_no_page_to_sign_in() {
    let site = site("allowed_networks = [\"10.0.0.0/8\"]\n").await;
    let mut outside = Visitor::new(site.address(), "192.0.2.1");
    is_refused(&outside.get("/admin/sign-in").await, 403, "Your address 192.0.2.1 is not in");
    is_refused(&outside.sign_in(ADMIN).await, 403, "is not in");
    let mut inside = Visitor::new(site.address(), "10.1.2.3");
    assert_eq!(inside.sign_in(ADMIN).await.status, 303);
}

#[tokio::test]
async fn wrong_passwords_are_counted_at_their_address_alone() {
    let site = site("").await;
    let mut attacker = Visitor::new(site.address(), "198.51.100.9");
    for _ in 0..10 {
        let wrong = attacker.sign_in(["admin", "hunter2-hunter2"]).await;
        is_refused(&wrong, 403, "The user name or password is wrong.");
        assert!(wrong.text().contains("value=\"admin\"") && !wrong.text().contains("hunter2"), "{wrong}");
    }
    is_refused(&attacker.sign_in(ADMIN).await, 429, "Too many failed attempts. Try again in");
    let mut administrator = Visitor::new(site.address(), "192.0.2.1");
    assert_eq!(administrator.sign_in(ADMIN).await.status, 303);
}

#[tokio::test]
async fn the_log_names_the_address_of_each_sign_in_and_no_password() {
    let openfire = Openfire::shared().await;
    let more = PAGES.replace("[http]", "[http]\nlisten = \"127.0.0.1:0\"");
    let text = config_text(openfire, &component_name(), &format!("{more}[log]\nlevel = \"trace\"\n"));
    let mut service = Service::serve(&text.replace("[component]", &format!("{REFERENCE}\n[component]")));
    let mut visitor = Visitor::new(service.ready().await, "192.0.2.1");
    visitor.sign_in(ORDINARY).await;
    visitor.sign_in(["admin", "hunter2-hunter2"]).await;
    visitor.sign_in(ADMIN).await;
    let of_ordinary = &["WARN", "sign-in from 192.0.2.1 refused: the account is not an administrator", "cardless"];
    service.line(of_ordinary).await;
    service
        .line(&["INFO", "sign-in from 192.0.2.1 refused: the user name or the password is wrong", "user admin"])
        .await;
    service.line(&["INFO", "sign-in from 192.0.2.1 succeeded: admin is signed in as administrator"]).await;
    let log = service.log();
    for secret in [ORDINARY[1], ADMIN[1], "hunter2", visitor.session().unwrap()] {
        assert!(!log.contains(secret), "{secret}");
    }
}
