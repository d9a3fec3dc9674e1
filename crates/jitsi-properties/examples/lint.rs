//! Lints the text on standard input: `cargo run --example lint < provision.properties`.

use std::error::Error;
use std::io::{self, Write};

use jitsi_properties::{Client, lint, parse};

fn report(text: &str, to: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let document = parse(text)?;
    for finding in lint(&document, &Client::default()) {
        writeln!(to, "{finding}")?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    report(&io::read_to_string(io::stdin())?, &mut io::stdout())
}

#[test]
fn each_finding_is_a_line() {
    let mut lines = Vec::new();
    report("net.java.sip.communicator.impl.protocol.sip.acc1.PASSWORD=\n", &mut lines).unwrap();
    let lines = String::from_utf8(lines).unwrap();
    assert!(lines.lines().all(|line| line.starts_with("line 1: ")), "{lines}");
    assert!(lines.contains("line 1: empty-password: "), "{lines}");
}
