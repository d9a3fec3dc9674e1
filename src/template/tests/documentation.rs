use serde::Deserialize;

use super::super::language::environment::{filter_names, function_names, test_names};
use super::super::language::functions::provisioning_names;
use super::super::schema::all_paths;
use super::*;

const DOCUMENT: &str = include_str!("../../../docs/templates.md");

/// Has blocks of code for templates too.
const UPDATES: &str = include_str!("../../../docs/updates.md");

/// Name and example of each row of the tables of names.
fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    let (_, section) = DOCUMENT.split_once("\n## What a template sees\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    section.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("| `")?.split_once('`')?;
        name.bytes()
            .all(|byte| byte.is_ascii_lowercase() || b"_.[]".contains(&byte) || byte.is_ascii_digit())
            .then_some(())?;
        let (_, example) = rest.strip_suffix(" |")?.rsplit_once('|')?;
        Some((name, example.trim()))
    })
}

fn unescaped(value: &str) -> Cow<'_, str> {
    Cow::Borrowed(value)
}

fn value_of(expression: &str) -> String {
    let templates = compiled(&format!("{{{{ {expression} }}}}"), &ExtraNames::default(), unescaped);
    // Some stand only where the sample `empty` has nothing, so they are asked for in a way that bears it.
    let templates = templates.unwrap_or_else(|_| {
        let guarded = format!("{{% if vcard.phones or roster %}}{{{{ {expression} }}}}{{% endif %}}");
        compiled(&guarded, &ExtraNames::default(), unescaped).unwrap()
    });
    templates.render(&samples()[0].context()).unwrap()
}

#[test]
fn every_name_is_described_and_nothing_else() {
    let described: Vec<&str> = rows().map(|(name, _)| name).collect();
    for path in all_paths() {
        let group = all_paths().iter().any(|other| other.starts_with(&format!("{path}."))) || path.ends_with("[]");
        assert!(group || described.contains(&path.as_str()), "{path} is not described");
    }
    for name in described {
        assert!(all_paths().contains(&name.to_owned()), "{name} does not exist");
    }
}

#[test]
fn every_example_is_what_the_sample_user_has() {
    for (name, example) in rows() {
        let Some(example) = example.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')) else { continue };
        let example = example.trim_matches('`');
        let first = name.replace("[]", "[0]");
        let list = all_paths().contains(&format!("{name}[]"));
        let value = value_of(&if list { format!("{first} | join(', ')") } else { first });
        assert_eq!(value, example, "{name}");
    }
}

/// The blocks of one kind in a document, each with the file that it is by the line above it: "`common.properties`:".
fn blocks(document: &'static str, kind: &str) -> Vec<(Option<&'static str>, &'static str)> {
    let named = |before: &'static str| {
        let (_, name) = before.trim_end().strip_suffix("`:")?.rsplit_once('`')?;
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"./-".contains(&byte)).then_some(name)
    };
    let mut before = "";
    let mut found = Vec::new();
    for (number, piece) in document.split("\n```").enumerate() {
        if let Some(block) =
            piece.strip_prefix(kind).and_then(|rest| rest.strip_prefix('\n')).filter(|_| number % 2 == 1)
        {
            found.push((named(before), block));
        }
        before = piece;
    }
    found
}

#[test]
fn every_block_of_code_is_a_template() {
    let folder = tempfile::tempdir().unwrap();
    let blocks = [blocks(DOCUMENT, "jinja"), blocks(UPDATES, "jinja")].concat();
    assert!(blocks.len() >= 10 && blocks.iter().filter(|(name, _)| name.is_some()).count() == 3);
    let names = (0..).map(|number| format!("block {number}"));
    let files: Vec<_> =
        blocks.iter().zip(names).map(|((name, _), number)| folder.path().join(name.unwrap_or(&number))).collect();
    for ((_, block), file) in blocks.iter().zip(&files) {
        std::fs::write(file, block).unwrap();
    }
    let any = ExtraNames { open: true, ..ExtraNames::default() };
    for file in files {
        let settings = config::Template { file: Some(file), ..Default::default() };
        let templates =
            Templates::load(&settings, &any, jitsi_properties::escaped).unwrap_or_else(|error| panic!("{error}"));
        for sample in Sample::all(&any) {
            jitsi_properties::parse(&default(&templates).render(&sample.context()).unwrap()).unwrap();
        }
    }
}

