//! Pictures of every page, for `docs/screenshots/`. `scripts/screenshots.sh` makes them small.

use std::path::PathBuf;

use test_servers::chromium::Scheme;

use super::walk::{browsers, each_page};
use crate::support::lived_in::lived_in;

/// The longest part of a page that a picture shows, in pixels.
const HEIGHT: u32 = 1400;

/// Pages of the walk that show nothing new.
const NOT_SHOWN: [&str; 1] = ["preview-of-a-hostile-user"];

#[tokio::test]
#[ignore = "scripts/screenshots.sh runs it, with a folder in PICTURES"]
async fn every_page_in_light_and_dark() {
    let folder = PathBuf::from(std::env::var_os("PICTURES").expect("PICTURES names a folder"));
    let pages = lived_in().await;
    for (who, browser) in browsers(&pages, "en").await {
        each_page(&pages, &browser, who, async |page| {
            if NOT_SHOWN.contains(&page.name) {
                return;
            }
            for scheme in Scheme::ALL {
                browser.prefer(scheme).await;
                browser.picture(&folder.join(format!("{}-{}.png", page.name, scheme.word())), HEIGHT).await;
            }
        })
        .await;
    }
    let count = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(count, (super::walk::PAGES.len() - NOT_SHOWN.len()) * 2);
}
