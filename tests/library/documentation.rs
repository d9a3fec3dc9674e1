//! What the documentation says, held to the files and to the code.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use openfire_provisioner::model::config::Config;

const CONTRACTS: &str = "docs/contracts.md";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// All pages, by their names from the root.
fn pages() -> Vec<String> {
    let in_docs = root().join("docs").read_dir().unwrap().map(|entry| entry.unwrap().file_name());
    let in_docs = in_docs.filter_map(|name| Some(format!("docs/{}", name.to_str()?)));
    let markdown = in_docs.filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "md"));
    let at_root = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "findings/README.md"].map(str::to_owned);
    markdown.chain(at_root).collect()
}

/// The text of a page without its blocks of code.
fn prose(text: &str) -> String {
    let mut in_code = false;
    let prose = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !fence && !in_code
    });
    prose.collect::<Vec<_>>().join("\n")
}

/// The targets of the links in a text.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0))
}

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text);
    let headings = headings.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| -> String {
        let kept = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = kept.chars().filter(|char| char.is_alphanumeric() || " -_".contains(*char));
        kept.map(|char| if char == ' ' { '-' } else { char }).collect()
    };
    headings.map(anchor).collect()
}

/// The table of docs/clients.md says of each key what the catalogue says.
#[test]
fn keys_count_when_the_page_of_the_clients_says() {
    let text = read("docs/clients.md");
    let row = |start: &str| -> Vec<&str> {
        let row =
            text.lines().find(|line| line.starts_with(&format!("| {start} |"))).unwrap_or_else(|| panic!("{start}"));
        row.split('`')
            .skip(1)
            .step_by(2)
            .filter(|key| key.starts_with("net.java") || key.starts_with("plugin."))
            .collect()
    };
    for (start, is_late, least) in [
        ("in the same start", Some(false), 3),
        ("from the second start", Some(true), 6),
        ("one start late, each time", Some(true), 1),
        ("the next time the client asks", Some(false), 2),
        ("too late in any reply", None, 2),
    ] {
        let keys = row(start);
        assert!(keys.len() >= least, "{start}: {keys:?}");
        for key in keys {
            let known = jitsi_properties::catalogue::describe(key).unwrap_or_else(|| panic!("{key} is not known"));
            assert!(is_late.is_none_or(|is_late| known.late == is_late), "{key}");
        }
    }
}

#[test]
fn every_link_leads_somewhere() {
    for page in pages() {
        let text = read(&page);
        let folder = root().join(&page).parent().map(PathBuf::from).unwrap();
        for link in links(&prose(&text)).filter(|link| !link.contains("://")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let file = if file.is_empty() { root().join(&page) } else { folder.join(file) };
            assert!(file.exists(), "{page}: {link} leads nowhere");
            if !anchor.is_empty() {
                let target = std::fs::read_to_string(&file).unwrap();
                assert!(anchors(&target).contains(anchor), "{page}: {link}: there is no such heading");
            }
        }
    }
}

/// The map names places in the source; each of them is there.
#[test]
fn every_place_on_the_map_exists() {
    let folders = ["src/", "crates/", "tests/", "docs/", "packaging/", "benches/", "fuzz/", "scripts/", "templates/"];
    for page in ["docs/architecture.md", "docs/performance.md", "docs/reliability.md", "CONTRIBUTING.md"] {
        let text = prose(&read(page));
        let places = quoted(&text).into_iter().filter(|word| folders.iter().any(|folder| word.starts_with(folder)));
        for place in places.filter(|word| !word.contains(' ')) {
            let found = [place.to_owned(), format!("{place}.rs")].iter().any(|place| root().join(place).exists());
            assert!(found, "{page}: there is no {place}");
        }
    }
}

#[test]
fn the_readme_is_short_and_names_every_page() {
    let readme = read("README.md");
    assert!(readme.lines().count() <= 150, "{} lines", readme.lines().count());
    let named: BTreeSet<&str> = links(&readme).map(|link| link.split('#').next().unwrap()).collect();
    for page in pages().iter().filter(|page| page.starts_with("docs/")) {
        assert!(named.contains(page.as_str()), "README.md does not name {page}");
    }
}

