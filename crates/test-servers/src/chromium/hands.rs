//! What a user does in a page: look, click, type.

use serde_json::{Value, json};
use tokio::time::timeout;

use super::{Browser, PAGE_LIMIT};

/// How an element is written in the protocol (W3C `WebDriver`, section 12.2).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A key without a letter, by its code in the protocol (W3C `WebDriver`, section 17.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// To the next element.
    Tab,
    /// Sends a form, follows a link.
    Enter,
    /// Closes what is open.
    Escape,
    /// Presses a button, ticks a box.
    Space,
}

impl Key {
    fn code(self) -> char {
        match self {
            Self::Tab => '\u{e004}',
            Self::Enter => '\u{e007}',
            Self::Escape => '\u{e00c}',
            Self::Space => ' ',
        }
    }
}

impl Browser {
    /// Clicks on an element that does not lead to another page.
    pub async fn click(&self, selector: &str) {
        self.on_element(selector, "click", json!({})).await;
    }

    /// Clicks on a link or button that leads to another page, or to the same one again, and waits until that is loaded.
    pub async fn follow(&self, selector: &str) {
        self.next_page(self.click(selector)).await;
    }

    /// The same for anything that leads to another page.
    pub async fn next_page(&self, action: impl Future<Output = ()>) {
        self.value("window.pageBefore = true").await;
        action.await;
        let came = async {
            // A page that is being left may not run it.
            let script = "return window.pageBefore === undefined && document.readyState === 'complete'";
            let arguments = json!({ "script": script, "args": [] });
            while self.session.try_post("execute/sync", arguments.clone()).await != Ok(Value::Bool(true)) {}
        };
        timeout(PAGE_LIMIT, came).await.unwrap_or_else(|_| panic!("no other page came"));
    }

    /// Writes into a field instead of what is there.
    pub async fn fill(&self, selector: &str, text: &str) {
        self.on_element(selector, "clear", json!({})).await;
        self.on_element(selector, "value", json!({ "text": text })).await;
    }

    /// Chooses an entry of a list by its value.
    pub async fn choose(&self, selector: &str, value: &str) {
        self.click(&format!("{selector} option[value={}]", json!(value))).await;
    }

    /// Presses a key where the keyboard's focus is.
    pub async fn press(&self, key: Key) {
        self.type_text(&key.code().to_string()).await;
    }

    /// Types where the keyboard's focus is.
    pub async fn type_text(&self, text: &str) {
        let strokes =
            |letter: char| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": letter.to_string() }));
        let strokes: Vec<Value> = text.chars().flat_map(strokes).collect();
        self.session.post("actions", json!({ "actions": [{ "type": "key", "id": "keys", "actions": strokes }] })).await;
    }

    /// The element with the keyboard's focus, as its tag's first words: `<input id="name" name="name">`.
    pub async fn focus(&self) -> String {
        let tag = self.value("return document.activeElement.cloneNode(false).outerHTML").await;
        tag.as_str().expect("a text").split("</").next().unwrap_or_default().to_owned()
    }

    /// The text of an element as it is shown.
    pub async fn text(&self, selector: &str) -> String {
        let element = self.element(selector).await;
        self.session.get(&format!("element/{element}/text")).await.as_str().expect("a text").to_owned()
    }

    /// Whether there is such an element now.
    pub async fn has(&self, selector: &str) -> bool {
        self.value(&format!("return document.querySelector({}) !== null", json!(selector))).await == true
    }

    /// Looks into a frame of the page; [`Browser::leave_frame`] ends that.
    pub async fn enter_frame(&self, selector: &str) {
        let element = self.element(selector).await;
        self.session.post("frame", json!({ "id": { ELEMENT: element } })).await;
    }

    /// Looks at the page again.
    pub async fn leave_frame(&self) {
        self.session.post("frame", json!({ "id": null })).await;
    }

    async fn on_element(&self, selector: &str, command: &str, parameters: Value) {
        let element = self.element(selector).await;
        self.session.post(&format!("element/{element}/{command}"), parameters).await;
    }

    /// Waits for an element; gives the driver's name of it.
    async fn element(&self, selector: &str) -> String {
        let found = self.session.post("element", json!({ "using": "css selector", "value": selector })).await;
        found[ELEMENT].as_str().expect("an element").to_owned()
    }
}
