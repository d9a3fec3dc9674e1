//! Signing in with an account of a real Openfire 4.2.0.

use test_servers::openfire::{Openfire, component_name};

use crate::support::app::{TestApp, config_text};
use crate::support::http_client::Answer;
use crate::support::service::Service;
use crate::support::visitor::Visitor;

/// The pages behind a proxy.
const PAGES: &str = "[http]\ntrusted_proxies = [\"127.0.0.1\"]\n[admin]\nurls = [\"http://localhost:9999\"]\n";

/// The reference account. With it one refusal after the other is believed.
const REFERENCE: &str = "reference_user = \"maria.silva\"\nreference_password = \"quiet-harbour-19\"";

/// The account that Openfire takes for an administrator.
const ADMIN: [&str; 2] = ["admin", "admin-secret"];

/// An account that is no administrator.
const ORDINARY: [&str; 2] = ["cardless", "no-card-here"];

/// A service with pages, and with a reference account.
async fn site(admin: &str) -> TestApp {
    let text = config_text(Openfire::shared().await, &component_name(), &format!("{PAGES}{admin}"));
    let text = text.replace("[component]", &format!("{REFERENCE}\n[component]"));
    TestApp::with_text(&text.replace("[http]", "[http]\nlisten = \"127.0.0.1:0\""), None).await
}

async fn sign_in(visitor: &mut Visitor, [username, password]: [&str; 2]) -> Answer {
    visitor.submit("/admin/sign-in", &[("username", username), ("password", password)]).await
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
    let mut visitor = Visitor::new(site.address()).at("192.0.2.1");
    let asked = visitor.get("/admin/requests?user=anna").await;
    assert_eq!(asked.header("location"), Some("/admin/sign-in?to=%2Fadmin%2Frequests%3Fuser%3Danna"), "{asked}");
    let form = visitor.get(asked.header("location").unwrap()).await;
    assert!(form.text().contains("value=\"&#x2f;admin&#x2f;requests?user=anna\""), "{form}");
    let [username, password] = ADMIN;
    let fields = [("username", username), ("password", password), ("to", "/admin/requests?user=anna")];
    let signed_in = visitor.submit("/admin/sign-in", &fields).await;
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
    let mut visitor = Visitor::new(site.address()).at("192.0.2.1");
    is_refused(&sign_in(&mut visitor, ORDINARY).await, 403, "This account is not an administrator.");
    assert!(!visitor.is_signed_in().await);
}

#[tokio::test]
async fn the_lists_of_the_configuration_restrict_and_allow() {
    let site = site("users = [\"anna.berger\"]\nviewers = [\"cardless\"]\n").await;
    let mut listed = Visitor::new(site.address()).at("192.0.2.1");
    is_refused(&sign_in(&mut listed, ADMIN).await, 403, "This account may not sign in here.");
    let mut viewer = Visitor::new(site.address()).at("192.0.2.1");
    assert_eq!(sign_in(&mut viewer, ORDINARY).await.status, 303);
    assert!(viewer.is_signed_in().await);
    let refused = viewer.post("/admin/settings", &[], &viewer.form_token("/admin/settings")).await;
    assert!(refused.status == 403 && refused.text().contains("You can only look"), "{refused}");
}

#[tokio::test]
async fn outside_the_allowed_networks_there_is_no_page_to_sign_in() {
    let site = site("allowed_networks = [\"10.0.0.0/8\"]\n").await;
    let mut outside = Visitor::new(site.address()).at("192.0.2.1");
    is_refused(&outside.get("/admin/sign-in").await, 403, "Your address 192.0.2.1 is not in");
    is_refused(&sign_in(&mut outside, ADMIN).await, 403, "is not in");
    let mut inside = Visitor::new(site.address()).at("10.1.2.3");
    assert_eq!(sign_in(&mut inside, ADMIN).await.status, 303);
}

#[tokio::test]
async fn wrong_passwords_are_counted_at_their_address_alone() {
    let site = site("").await;
    let mut attacker = Visitor::new(site.address()).at("198.51.100.9");
    for _ in 0..10 {
        let wrong = sign_in(&mut attacker, ["admin", "hunter2-hunter2"]).await;
        is_refused(&wrong, 403, "The user name or password is wrong.");
        assert!(wrong.text().contains("value=\"admin\"") && !wrong.text().contains("hunter2"), "{wrong}");
    }
    is_refused(&sign_in(&mut attacker, ADMIN).await, 429, "Too many failed attempts. Try again in");
    let mut administrator = Visitor::new(site.address()).at("192.0.2.1");
    assert_eq!(sign_in(&mut administrator, ADMIN).await.status, 303);
}

#[tokio::test]
async fn the_log_names_the_address_of_each_sign_in_and_no_password() {
    let openfire = Openfire::shared().await;
    let more = PAGES.replace("[http]", "[http]\nlisten = \"127.0.0.1:0\"");
    let text = config_text(openfire, &component_name(), &format!("{more}[log]\nlevel = \"trace\"\n"));
    let mut service = Service::serve(&text.replace("[component]", &format!("{REFERENCE}\n[component]")));
    let mut visitor = Visitor::new(service.ready().await).at("192.0.2.1");
    sign_in(&mut visitor, ORDINARY).await;
    sign_in(&mut visitor, ["admin", "hunter2-hunter2"]).await;
    sign_in(&mut visitor, ADMIN).await;
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
