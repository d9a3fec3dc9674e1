//! `config.example.toml` as an administrator takes it.

use std::path::Path;

use super::{Config, ConfigError};
use crate::model::config::load::ConfigText;

const EXAMPLE: &str = include_str!("../../../../config.example.toml");

fn source(text: String) -> ConfigText {
    ConfigText { name: "config.example.toml".to_owned(), text, environment: Vec::new() }
}

fn uncommented() -> String {
    EXAMPLE
        .lines()
        .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with('#')).unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_example_is_valid_as_it_stands() {
    source(EXAMPLE.to_owned()).config(Path::new(".")).unwrap();
}

#[test]
fn the_example_is_valid_with_every_commented_key() -> Result<(), ConfigError> {
    source(uncommented()).deserialise()?;
    // A secret comes from a value or a file, never both; without the files the whole is valid too.
    let text: String = uncommented()
        .lines()
        .filter(|line| !line.contains("_file = ") && !line.starts_with("ca_file"))
        .map(with_newline)
        .collect();
    let without_pin: String =
        text.lines().filter(|line| !line.starts_with("certificate_sha256")).map(with_newline).collect();
    source(without_pin).config(Path::new("."))?;
    Ok(())
}

#[test]
fn the_example_shows_the_defaults() {
    let shown = uncommented();
    let example = source(EXAMPLE.to_owned()).config(Path::new(".")).unwrap();
    let no_default = [
        "host",
        "port",
        "ca_file",
        "certificate_sha256",
        "certificate_name",
        "preview_name",
        "login_names",
        "reference_user",
        "reference_password",
        "reference_password_file",
        "secret",
        "secret_file",
        "file",
        "folder",
        "allowed_networks",
        "trusted_proxies",
        "metrics_networks",
        "certificate",
        "key",
        "folder",
        "url",
        "urls",
        "users",
        "viewers",
        "notify",
        "state_directory",
    ];
    let own_listener = "listen = \"10.0.0.5:9443\"";
    let same: String = without_lists(&shown)
        .lines()
        .filter(|line| {
            !["[http.tls]", own_listener].contains(line)
                && !no_default.iter().any(|key| line.starts_with(&format!("{key} =")))
        })
        .map(with_newline)
        .collect();
    let same = same.replace("[component]\n", "[component]\nsecret = \"change-me\"\n");
    let written = source(same).config(Path::new(".")).unwrap();
    let debug = |config: &Config| format!("{config:#?}");
    assert_eq!(debug(&written), debug(&example));
}

#[test]
fn the_example_shows_every_key() {
    // Every field of the sections stands in the Debug text, so a key that the example forgets is found here.
    let config = source(EXAMPLE.to_owned()).config(Path::new(".")).unwrap();
    let debug = format!("{config:#?}");
    let sections =
        ["openfire", "component", "directory", "template", "http", "limits", "reload", "log", "updates", "admin"];
    for line in debug.lines().filter(|line| line.starts_with("        ") && !line.starts_with("         ")) {
        let Some((key, _)) = line.trim().split_once(':') else { continue };
        let shown = uncommented()
            .lines()
            .any(|line| line.starts_with(&format!("{key} =")) || line == "[http.tls]" && key == "tls");
        let shown =
            shown || uncommented().contains(&format!(".{key}]]\n")) || uncommented().contains(&format!("[[{key}]]\n"));
        assert!(shown || sections.contains(&key), "config.example.toml does not show `{key}`");
    }
}

/// The text without its blocks of lists of tables, each of which ends at an empty line.
fn without_lists(text: &str) -> String {
    text.split("\n\n").filter(|block| !block.contains("[[")).collect::<Vec<_>>().join("\n\n")
}

fn with_newline(line: &str) -> String {
    format!("{line}\n")
}
