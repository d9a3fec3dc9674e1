use super::super::environment::{filter_names, function_names, test_names};
use super::super::schema::all_paths;
use super::*;

const DOCUMENT: &str = include_str!("../../../docs/templates.md");

/// Name and example of each row of the tables of names.
fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    DOCUMENT.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("| `")?.split_once('`')?;
        name.bytes()
            .all(|byte| byte.is_ascii_lowercase() || b"_.[]".contains(&byte) || byte.is_ascii_digit())
            .then_some(())?;
        let (_, example) = rest.strip_suffix(" |")?.rsplit_once('|')?;
        Some((name, example.trim()))
    })
}

fn unescaped(value: &str, out: &mut String) {
    out.push_str(value);
}

fn value_of(expression: &str) -> String {
    let source = Source { name: "t".to_owned(), text: format!("{{{{ {expression} }}}}") };
    let templates = Template::check(source, unescaped);
    // Some stand only where the sample `empty` has nothing, so they are asked for in a way that bears it.
    let templates = templates.unwrap_or_else(|_| {
        let guarded = format!("{{% if vcard.phones or roster %}}{{{{ {expression} }}}}{{% endif %}}");
        Template::check(Source { name: "t".to_owned(), text: guarded }, unescaped).unwrap()
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

#[test]
fn every_block_of_code_is_a_template() {
    let blocks: Vec<&str> = DOCUMENT
        .split("```jinja\n")
        .skip(1)
        .filter_map(|rest| rest.split_once("```"))
        .map(|(block, _)| block)
        .collect();
    assert!(blocks.len() >= 4);
    for block in blocks {
        let source = Source { name: "t".to_owned(), text: block.to_owned() };
        let templates = Template::check(source, crate::properties::escape).unwrap_or_else(|error| panic!("{error}"));
        for sample in samples() {
            crate::properties::parse(&templates.render(&sample.context()).unwrap()).unwrap();
        }
    }
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
    let words = test_names().filter(|name| name.bytes().all(|byte| byte.is_ascii_lowercase()));
    assert_eq!(listed("\nTests:"), words.collect::<Vec<_>>());
}