#[test]
fn every_block_of_settings_is_a_configuration() {
    let blocks = blocks(DOCUMENT, "toml");
    assert!(blocks.len() >= 2);
    for (_, block) in blocks {
        let mut table: toml::Table = toml::from_str(block).unwrap_or_else(|error| panic!("{error}\n{block}"));
        let needed = "[openfire]\ndomain = \"example.org\"\n[component]\nname = \"p.example.org\"\nsecret = \"s\"\n";
        for (section, value) in toml::from_str::<toml::Table>(needed).unwrap() {
            table.entry(section).or_insert(value);
        }
        config::Config::deserialize(table).unwrap_or_else(|error| panic!("{error}\n{block}"));
    }
}

/// The blocks of plain text: two messages and a variable here; the changes of `preview --diff` where that is.
#[test]
fn messages_and_variables_are_as_they_stand_there() {
    let texts = blocks(DOCUMENT, "text");
    let one = |start: &str| texts.iter().find(|(_, text)| text.starts_with(start)).unwrap().1.trim_end();
    assert_eq!(texts.len(), 4);

    let refused = refused(&format!("{}a={{{{ vcard.titel }}}}\n", "\n".repeat(11)));
    let shown = one("site.properties:12").strip_suffix('…').unwrap().replace("site.properties:", "t:");
    assert!(refused.starts_with(&shown), "{refused}");

    let (_, value) = one("OPENFIRE_PROVISIONER__TEMPLATE__RULE=").split_once('=').unwrap();
    let rules: toml::Table = toml::from_str(&format!("rule = {}", value.trim_matches('\''))).unwrap();
    assert_eq!(config::Template::deserialize(rules).unwrap().rule.len(), 1);
}

#[test]
fn filters_tests_and_functions_are_listed() {
    let listed = |start: &str| -> Vec<String> {
        let (_, rest) = DOCUMENT.split_once(start).unwrap();
        let (list, _) = rest.split_once('.').unwrap();
        let words = list.replace('\n', " ").replace(", and the operators", "");
        words.split(',').map(|word| word.trim().to_owned()).collect()
    };
    assert_eq!(listed("Filters:"), filter_names().collect::<Vec<_>>());
    assert_eq!(listed("Functions:"), function_names().collect::<Vec<_>>());
    let words = test_names().filter(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
    assert_eq!(listed("\nTests:"), words.collect::<Vec<_>>());
}

/// Each function of ours has a heading with its name, an example and what the sample user gets from it.
#[test]
fn every_function_for_provisioning_has_an_example_that_is_true() {
    let (_, section) = DOCUMENT.split_once("## Functions for provisioning\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let mut described = Vec::new();
    for part in section.split("\n### ").skip(1) {
        let (heading, text) = part.split_once('\n').unwrap();
        let block = |kind: &str| text.split_once(&format!("```{kind}\n")).unwrap().1.split_once("```").unwrap().0;
        let template = compiled(block("jinja"), &ExtraNames::default(), jitsi_properties::escaped);
        let template = template.unwrap_or_else(|error| panic!("{heading}: {error}"));
        let rendered = template.render(&samples()[0].context()).unwrap();
        let document = jitsi_properties::parse(&rendered).unwrap();
        let read: Vec<_> = document.entries().map(|entry| format!("{}={}", entry.key(), entry.value())).collect();
        assert_eq!(read, block("properties").lines().collect::<Vec<_>>(), "{heading}");
        let name = |name: &&str| heading.contains(name) && block("jinja").contains(name);
        described.extend(provisioning_names().find(name));
    }
    described.sort_unstable();
    let mut names: Vec<_> = provisioning_names().collect();
    names.sort_unstable();
    assert_eq!(described, names);
}
