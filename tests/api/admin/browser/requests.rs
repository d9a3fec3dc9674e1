//! Requests that no browser of a user sends: forged, too large, or for something else.

use std::net::SocketAddr;

use test_servers::chromium::Browser;
use test_servers::openfire::Openfire;

use crate::support::app::TestApp;
use crate::support::http_client::{FORM, request, send};
use crate::support::pages::{ADMINISTRATOR, Pages, SIGN_IN, Way, fill_in};

#[tokio::test]
async fn a_forged_host_gets_no_page_and_is_in_no_link() {
    let pages = Pages::with(Way::Http, "").await;
    let own = pages.origin().strip_prefix("http://").unwrap().to_owned();
    for (headers, status) in [
        (vec![("host", "evil.test")], 421),
        (vec![("host", "evil.test:80")], 421),
        (vec![("host", "evil.test"), ("x-forwarded-host", &own)], 421),
        (vec![("host", "evil.test"), ("forwarded", "host=127.0.0.1")], 421),
        (vec![("host", &own), ("x-forwarded-host", "evil.test")], 200),
        (vec![("host", &own), ("forwarded", "host=evil.test")], 200),
    ] {
        let answer = pages.send(request("GET", "/admin/sign-in", &headers, "")).await;
        assert_eq!(answer.status, status, "{headers:?}");
        assert!(!answer.to_string().contains("evil.test"), "{headers:?}: {answer}");
    }
}

#[tokio::test]
async fn only_forms_of_our_own_pages_count() {
    let pages = Pages::with(Way::Http, "").await;
    let (own, origin) = (pages.origin().strip_prefix("http://").unwrap(), pages.origin());
    let form = "username=admin&password=admin-secret&csrf=guessed&to=%2Fadmin%2F";
    for headers in [
        vec![],
        vec![("origin", "null")],
        vec![("origin", "https://evil.test")],
        vec![("origin", origin)],
        vec![("sec-fetch-site", "same-origin")],
        vec![("sec-fetch-site", "same-site"), ("origin", origin)],
        vec![("sec-fetch-site", "cross-site"), ("origin", origin)],
        vec![("sec-fetch-site", "none"), ("origin", origin)],
    ] {
        let all = [vec![("host", own), ("content-type", FORM)], headers.clone()].concat();
        let answer = pages.send(request("POST", "/admin/sign-in", &all, form)).await;
        assert_eq!(
            (answer.status, answer.header("set-cookie").is_some_and(|it| it.contains("provisioner="))),
            (403, false),
            "{headers:?}"
        );
    }
}

#[tokio::test]
async fn a_form_that_is_too_large_gets_a_page_that_says_so() {
    let pages = Pages::start().await;
    let browser = Browser::start().await;
    browser.open(&pages.url("/admin/sign-in")).await;
    fill_in(&browser, ADMINISTRATOR).await;
    browser.value("document.querySelector('input[name=username]').value = 'x'.repeat(3_000_000)").await;
    browser.follow(SIGN_IN).await;
    assert_eq!(browser.value("return performance.getEntriesByType('navigation')[0].responseStatus").await, 413);
    assert!(!browser.text("main h1").await.is_empty());
}

#[tokio::test]
async fn a_listener_of_the_pages_own_has_nothing_else_and_the_other_one_no_pages() {
    let pages = Pages::with(Way::OwnListener, "").await;
    let listener: SocketAddr = pages.origin().strip_prefix("http://").unwrap().parse().unwrap();
    let host = listener.to_string();
    for (path, of_the_pages, of_the_others) in
        [("/admin/sign-in", 200, 404), ("/provision", 404, 405), ("/metrics", 404, 200), ("/readyz", 404, 200)]
    {
        let request = || request("GET", path, &[("host", &host)], "");
        assert_eq!(send(listener, request()).await.status, of_the_pages, "{path}");
        assert_eq!(pages.send(request()).await.status, of_the_others, "{path}");
    }
}

#[tokio::test]
async fn without_own_addresses_there_are_no_pages() {
    let app = TestApp::start(Openfire::shared().await, "").await;
    for path in ["/admin/", "/admin/sign-in", "/admin"] {
        let answer = send(app.address(), request("GET", path, &[], "")).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[tokio::test]
async fn only_the_pages_set_cookies() {
    let pages = Pages::with(Way::Http, "").await;
    let host = pages.origin().strip_prefix("http://").unwrap();
    for (path, has_cookie) in
        [("/admin/sign-in", true), ("/provision", false), ("/metrics", false), ("/nothing", false)]
    {
        let answer = pages.send(request("GET", path, &[("host", host)], "")).await;
        assert_eq!(answer.header("set-cookie").is_some(), has_cookie, "{path}: {answer}");
    }
}
