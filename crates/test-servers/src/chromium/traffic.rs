//! What a browser loads, by the driver's log of the network.

use serde_json::Value;

/// One file that was loaded, or asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// What was asked for.
    pub url: String,
    /// The status of the answer; 0 when none came.
    pub status: u64,
    /// The bytes that came over the network, head and body; 0 from a cache.
    pub bytes: u64,
    /// Headers of the request that the browser sent, in lower case, where the log has them.
    pub sent: Vec<(String, String)>,
}

/// What the entries of the log say was loaded, in the order of the requests. None as long as something has not ended.
pub(super) fn loads(entries: &[Value]) -> Option<Vec<Load>> {
    let mut loads = Vec::new();
    for entry in entries {
        let message = entry["message"].as_str().unwrap_or_default();
        let event: Value = serde_json::from_str(message).expect("JSON");
        note(&mut loads, &event["message"]);
    }
    loads.into_iter().map(|running| running.has_ended.then_some(running.load)).collect()
}

/// A load, and how the log names it.
struct Running {
    id: String,
    load: Load,
    has_ended: bool,
}

/// Takes one event; what belongs together has one id, also through a chain of redirects.
fn note(loads: &mut Vec<Running>, event: &Value) {
    let parameters = &event["params"];
    let id = parameters["requestId"].as_str().unwrap_or_default();
    let known = loads.iter_mut().rev().find(|running| running.id == id);
    match (event["method"].as_str().unwrap_or_default(), known) {
        ("Network.requestWillBeSent", known) => {
            let redirect = &parameters["redirectResponse"];
            if let Some(before) = known.filter(|_| redirect.is_object()) {
                before.load.status = redirect["status"].as_u64().unwrap_or_default();
                before.load.bytes = bytes(&redirect["encodedDataLength"]);
                before.has_ended = true;
            }
            let url = parameters["request"]["url"].as_str().unwrap_or_default().to_owned();
            let load = Load { url, status: 0, bytes: 0, sent: Vec::new() };
            loads.push(Running { id: id.to_owned(), load, has_ended: false });
        }
        ("Network.requestWillBeSentExtraInfo", Some(running)) => running.load.sent = headers(&parameters["headers"]),
        ("Network.responseReceived", Some(running)) => {
            running.load.status = parameters["response"]["status"].as_u64().unwrap_or_default();
        }
        ("Network.loadingFinished", Some(running)) => {
            running.load.bytes = bytes(&parameters["encodedDataLength"]);
            running.has_ended = true;
        }
        ("Network.loadingFailed", Some(running)) => running.has_ended = true,
        _ => {}
    }
}

fn bytes(number: &Value) -> u64 {
    number.as_u64().or_else(|| number.to_string().trim_end_matches(".0").parse().ok()).unwrap_or_default()
}

fn headers(headers: &Value) -> Vec<(String, String)> {
    let all = headers.as_object().into_iter().flatten();
    all.map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap_or_default().to_owned())).collect()
}
