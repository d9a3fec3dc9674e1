//! Lints the text on standard input: `cargo run --example lint < provision.properties`.

use std::io::{self, Write};

use jitsi_properties::{Client, lint, parse};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let document = parse(&io::read_to_string(io::stdin())?)?;
    for finding in lint(&document, &Client::default()) {
        writeln!(io::stdout(), "{finding}")?;
    }
    Ok(())
}
