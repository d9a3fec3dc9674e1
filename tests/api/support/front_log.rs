//! What the HTTP front logs.

use serde_json::Value;
use test_servers::log::Log;

/// Level and fields of the lines that it wrote at `info` and above, without their times.
#[must_use]
pub fn front_lines(log: &Log) -> Vec<String> {
    let text = log.text();
    let events = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let ours = events.filter(|event| {
        let target = event["target"].as_str().unwrap();
        target.starts_with("openfire_provisioner::http") && ["INFO", "WARN"].contains(&event["level"].as_str().unwrap())
    });
    ours.map(|event| {
        let mut fields = event["fields"].as_object().unwrap().clone();
        assert!(event["level"] != "INFO" || fields.remove("ms.total").is_some());
        // It counts the requests of all tests.
        fields.remove("request.id");
        format!("{} {}", event["level"].as_str().unwrap(), Value::Object(fields))
    })
    .collect()
}
