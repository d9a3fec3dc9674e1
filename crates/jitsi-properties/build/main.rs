//! Makes the tables of the catalogue out of `src/catalogue/keys.toml`, so that no process reads that file: its first lint
//! would wait for it. A broken file ends the build.

mod load;
mod pattern;
mod tables;

use std::path::PathBuf;
use std::{env, fs};

const KEYS: &str = "src/catalogue/keys.toml";

#[expect(clippy::print_stdout, reason = "this is how a build script talks to cargo")]
fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed={KEYS}");
    let text = fs::read_to_string(KEYS).map_err(|error| format!("{KEYS}: {error}"))?;
    let tables = load::parse(&text).and_then(|contents| tables::write(&contents));
    let folder = env::var_os("OUT_DIR").map(PathBuf::from).ok_or("cargo names no OUT_DIR")?;
    fs::write(folder.join("tables.rs"), tables.map_err(|what| format!("{KEYS}: {what}"))?)
        .map_err(|error| format!("the tables cannot be written: {error}"))
}
