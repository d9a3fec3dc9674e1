use super::*;

const JSON: &str = r#"{
  "default": {"site": "berlin", "lines": []},
  "groups": {"helpdesk": {"queue": true, "lines": ["1", "2"]}},
  "roster_groups": {"Friends": {"site": "bonn"}},
  "users": {"Anna": {"extension": 4711, "sip_password": "hush", "note": "a \"b\" ü"}, "bo": {}}
}"#;

const TOML: &str = r#"
[default]
site = "berlin"
lines = []
[groups]
helpdesk = { queue = true, lines = ["1", "2"] }
[roster_groups.Friends]
site = "bonn"
[users]
Anna = { extension = 4_711, sip_password = "hush", note = 'a "b" ü' }
[users.bo]
"#;

fn json() -> Source {
    source("file = \"/t.json\"")
}

fn toml() -> Source {
    source("file = \"/t.toml\"")
}

#[test]
fn json_and_toml_say_the_same() {
    for (source, text) in [(json(), JSON), (toml(), TOML)] {
        let data = data(&[(&source, text)]);
        assert_eq!(
            of(&data, "anna", &["helpdesk"], &[]),
            ["extension=4711", "lines=[1, 2]", "note=a \"b\" ü", "queue=true", "sip_password=<hush>", "site=berlin"]
        );
        assert_eq!(of(&data, "bo", &[], &["Friends"]), ["lines=[]", "site=bonn"]);
        let kinds: Vec<_> = data.names().kinds.iter().map(|(name, kind)| format!("{name} {kind:?}")).collect();
        let expected = ["extension Single", "lines List(None)", "note Single", "queue Single", "sip_password Secret"];
        assert_eq!(kinds[..5], expected);
        assert_eq!(data.wanted(), PartSet::NOTHING.with(Part::Groups).with(Part::Roster));
        let table = source.parse(text.as_bytes()).unwrap();
        assert_eq!((table.users(), table.groups(), table.roster_groups()), (2, 1, 1));
    }
}

#[test]
fn the_least_document_is_empty() {
    assert!(data(&[(&json(), "{}")]).names().kinds.is_empty());
    assert!(data(&[(&toml(), "")]).names().kinds.is_empty());
}

/// What is wrong with each text.
fn messages(source: &Source, texts: &[&str]) -> String {
    let messages: Vec<String> = texts.iter().map(|text| refused(source, text)).collect();
    messages.join("\n")
}

