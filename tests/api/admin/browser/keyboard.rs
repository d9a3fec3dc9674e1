//! The pages without a mouse.

use test_servers::chromium::{Browser, Key};

use super::walk::{Who, each_page};
use crate::support::lived_in::lived_in;
use crate::support::pages::{ADMINISTRATOR, Pages, is_signed_in};

/// More than any page has elements for the keyboard, so a walk that does not come back ends.
const MOST_STOPS: usize = 400;

/// What the keyboard can reach, in its order; gives the tags.
const STOPS: &str = "
    const stops = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex=\"0\"]';
    window.stops = [...document.querySelectorAll(stops)]
        .filter(element => !element.disabled && element.checkVisibility({ visibilityProperty: true }))
        // Of the radio buttons of a group the keyboard reaches one.
        .filter(element => element.type !== 'radio' || element.checked);
    return window.stops.map(element => element.cloneNode(false).outerHTML);";

/// The place of the focus among these.
const PLACE: &str = "return window.stops.indexOf(document.activeElement)";

const FOCUS_IS_SEEN: &str = "
    const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
        && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;";

#[tokio::test]
async fn a_user_signs_in_and_out_by_the_keyboard() {
    let pages = Pages::start().await;
    let browser = Browser::start().await;
    browser.open(&pages.url("/admin/sign-in")).await;
    browser.press(Key::Tab).await;
    assert!(browser.focus().await.contains("href=\"#main\""), "{}", browser.focus().await);
    go_to(&browser, "name=\"username\"").await;
    browser.type_text(ADMINISTRATOR.0).await;
    browser.press(Key::Tab).await;
    browser.type_text(ADMINISTRATOR.1).await;
    browser.next_page(browser.press(Key::Enter)).await;
    assert!(is_signed_in(&browser).await);
    go_to(&browser, "<summary").await;
    browser.press(Key::Enter).await;
    browser.press(Key::Tab).await;
    browser.next_page(browser.press(Key::Enter)).await;
    assert!(!is_signed_in(&browser).await);
}

#[tokio::test]
async fn the_keyboard_reaches_everything_and_its_place_is_seen() {
    let pages = lived_in().await;
    let browser = pages.signed_in().await;
    each_page(&pages, &browser, Who::Administrator, async |page| {
        // An address with a place in the page begins there.
        let url = browser.url().await;
        browser.open(url.split('#').next().unwrap()).await;
        let wanted = browser.value(STOPS).await;
        for (place, stop) in wanted.as_array().unwrap().iter().enumerate() {
            browser.press(Key::Tab).await;
            // A date has several places for the keyboard.
            while place > 0 && browser.value(PLACE).await == place - 1 {
                browser.press(Key::Tab).await;
            }
            assert_eq!(browser.value(PLACE).await, place, "{page:?}: not {stop} but {}", browser.focus().await);
            assert_eq!(browser.value(FOCUS_IS_SEEN).await, true, "{page:?}: the focus on {stop} is not seen");
        }
    })
    .await;
}

/// Presses Tab until an element has the focus whose tag contains this.
async fn go_to(browser: &Browser, tag: &str) {
    for _ in 0..MOST_STOPS {
        if browser.focus().await.contains(tag) {
            return;
        }
        browser.press(Key::Tab).await;
    }
    panic!("the keyboard does not reach {tag}");
}
