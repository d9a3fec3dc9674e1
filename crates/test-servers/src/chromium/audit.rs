//! axe-core (`chromium/axe.sh`), run in a page.

use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::json;

use super::driver::Session;
use crate::asset;

static AXE: OnceLock<String> = OnceLock::new();

/// What it finds in the page that is open.
pub(super) async fn faults(session: &Session) -> Vec<String> {
    let axe = tokio::task::spawn_blocking(|| AXE.get_or_init(fetch).as_str()).await.unwrap();
    session.post("execute/sync", json!({ "script": axe, "args": [] })).await;
    let script = "
        const done = arguments[arguments.length - 1];
        const rules = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] };
        axe.run(document, { runOnly: rules, resultTypes: ['violations'] })
            .then(found => done({
                ran: found.passes.length,
                faults: found.violations.flatMap(rule => rule.nodes.map(node =>
                    `${rule.id}: ${node.failureSummary.replace(/\\s+/g, ' ')} at ${node.target} ${node.html}`)),
            }), error => done({ ran: 0, faults: [`axe-core failed: ${error}`] }));";
    let found = session.post("execute/async", json!({ "script": script, "args": [] })).await;
    assert_ne!(found["ran"], json!(0), "axe-core found nothing to look at: {found}");
    found["faults"].as_array().expect("a list").iter().map(|fault| fault.as_str().unwrap().to_owned()).collect()
}

fn fetch() -> String {
    let fetched = Command::new(asset("chromium/axe.sh")).stdin(Stdio::null()).output().expect("axe.sh is there");
    let error = String::from_utf8_lossy(&fetched.stderr);
    assert!(fetched.status.success(), "axe-core: {error}");
    let file = String::from_utf8(fetched.stdout).expect("a path");
    std::fs::read_to_string(file.trim()).unwrap_or_else(|error| panic!("{file}: {error}"))
}
