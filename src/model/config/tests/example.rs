//! `config.example.toml` as an administrator takes it.

use std::path::Path;

use super::{Config, ConfigError};
use crate::model::config::load::ConfigText;

const EXAMPLE: &str = include_str!("../../../../config.example.toml");

/// What an administrator writes, in the order of the file.
const THREE_EDITS: [(&str, &str); 3] = [
    ("\ndomain = \"example.org\"", "\ndomain = \"corp.example\""),
    ("\nreference_password = \"change-me\"", "\nreference_password = \"hunter2\""),
    ("\nsecret = \"change-me\"", "\nsecret = \"hush\""),
];

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
    source(uncommented()).deserialise::<Config>()?;
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
        "interfaces",
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
    // What the example sets, since every site must change it.
    let same = same.replace("[component]\n", "[component]\nsecret = \"change-me\"\n");
    let reference = "reference_user = \"provisioning-check\"\nreference_password = \"change-me\"\n";
    let same = same.replace("[openfire]\n", &format!("[openfire]\n{reference}"));
    let written = source(same).config(Path::new(".")).unwrap();
    let debug = |config: &Config| format!("{config:#?}");
    assert_eq!(debug(&written), debug(&example));
}

#[test]
fn three_edits_are_enough() {
    let unedited = |text: &str| {
        let config = source(text.to_owned()).config(Path::new(".")).unwrap();
        config.unedited().into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    let all = ["openfire.domain", "openfire.reference_password", "component.secret"];
    assert_eq!(unedited(EXAMPLE), all);
    let mut text = EXAMPLE.to_owned();
    for (index, (old, new)) in THREE_EDITS.iter().enumerate() {
        assert_eq!(text.matches(old).count(), 1, "{old}");
        text = text.replace(old, new);
        assert_eq!(unedited(&text), all[index + 1..], "{old}");
    }
    let config =
        source(text.replace("#secret = \"change-me-too\"", "secret = \"change-me-too\"")).config(Path::new("."));
    assert_eq!(config.unwrap().unedited()[0].0, "http.secret");
    let lab =
        source(EXAMPLE.replace("#host = \"openfire.example.org\"", "host = \"127.0.0.1\"")).config(Path::new("."));
    assert_eq!(lab.unwrap().unedited()[0].0, "openfire.reference_password");
}

#[test]
fn the_example_shows_every_key() {
    // Every field of the sections stands in the Debug text, so a key that the example forgets is found here.
    let config = source(EXAMPLE.to_owned()).config(Path::new(".")).unwrap();
    let debug = format!("{config:#?}");
    let sections = [
        "openfire",
        "component",
        "directory",
        "template",
        "http",
        "limits",
        "reload",
        "log",
        "updates",
        "admin",
        "discovery",
    ];
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