/// The blocks of settings of a page, without the indentation that those in lists have.
fn settings(text: &str) -> Vec<String> {
    let text: String = text.lines().flat_map(|line| [line.trim_start(), "\n"]).collect();
    let blocks = text.split("\n```toml\n").skip(1);
    blocks.map(|block| block.split("\n```").next().unwrap().to_owned()).collect()
}

#[test]
fn every_block_of_settings_is_a_configuration() {
    let least = "[openfire]\ndomain = \"example.org\"\n[component]\nname = \"p.example.org\"\nsecret = \"s\"\n";
    for (page, count) in [
        ("README.md", 1),
        ("docs/install.md", 6),
        ("docs/openfire-ldap.md", 3),
        ("docs/scaling.md", 1),
        ("docs/updates.md", 1),
    ] {
        let blocks = settings(&read(page));
        assert_eq!(blocks.len(), count, "{page}");
        for block in blocks {
            let mut table: toml::Table =
                toml::from_str(&block).unwrap_or_else(|error| panic!("{page}: {error}\n{block}"));
            for (section, keys) in toml::from_str::<toml::Table>(least).unwrap() {
                let section = table.entry(section).or_insert_with(|| toml::Table::new().into());
                for (key, value) in keys.as_table().unwrap() {
                    section.as_table_mut().unwrap().entry(key).or_insert_with(|| value.clone());
                }
            }
            Config::deserialize(table).unwrap_or_else(|error| panic!("{page}: {error}\n{block}"));
        }
    }
}

/// The words in backquotes of a text.
fn quoted(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The section of the contracts with this heading.
fn contract<'t>(text: &'t str, heading: &str) -> &'t str {
    let (_, section) = text.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no section {heading}"));
    section.split_once("\n## ").map_or(section, |(section, _)| section)
}

/// The first words in backquotes of the rows of a text's tables.
fn rows(text: &str) -> BTreeSet<&str> {
    text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect()
}

#[test]
fn the_contracts_list_every_setting() {
    let mut section = String::new();
    let mut shown = BTreeSet::new();
    let example = read("config.example.toml");
    for line in example.lines().filter(|line| !line.starts_with("##")) {
        let line = line.strip_prefix('#').unwrap_or(line);
        if line.starts_with('[') {
            line.clone_into(&mut section);
        } else if let Some((key, _)) = line.split_once(" = ") {
            shown.insert(format!("{section} {key}"));
        }
    }
    let text = read(CONTRACTS);
    let mut listed = BTreeSet::new();
    for line in contract(&text, "Configuration and environment").lines() {
        let Some((section, keys)) = line.strip_prefix("| `[").and_then(|rest| rest.split_once("` | ")) else {
            continue;
        };
        listed.extend(quoted(keys).into_iter().map(|key| format!("[{section} {key}")));
    }
    assert_eq!(listed, shown);
}

#[test]
fn the_contracts_list_every_metric() {
    let (metrics, text) = (read("docs/metrics.md"), read(CONTRACTS));
    let listed = quoted(contract(&text, "Metrics"));
    assert_eq!(listed, rows(&metrics));
}

#[test]
fn the_contracts_list_every_field_of_a_request() {
    let (logging, text) = (read("docs/logging.md"), read(CONTRACTS));
    let (_, listed) = text.split_once("**The line of a request:**").unwrap();
    let listed = quoted(listed.split_once("\n- ").unwrap().0);
    let described = contract(&logging, "The line of a request").lines().filter_map(|line| {
        let column = line.strip_prefix("| ")?.split('|').next()?;
        column.contains('`').then_some(column)
    });
    assert_eq!(listed, described.flat_map(quoted).collect());
}

#[test]
fn every_error_string_is_a_contract_and_is_explained() {
    let (text, errors) = (read(CONTRACTS), read("docs/errors.md"));
    let listed = rows(contract(&text, "HTTP"));
    for name in openfire_provisioner::http::ERROR_STRINGS {
        assert!(listed.contains(name), "docs/contracts.md does not list {name}");
        assert!(rows(&errors).contains(name), "docs/errors.md does not explain {name}");
    }
}
