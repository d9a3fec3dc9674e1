//! The pages in a browser that runs no scripts.

use test_servers::chromium::Browser;

use super::walk::{Who, each_page};
use crate::support::lived_in::lived_in;
use crate::support::pages::{ADMINISTRATOR, is_signed_in};

#[tokio::test]
async fn every_page_opens_and_forms_work() {
    let pages = lived_in().await;
    let browser = Browser::start().await;
    browser.set_scripts(false).await;
    pages.sign_in(&browser, ADMINISTRATOR).await;
    each_page(&pages, &browser, Who::Administrator, async |page| {
        assert_eq!(browser.complaints().await, Vec::<String>::new(), "{page:?}");
        assert!(!browser.text("h1").await.is_empty(), "{page:?}");
        assert!(is_signed_in(&browser).await, "{page:?}");
    })
    .await;
    browser.choose("select[name=language]", "de").await;
    browser.follow("form.preferences button").await;
    assert_eq!(browser.value("return document.documentElement.lang").await, "de");
    browser.choose("select[name=theme]", "dark").await;
    browser.follow("form.preferences button").await;
    assert_eq!(browser.value("return document.documentElement.dataset.theme").await, "dark");
    for (zone, kept, is_known) in [("Asia/Tokyo", "Asia/Tokyo", true), ("Nowhere/Land", "Asia/Tokyo", false)] {
        browser.fill("input[name=zone]", zone).await;
        browser.follow("form.preferences button").await;
        let shown = "return document.querySelector('input[name=zone]').value";
        assert_eq!(browser.value(shown).await, kept, "{zone}");
        let warned = browser.value("return document.querySelector('main .banner.warning[role=status]') !== null").await;
        assert_eq!(warned, !is_known, "{zone}");
    }
    browser.click("details.account summary").await;
    browser.follow("form[action='/admin/sign-out'] button").await;
    assert!(!is_signed_in(&browser).await);
    browser.open(&pages.url("/admin/")).await;
    assert!(!is_signed_in(&browser).await);
}
