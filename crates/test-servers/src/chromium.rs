//! A real Chromium without a screen (the Debian packages `chromium` and `chromium-driver`), driven by its `WebDriver`.
//!
//! It reaches this machine only: names that end in `.test` and `localhost` lead to the loopback address, no other name
//! leads anywhere. It takes any certificate, and its profile is gone with the session.
//!
//! Our own code speaks the protocol (W3C `WebDriver`, and the Chrome `DevTools` Protocol through it), since it is a post of
//! JSON for each command. The library `thirtyfour` costs more than it saves: it changes the order of JSON objects in
//! every test (`serde_json/preserve_order`), and adding two texts no longer compiles wherever it is linked.

mod audit;
mod driver;
mod hands;
mod traffic;

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::time::timeout;

pub use self::hands::Key;
pub use self::traffic::Load;
use crate::refuse_if_scripted;

/// The size of the window, in pixels.
const WINDOW: (u32, u32) = (1280, 900);

/// Time for a page to load, for a script to end and for an element to appear.
const PAGE_LIMIT: Duration = Duration::from_secs(30);

/// Where names lead: the first rule that matches counts, exceptions before all.
const NAMES: &str = "MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1";

/// Which colours the user asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Scheme {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Light, Self::Dark];

    /// Its word in CSS: `light` or `dark`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// One user's browser, with one window; it ends when it is dropped.
///
/// Elements are named by CSS selectors; what names one waits until it is there.
pub struct Browser {
    session: driver::Session,
    /// Whether the scripts of pages run.
    scripts: AtomicBool,
}

impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Browser")
    }
}

impl Browser {
    /// A browser of a user who reads English.
    pub async fn start() -> Self {
        Self::in_language("en").await
    }

    /// A browser of a user who wants pages in this language (BCP 47).
    pub async fn in_language(language: &str) -> Self {
        refuse_if_scripted("Chromium");
        let session = driver::Session::start(capabilities(language)).await;
        Self { session, scripts: AtomicBool::new(true) }
    }

    /// Opens a page and waits until it is loaded. A page that cannot be reached ends the test.
    pub async fn open(&self, url: &str) {
        self.session.post("url", json!({ "url": url })).await;
    }

    /// Loads the page again; what a form had sent is sent again.
    pub async fn reload(&self) {
        self.session.post("refresh", json!({})).await;
    }

    /// Goes back one page.
    pub async fn back(&self) {
        self.session.post("back", json!({})).await;
    }

    /// The address of the page.
    pub async fn url(&self) -> String {
        self.session.get("url").await.as_str().expect("a URL").to_owned()
    }

    /// What a script gives back. It runs also where the scripts of pages are off.
    pub async fn value(&self, script: &str) -> Value {
        self.session.post("execute/sync", json!({ "script": script, "args": [] })).await
    }

    /// The cookies that the page gets, also those that no script may read.
    pub async fn cookies(&self) -> Vec<Value> {
        self.session.get("cookie").await.as_array().expect("a list").clone()
    }

    /// Asks for light or dark pages, and for none that move: what is looked at is not half-way between two colours.
    pub async fn prefer(&self, scheme: Scheme) {
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme.word() },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// Makes the page this wide, in CSS pixels.
    pub async fn set_width(&self, width: u32) {
        let metrics = json!({ "width": width, "height": WINDOW.1, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Makes the page as wide as the window again.
    pub async fn reset_width(&self) {
        self.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await;
    }

    /// Switches the scripts of pages off or on, from the next page. Everything here works without them.
    pub async fn set_scripts(&self, on: bool) {
        self.scripts.store(on, Ordering::Relaxed);
        self.let_scripts_run(on).await;
    }

    /// Lets the browser keep what it loads, or load everything again for each page.
    pub async fn set_cache(&self, on: bool) {
        self.devtools("Network.enable", json!({})).await;
        self.devtools("Network.setCacheDisabled", json!({ "cacheDisabled": !on })).await;
    }

    /// What the browser complained about in its console since the last call: errors of scripts, files that are missing,
    /// what the page's Content Security Policy blocked.
    pub async fn complaints(&self) -> Vec<String> {
        let entries = self.session.log("browser").await;
        let bad = entries.iter().filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING");
        bad.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// What axe-core finds that people with a disability cannot use in this page (WCAG 2.1 A and AA): rule, what it says,
    /// and where.
    pub async fn accessibility_faults(&self) -> Vec<String> {
        // It waits for timers, which do not run otherwise. A page that is loaded gets no scripts by that.
        self.let_scripts_run(true).await;
        let faults = audit::faults(&self.session).await;
        self.let_scripts_run(self.scripts.load(Ordering::Relaxed)).await;
        faults
    }

    /// All that was loaded since the last call, also by pages before. Waits for what has not ended: the icon comes late.
    pub async fn loads(&self) -> Vec<Load> {
        let mut entries = Vec::new();
        let ended = async {
            loop {
                entries.extend(self.session.log("performance").await);
                if let Some(loads) = traffic::loads(&entries) {
                    break loads;
                }
            }
        };
        timeout(PAGE_LIMIT, ended).await.expect("everything is loaded in time")
    }

    /// Elements that reach out of the page on its right side, so that it can be scrolled sideways. What scrolls in a box
    /// of its own may do so.
    pub async fn wider_than_the_page(&self) -> Vec<String> {
        let script = "
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            const wide = [...document.querySelectorAll('body *')]
                .filter(element => element.getBoundingClientRect().right > width + 0.5)
                .map(element => element.outerHTML.slice(0, 100));
            return [...wide, `the page: ${document.documentElement.scrollWidth}`];";
        self.value(script).await.as_array().expect("a list").iter().map(ToString::to_string).collect()
    }

    /// Writes a picture of the page as PNG: all of it, or so many pixels from its top.
    pub async fn picture(&self, file: &Path, height: u32) {
        let size = self.devtools("Page.getLayoutMetrics", json!({})).await["cssContentSize"].clone();
        let height = size["height"].as_f64().map_or(f64::from(height), |whole| whole.min(f64::from(height)));
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": height, "scale": 1 });
        let picture = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let shot = self.devtools("Page.captureScreenshot", picture).await;
        let bytes = STANDARD.decode(shot["data"].as_str().expect("a picture")).expect("base64");
        std::fs::write(file, bytes).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }

    async fn let_scripts_run(&self, on: bool) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": !on })).await;
    }

    /// A command of the Chrome `DevTools` Protocol, and its answer.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.session.post("goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await
    }
}

fn capabilities(language: &str) -> Value {
    let (width, height) = WINDOW;
    let options = json!({
        "args": [
            "--headless",
            // Chromium has no sandbox for root, as whom the tests of a container run. It sees pages of tests only.
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--force-color-profile=srgb",
            format!("--window-size={width},{height}"),
            format!("--host-resolver-rules={NAMES}"),
        ],
        "prefs": { "intl.accept_languages": language },
    });
    let limit = PAGE_LIMIT.as_secs() * 1000;
    json!({
        "browserName": "chrome",
        "acceptInsecureCerts": true,
        "timeouts": { "pageLoad": limit, "script": limit, "implicit": limit },
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
    })
}

#[cfg(test)]
mod tests;
