//! Every page, and what all of them have in common.

use test_servers::chromium::{Browser, Scheme};

use crate::support::lived_in::{HOSTILE, lived_in};
use crate::support::pages::{ADMINISTRATOR, Pages, SIGN_IN, fill_in};

/// Who may open a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anyone.
    Guest,
    /// Administrators who have signed in.
    Administrator,
}

/// A page.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Its name in pictures and messages.
    pub name: &'static str,
    /// Its path. One that ends in `*` is that of the first link with this beginning on the page before.
    pub path: &'static str,
    pub who: Who,
}

const fn guest(name: &'static str, path: &'static str) -> Page {
    Page { name, path, who: Who::Guest }
}

const fn own(name: &'static str, path: &'static str) -> Page {
    Page { name, path, who: Who::Administrator }
}

/// All pages. A test fails when the navigation has one that is missing here.
pub const PAGES: &[Page] = &[
    guest("sign-in", "/admin/sign-in"),
    guest("link", "/admin/link"),
    own("overview", "/admin/"),
    own("requests", "/admin/requests"),
    own("request", "/admin/requests/*"),
    own("preview", "/admin/preview"),
    own("preview-of-a-user", "/admin/preview?user=anna.berger"),
    own("preview-of-a-hostile-user", "/admin/preview?user=hostile"),
    own("templates", "/admin/templates"),
    own("template", "/admin/templates?*"),
    own("rules", "/admin/rules"),
    own("data", "/admin/data"),
    own("settings", "/admin/settings"),
    own("locked-out", "/admin/locked-out"),
    own("audit", "/admin/audit"),
    own("console-plugin", "/admin/console-plugin"),
];

/// From a small phone to 4K.
const WIDTHS: [u32; 6] = [360, 600, 960, 1280, 1920, 3840];

/// The most that a page may weigh with all that it loads, in bytes.
const MOST_BYTES: u64 = 100 * 1024;

/// Languages, the longest words last.
const LANGUAGES: [&str; 2] = ["en", "de"];

/// Opens each page in turn, in a browser that may open it.
pub async fn each_page(pages: &Pages, browser: &Browser, who: Who, mut check: impl AsyncFnMut(Page)) {
    for page in PAGES.iter().copied().filter(|page| page.who == who) {
        let url = match page.path.strip_suffix('*') {
            Some(prefix) => first_link(browser, prefix).await,
            None => pages.url(page.path),
        };
        browser.open(&url).await;
        check(page).await;
    }
}

async fn first_link(browser: &Browser, prefix: &str) -> String {
    let link = browser.value(&format!("return document.querySelector('main a[href^=\"{prefix}\"]')?.href")).await;
    link.as_str().unwrap_or_else(|| panic!("no link to {prefix}")).to_owned()
}

/// Browsers for both kinds of pages.
pub async fn browsers(pages: &Pages, language: &str) -> [(Who, Browser); 2] {
    let signed_in = Browser::in_language(language).await;
    pages.sign_in(&signed_in, ADMINISTRATOR).await;
    [(Who::Guest, Browser::in_language(language).await), (Who::Administrator, signed_in)]
}

#[tokio::test]
async fn no_page_has_an_accessibility_fault() {
    let pages = lived_in().await;
    for (who, browser) in browsers(&pages, "en").await {
        each_page(&pages, &browser, who, async |page| {
            for scheme in Scheme::ALL {
                browser.prefer(scheme).await;
                let faults = browser.accessibility_faults().await;
                assert_eq!(faults, Vec::<String>::new(), "{page:?}, {}", scheme.word());
            }
        })
        .await;
    }
}

#[tokio::test]
async fn no_page_scrolls_sideways_from_a_phone_to_4k_in_any_language() {
    let pages = lived_in().await;
    for language in LANGUAGES {
        for (who, browser) in browsers(&pages, language).await {
            each_page(&pages, &browser, who, async |page| {
                assert_eq!(browser.value("return document.documentElement.lang").await, language);
                for width in WIDTHS {
                    browser.set_width(width).await;
                    let wide = browser.wider_than_the_page().await;
                    assert_eq!(wide, Vec::<String>::new(), "{page:?}, {language}, {width} pixels");
                }
                browser.reset_width().await;
            })
            .await;
        }
    }
}

#[tokio::test]
async fn every_page_is_light_asks_no_other_server_and_keeps_its_own_policy() {
    let pages = lived_in().await;
    for (who, browser) in browsers(&pages, "en").await {
        browser.set_cache(false).await;
        browser.loads().await;
        browser.complaints().await;
        each_page(&pages, &browser, who, async |page| {
            let mut loads = browser.loads().await;
            // What the browser itself paints into a field.
            loads.retain(|load| !load.url.starts_with("data:"));
            for load in &loads {
                assert!(load.url.starts_with(&pages.url("/admin/")), "{page:?} loads {load:?}");
                assert_eq!(load.status, 200, "{page:?} loads {load:?}");
            }
            assert!(loads.len() >= 3, "{page:?} without style and script: {loads:?}");
            let bytes: u64 = loads.iter().map(|load| load.bytes).sum();
            assert!(bytes < MOST_BYTES, "{page:?} weighs {bytes} bytes: {loads:?}");
            assert_eq!(browser.complaints().await, Vec::<String>::new(), "{page:?}");
            let inside =
                "return [...document.querySelectorAll('[style], style, script:not([src])')].map(e => e.outerHTML)";
            assert_eq!(browser.value(inside).await, serde_json::json!([]), "{page:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn what_strangers_sent_and_vcards_say_stays_text_on_every_page() {
    let pages = lived_in().await;
    let browser = Browser::start().await;
    browser.open(&pages.url("/admin/sign-in")).await;
    fill_in(&browser, (HOSTILE, HOSTILE)).await;
    browser.follow(SIGN_IN).await;
    assert_eq!(browser.value("return document.querySelector('input[name=username]').value").await, HOSTILE);
    pages.sign_in(&browser, ADMINISTRATOR).await;
    let mut shown = Vec::new();
    each_page(&pages, &browser, Who::Administrator, async |page| {
        let ran = "return typeof owned !== 'undefined' || document.querySelector('img[src=x], main script') !== null";
        assert_eq!(browser.value(ran).await, false, "{page:?}");
        if browser.value("return document.querySelector('main').textContent.includes('<script>')").await == true {
            shown.push(page.name);
        }
    })
    .await;
    assert!(shown.contains(&"audit"), "{shown:?}");
}

#[tokio::test]
async fn the_table_has_every_page_of_the_navigation() {
    let pages = Pages::start().await;
    let browser = pages.signed_in().await;
    let links = browser.value("return [...document.querySelectorAll('nav a')].map(link => link.pathname)").await;
    let links: Vec<&str> = links.as_array().unwrap().iter().map(|link| link.as_str().unwrap()).collect();
    assert!(links.contains(&"/admin/"), "{links:?}");
    for link in links {
        assert!(PAGES.iter().any(|page| page.path == link), "{link} is missing in the table");
    }
}
