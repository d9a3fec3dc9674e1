//! What other sites can do to a person who is signed in, and what they cannot.

use std::collections::HashMap;

use serde_json::json;
use test_servers::chromium::Browser;
use test_servers::nginx::Nginx;
use test_servers::web_server::{Answer, WebServer};

use crate::support::pages::{ADMINISTRATOR, HOST, Pages, fill_in, is_signed_in};

const SESSION_COOKIE: &str = "__Host-openfire-provisioner";

async fn site(pages: &[(&str, Answer)]) -> WebServer {
    WebServer::start(pages.iter().map(|(path, answer)| ((*path).to_owned(), answer.clone())).collect::<HashMap<_, _>>())
        .await
}

fn page(body: &str) -> Answer {
    Answer::page(&format!("<!doctype html><title>Another site</title><link rel=icon href=data:,>{body}"))
}

/// The cookies of a request, as the browser sent them.
async fn cookies_sent_to(browser: &Browser, url: &str) -> String {
    let loads = browser.loads().await;
    let load = loads.iter().rev().find(|load| load.url == url).unwrap_or_else(|| panic!("{url} is not in {loads:?}"));
    load.sent.iter().find(|(name, _)| name == "cookie").map(|(_, value)| value.clone()).unwrap_or_default()
}

/// As from Openfire's console: plain HTTP, another port, and at first a page of its own that redirects.
#[tokio::test]
async fn a_click_on_another_site_arrives_signed_in_which_a_strict_cookie_would_not() {
    let pages = Pages::start().await;
    let browser = pages.signed_in().await;
    let overview = pages.url("/admin/");
    for (name, same_site) in [("lax", "Lax"), ("strict", "Strict")] {
        let cookie = json!({ "name": name, "value": "1", "url": overview, "sameSite": same_site, "secure": true });
        assert_eq!(browser.devtools("Network.setCookie", cookie).await["success"], true);
    }
    let console = site(&[
        ("/console", page(&format!("<a id=direct href={overview}>Direct</a> <a id=servlet href=/servlet>Servlet</a>"))),
        ("/servlet", Answer::redirect(&overview)),
        ("/refresh", page(&format!("<meta http-equiv=refresh content='0; url={overview}'>"))),
    ])
    .await;
    for link in ["#direct", "#servlet"] {
        browser.open(&console.url("console.test", "/console")).await;
        browser.loads().await;
        browser.follow(link).await;
        assert_eq!(browser.url().await, overview, "{link}");
        assert!(is_signed_in(&browser).await, "{link}");
        let cookies = cookies_sent_to(&browser, &overview).await;
        assert!(cookies.contains("lax=1") && !cookies.contains("strict=1"), "{link}: {cookies}");
    }
    browser.open(&console.url("console.test", "/refresh")).await;
    browser.text("nav").await;
    assert!(is_signed_in(&browser).await);
}

#[tokio::test]
async fn a_form_of_another_site_changes_nothing() {
    let pages = Pages::start().await;
    let browser = pages.signed_in().await;
    let action = pages.url("/admin/sign-out");
    let form = format!("<form method=post action={action}><input name=csrf value=guessed><button>Win</button></form>");
    let evil = site(&[("/", page(&form))]).await;
    // A name below ours, with TLS: the browser sends it the `Lax` and even the `Strict` cookies of ours.
    let neighbour = Nginx::start(evil.address(), "").await;
    for from in [evil.url("evil.test", "/"), format!("https://neighbour.{HOST}:{}/", neighbour.port())] {
        browser.open(&from).await;
        browser.follow("button").await;
        assert_eq!(browser.url().await, action);
        assert_eq!(
            browser.value("return performance.getEntriesByType('navigation')[0].responseStatus").await,
            403,
            "{from}"
        );
        browser.open(&pages.url("/admin/")).await;
        assert!(is_signed_in(&browser).await, "{from} has ended the session");
    }
}

#[tokio::test]
async fn no_site_shows_the_pages_in_a_frame() {
    let pages = Pages::start().await;
    let browser = pages.signed_in().await;
    let frames = format!("<iframe src={}></iframe>", pages.url("/admin/"));
    let evil = site(&[("/", page(&frames))]).await;
    let neighbour = Nginx::start(evil.address(), "").await;
    for from in [evil.url("evil.test", "/"), format!("https://neighbour.{HOST}:{}/", neighbour.port())] {
        browser.open(&from).await;
        browser.enter_frame("iframe").await;
        assert!(!browser.has("main").await && !browser.has("form").await, "{from}");
        browser.leave_frame().await;
    }
}

/// An attacker chose the cookies of this browser before its user signs in.
#[tokio::test]
async fn a_session_gets_a_token_that_was_not_known_before() {
    let pages = Pages::start().await;
    let browser = Browser::start().await;
    let planted = "cGxhbnRlZC1ieS1hbm90aGVyLXNpdGUtMDAwMDAwMDA";
    for name in [SESSION_COOKIE, "__Host-openfire-provisioner-visitor"] {
        let cookie =
            json!({ "name": name, "value": planted, "url": pages.url("/admin/"), "secure": true, "path": "/" });
        assert_eq!(browser.devtools("Network.setCookie", cookie).await["success"], true);
    }
    browser.open(&pages.url("/admin/sign-in")).await;
    fill_in(&browser, ADMINISTRATOR).await;
    browser.follow(crate::support::pages::SIGN_IN).await;
    assert!(is_signed_in(&browser).await, "{}", browser.text("main").await);
    let cookies = browser.cookies().await;
    let session = cookies.iter().find(|cookie| cookie["name"] == SESSION_COOKIE).expect("a session");
    assert_ne!(session["value"], planted);
    assert_eq!(
        (&session["httpOnly"], &session["secure"], &session["sameSite"], &session["path"]),
        (&json!(true), &json!(true), &json!("Lax"), &json!("/"))
    );

    let other = Browser::start().await;
    let cookie =
        json!({ "name": SESSION_COOKIE, "value": planted, "url": pages.url("/admin/"), "secure": true, "path": "/" });
    assert_eq!(other.devtools("Network.setCookie", cookie).await["success"], true);
    other.open(&pages.url("/admin/")).await;
    assert!(!is_signed_in(&other).await);
}
