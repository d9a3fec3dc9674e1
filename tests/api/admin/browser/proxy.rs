//! The pages behind a real proxy that takes TLS off, under several names, and without TLS.

use test_servers::chromium::Browser;
use test_servers::nginx::{FORWARDED, Nginx};
use test_servers::process::free_port;

use crate::support::pages::{ADMINISTRATOR, HOST, OTHER_HOST, Pages, SIGN_IN, Way, fill_in, is_signed_in};

/// Pages behind nginx with these lines of its configuration.
async fn behind(more: &str) -> (Pages, Nginx) {
    let port = free_port();
    let pages = Pages::with(Way::Proxy(&format!("https://{HOST}:{port}")), "").await;
    let proxy = Nginx::start_on(port, pages.address(), more).await;
    (pages, proxy)
}

#[tokio::test]
async fn forms_work_under_every_referrer_policy_of_a_proxy_with_and_without_scripts() {
    for policy in ["no-referrer", "same-origin", "unsafe-url"] {
        let header = format!("proxy_hide_header Referrer-Policy;\nadd_header Referrer-Policy {policy} always;\n");
        let (pages, _proxy) = behind(&format!("{FORWARDED}{header}")).await;
        let browser = Browser::start().await;
        for scripts in [true, false] {
            browser.set_scripts(scripts).await;
            pages.sign_in(&browser, ADMINISTRATOR).await;
            browser.click("details.account summary").await;
            browser.follow("form[action='/admin/sign-out'] button").await;
            assert!(!is_signed_in(&browser).await, "{policy}, scripts {scripts}");
        }
    }
}

/// nginx sends its own name for the service on, unless it is asked for another.
#[tokio::test]
async fn a_proxy_that_hides_the_host_gets_a_page_that_says_so() {
    let (pages, _proxy) = behind("").await;
    let browser = Browser::start().await;
    browser.open(&pages.url("/admin/sign-in")).await;
    assert!(!browser.has(SIGN_IN).await);
    let text = browser.text("main").await;
    assert!(text.contains("admin.urls") && text.contains("Host"), "{text}");
}

#[tokio::test]
async fn plain_http_on_this_machine_is_enough_for_a_session() {
    let pages = Pages::with(Way::Http, "").await;
    let browser = Browser::start().await;
    browser.open(&pages.url("/admin/sign-in")).await;
    fill_in(&browser, ADMINISTRATOR).await;
    browser.follow(SIGN_IN).await;
    assert!(is_signed_in(&browser).await, "{}", browser.text("main").await);
}

#[tokio::test]
async fn each_own_name_has_sessions_of_its_own_and_its_links_stay_there() {
    let pages = Pages::start().await;
    let browser = pages.signed_in().await;
    let other = pages.origin().replace(HOST, OTHER_HOST);
    browser.open(&format!("{other}/admin/")).await;
    assert!(!is_signed_in(&browser).await);
    fill_in(&browser, ADMINISTRATOR).await;
    browser.follow(SIGN_IN).await;
    assert_eq!(browser.url().await, format!("{other}/admin/"));
    let links = browser.value("return [...document.links, ...document.forms].map(it => it.href ?? it.action)").await;
    let links = links.as_array().unwrap();
    assert!(links.len() > 5 && links.iter().all(|link| link.as_str().unwrap().starts_with(&other)), "{links:?}");
}