#[test]
fn what_is_no_document_has_one_message_with_its_line() {
    let texts = [
        "",
        "[]",
        "\"hush\"",
        "{\"users\":\n{\"anna\": {\"a\": \"hush\" \"b\": 1}}}",
        "{\"users\":\n{\"anna\": {\"a\": \"hush\"}}",
        "{}\n{}",
        "{\n\"user\": {}}",
        "{\n\"people\": {}}",
        "{\"users\": {},\n\"users\": {}}",
    ];
    let reported = messages(&json(), &texts);
    assert!(!reported.contains("hush"));
    insta::assert_snapshot!(reported, @"
    data `s`: /t.json, line 1: this is not JSON: EOF while parsing a value
    data `s`: /t.json, line 1: the document must be an object with `default`, `groups`, `roster_groups` or `users`
    data `s`: /t.json, line 1: the document must be an object with `default`, `groups`, `roster_groups` or `users`
    data `s`: /t.json, line 2: this is not JSON: expected `,` or `}`
    data `s`: /t.json, line 2: this is not JSON: EOF while parsing an object
    data `s`: /t.json, line 2: this is not JSON: trailing characters
    data `s`: /t.json, line 2: there is no `user` at the top; did you mean `users`?
    data `s`: /t.json, line 2: there is no `people` at the top; allowed: default, groups, roster_groups, users
    data `s`: /t.json, line 2: `users` is here twice; merge the two
    ");
}

#[test]
fn each_mistake_in_json_has_one_message_with_its_line() {
    let texts = [
        "{\"users\": {\n\"anna\": \"hush\"}}",
        "{\"users\":\n[\"hush\"]}",
        "{\"default\": {\n\"a\": null}}",
        "{\"default\": {\n\"a\": 1.5}}",
        "{\"default\": {\n\"a\": 9223372036854775808}}",
        "{\"default\": {\n\"a\": {\"b\": 1}}}",
        "{\"default\": {\n\"a\": {}}}",
        "{\"default\": {\n\"a\": [\"x\", 1]}}",
        "{\"default\": {\n\"a\": [[]]}}",
        "{\"default\": {\n\"a-b\": 1}}",
        "{\"default\": {\"a\": 1,\n\"a\": 2}}",
        "{\"default\": {\"pin_secret\":\n1}}",
        "{\"default\": {\"a\": [\"1\"]}, \"users\": {\"anna\":\n{\"a\": \"1\"}}}",
        "{\"default\": {\"a\": 1}, \"users\": {\"anna\":\n{\"a\": []}}}",
        "{\"users\": {\"anna\": {},\n\"ANNA\": {}}}",
        "{\"users\": {\n\"\": {}}}",
        "{\"users\": {\n\"*\": {}}}",
        "{\"groups\": {\n\"\": {}}}",
        "{\"default\": {\n\"a\": \"\\u0001\"}}",
        "{\"default\": {\n\"password\": \"hush\\u0001\"}}",
    ];
    let reported = messages(&json(), &texts);
    assert!(!reported.contains("hush"));
    insta::assert_snapshot!(reported, @"
    data `s`: /t.json, line 2: this must be an object of names and values
    data `s`: /t.json, line 2: this must be an object of users or groups
    data `s`: /t.json, line 2: `a` is null; leave it out where there is no value
    data `s`: /t.json, line 2: `a` is not a whole number; write it as text, in quotation marks
    data `s`: /t.json, line 2: `a` is too large a number; write it as text, in quotation marks
    data `s`: /t.json, line 2: `a` is a table; only text, whole numbers, true, false, lists of texts and lists of records are values
    data `s`: /t.json, line 2: `a` is a table; only text, whole numbers, true, false, lists of texts and lists of records are values
    data `s`: /t.json, line 2: `a` is a list with items that are neither text nor records; write them in quotation marks
    data `s`: /t.json, line 2: `a` is a list with items that are neither text nor records; write them in quotation marks
    data `s`: /t.json, line 2: the name `a-b` cannot be written as `extra.…` in a template: rename it, with only letters from a to z, digits and _, and no digit in front
    data `s`: /t.json, line 2: `a` is here twice; keep one of the two
    data `s`: /t.json, line 2: `pin_secret` is a secret, and a secret is text in quotation marks
    data `s`: /t.json, line 2: `a` is a list further up and no list here; make all of them lists
    data `s`: /t.json, line 2: `a` is a list here and no list further up; make all of them lists
    data `s`: /t.json, line 2: the user `anna` is already further up; keep one of the two
    data `s`: /t.json, line 2: the name of the user is empty
    data `s`: /t.json, line 2: values for all users belong under `default`, beside `users`
    data `s`: /t.json, line 2: the name of the group is empty
    data `s`: /t.json, line 2: `a` holds the control character U+0001
    data `s`: /t.json, line 2: `password` holds a control character
    ");
}

#[test]
fn each_mistake_in_toml_has_one_message_with_its_line() {
    let texts = [
        "[users]\nanna = { a = \"hush }\n",
        "\n[user]\n",
        "\nusers = \"hush\"\n",
        "[users]\nanna = \"hush\"\n",
        "[default]\na = 1.5\n",
        "[default]\na = 9223372036854775808\n",
        "[default]\na = 2025-01-01\n",
        "[default.a]\nb = 1\n",
        "[default]\na = [\"x\", 1]\n",
        "[default]\n\"a b\" = 1\n",
        "[default]\na = 1\na = 2\n",
        "[default]\nsip_password = 1234\n",
        "[users.anna]\na = 1\n[users.bo]\na = 1\n[users.Anna]\na = 1\n",
        "[users.\"*\"]\na = 1\n",
    ];
    let reported = messages(&toml(), &texts);
    assert!(!reported.contains("hush") && !reported.contains("1234"));
    insta::assert_snapshot!(reported, @"
    data `s`: /t.toml, line 2: unclosed inline table, expected `}`
    data `s`: /t.toml, line 2: there is no `user` at the top; did you mean `users`?
    data `s`: /t.toml, line 2: `users` must be a table
    data `s`: /t.toml, line 2: this must be a table of names and values
    data `s`: /t.toml, line 2: `a` is not a whole number; write it as text, in quotation marks
    data `s`: /t.toml, line 2: `a` is too large a number; write it as text, in quotation marks
    data `s`: /t.toml, line 2: `a` is a date; write it as text, in quotation marks
    data `s`: /t.toml, line 1: `a` is a table; only text, whole numbers, true, false, lists of texts and lists of records are values
    data `s`: /t.toml, line 2: `a` is a list with items that are neither text nor records; write them in quotation marks
    data `s`: /t.toml, line 2: the name `a b` cannot be written as `extra.…` in a template: rename it, with only letters from a to z, digits and _, and no digit in front
    data `s`: /t.toml, line 3: duplicate key
    data `s`: /t.toml, line 2: `sip_password` is a secret, and a secret is text in quotation marks
    data `s`: /t.toml, line 5: the user `anna` is already further up; keep one of the two
    data `s`: /t.toml, line 1: values for all users belong under `default`, beside `users`
    ");
}

#[test]
fn a_secret_that_no_user_has_is_there_and_one_that_is_misspelt_is_not() {
    let source = source("file = \"/t.json\"\nsecrets = [\"pin\"]");
    let data = data(&[(&source, r#"{"default": {"extension": "1"}}"#)]);
    assert_eq!(data.names().kinds.get("pin"), Some(&DatumType::Secret));
    let message = refused(&source, r#"{"users": {"anna": {"pinn": "1"}}}"#);
    assert_eq!(message, "data `s`: /t.json: `secrets` names `pin`, which these data do not have; did you mean `pinn`?");
}

#[test]
fn a_list_is_refused_at_the_first_item_that_is_neither_text_nor_record() {
    let texts = ["1", "null", "[]", "1.5", "-1", "true"];
    for item in texts {
        let text = format!("{{\"default\": {{\"a\": [\"x\", {item}, \n this is no JSON");
        let expected = "data `s`: /t.json, line 1: `a` is a list with items that are neither text nor records; write them in quotation marks";
        assert_eq!(refused(&json(), &text), expected);
    }
}

#[test]
fn the_texts_in_lists_count_as_values() {
    let text = format!("{{\"default\": {{\"a\": [{}\"\"]}}}}", "\"\",".repeat(4_000_000));
    assert_eq!(refused(&json(), &text), "data `s`: /t.json, line 1: these are more than 4000000 values");
}

#[test]
fn lists_of_several_rows_are_kept_apart() {
    let text = r#"{"default": {"a": ["1", "2"], "b": []}, "users": {"anna": {"b": ["3"], "a": ["4", ""]}}}"#;
    let data = data(&[(&json(), text)]);
    assert_eq!(of(&data, "anna", &[], &[]), ["a=[4, ]", "b=[3]"]);
    assert_eq!(of(&data, "bo", &[], &[]), ["a=[1, 2]", "b=[]"]);
}
