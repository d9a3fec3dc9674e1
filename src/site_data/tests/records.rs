//! Lists of records, and numbered columns, which are the same.

use super::*;
use crate::model::account::DatumType;

const CSV: &str = "\
username,room,lines.1.name,lines.1.secret,lines.10.name,lines.2.name,lines.2.secret,lines.10.secret
anna,Hall,desk,k1,fax,lab, k2 ,
bo,Attic,,,,,,
chris,,,,lab,,,k3
";

const JSON: &str = r#"{"users": {
    "anna": {"room": "Hall", "lines": [
        {"name": "desk", "secret": "k1"}, {"name": "lab", "secret": " k2 "}, {"name": "fax"}]},
    "bo": {"room": "Attic"},
    "chris": {"lines": [{"name": "lab", "secret": "k3"}]}}}"#;

const TOML: &str = r#"
[users.anna]
room = "Hall"
lines = [{ name = "desk", secret = "k1" }, { name = "lab", secret = " k2 " }, { name = "fax" }]
[users.bo]
room = "Attic"
[[users.chris.lines]]
name = "lab"
secret = "k3"
"#;

fn of_file(name: &str, settings: &str) -> Source {
    source(&format!("file = \"/{name}\"\n{settings}"))
}

#[test]
fn a_list_of_records_is_the_same_in_each_format() {
    for (name, text) in [("t.csv", CSV), ("t.json", JSON), ("t.toml", TOML)] {
        let source = of_file(name, "");
        let data = data(&[(&source, text)]);
        let lines = "lines=[{name=desk, secret=<k1>}, {name=lab, secret=< k2 >}, {name=fax}]";
        assert_eq!(of(&data, "anna", &[], &[]), [lines, "room=Hall"], "{name}");
        assert_eq!(of(&data, "bo", &[], &[]), ["room=Attic"], "{name}");
        assert_eq!(of(&data, "chris", &[], &[]), ["lines=[{name=lab, secret=<k3>}]"], "{name}");
        let names = [("name".into(), DatumType::Single), ("secret".into(), DatumType::Secret)].into();
        assert_eq!(data.names().kinds["lines"], DatumType::Records(names), "{name}");
    }
}

#[test]
fn secrets_in_records_are_hidden_and_printed_nowhere() {
    let texts = [
        ("t.csv", "username,lines.1.pin,lines.1.name\nanna,sEcReT,desk\n"),
        ("t.json", r#"{"users": {"anna": {"lines": [{"pin": "sEcReT", "name": "desk"}]}}}"#),
        ("t.toml", "[users.anna]\nlines = [{ pin = \"sEcReT\", name = \"desk\" }]\n"),
    ];
    for (name, text) in texts {
        assert_eq!(of(&data(&[(&of_file(name, ""), text)]), "anna", &[], &[]), ["lines=[{name=desk, pin=sEcReT}]"]);
        let source = of_file(name, "secrets = [\"lines.pin\"]");
        let data = data(&[(&source, text)]);
        assert_eq!(of(&data, "anna", &[], &[]), ["lines=[{name=desk, pin=<sEcReT>}]"]);
        let mut anna = data.values_for(&Username::parse("anna", &domain()).unwrap(), &[], &[]);
        assert!(!format!("{source:?} {data:?} {anna:?} {:?}", table(&source, text)).contains("sEcReT"));
        let secrets: Vec<_> = anna.secrets().map(|secret| secret.expose_secret().to_owned()).collect();
        assert_eq!(secrets, ["sEcReT"]);
        anna.hide_secrets(|text| format!("({})", text.len()));
        assert_eq!(shown(&anna.values["lines"]), "[{name=desk, pin=<(6)>}]");
        let all = of_file(name, "secrets = [\"lines\"]");
        assert_eq!(of(&super::data(&[(&all, text)]), "anna", &[], &[]), ["lines=[{name=<desk>, pin=<sEcReT>}]"]);
    }
}

#[test]
fn what_one_source_calls_a_secret_in_records_is_one_in_all() {
    let (named, other) = (of_file("a.json", "secrets = [\"lines.pin\"]"), of_file("b.json", ""));
    let texts =
        [r#"{"default": {"lines": [{"pin": "1"}]}}"#, r#"{"users": {"anna": {"lines": [{"pin": 2, "name": "a"}]}}}"#];
    for sources in [[(&named, texts[0]), (&other, texts[1])], [(&other, texts[1]), (&named, texts[0])]] {
        let data = data(&sources);
        assert_eq!(of(&data, "bo", &[], &[]), ["lines=[{pin=<1>}]"]);
        assert_eq!(of(&data, "anna", &[], &[]), ["lines=[{name=a, pin=<2>}]"]);
    }
    let empty = [(&named, "{}"), (&other, texts[1])];
    assert_eq!(of(&data(&empty), "anna", &[], &[]), ["lines=[{name=a, pin=<2>}]"]);
}

#[test]
fn a_list_without_records_is_an_empty_list_of_them() {
    for text in [
        r#"{"default": {"lines": []}, "users": {"anna": {"lines": [{"n": 1}]}}}"#,
        r#"{"users": {"anna": {"lines": [{"n": 1}]}}, "default": {"lines": []}}"#,
    ] {
        let data = data(&[(&of_file("t.json", ""), text)]);
        assert_eq!(of(&data, "bo", &[], &[]), ["lines=[]"]);
        assert_eq!(of(&data, "anna", &[], &[]), ["lines=[{n=1}]"]);
    }
    let (one, two) = (of_file("a.json", ""), of_file("b.json", ""));
    let texts = [r#"{"default": {"lines": [{"n": 1}]}}"#, r#"{"users": {"anna": {"lines": []}}}"#];
    let data = data(&[(&one, texts[0]), (&two, texts[1])]);
    assert_eq!(of(&data, "anna", &[], &[]), ["lines=[]"]);
    assert!(matches!(
        data.values_for(&Username::parse("anna", &domain()).unwrap(), &[], &[]).values["lines"],
        Datum::Records(_)
    ));
}

#[test]
fn each_mistake_in_records_has_one_message_with_its_line() {
    let json = |text: &str| refused(&of_file("t.json", ""), text);
    let csv = |text: &str| refused(&of_file("t.csv", ""), text);
    let named = |entry: &str, text: &str| refused(&of_file("t.json", &format!("secrets = [\"{entry}\"]")), text);
    let messages = [
        json(r#"{"default": {"a": ["x", {"b": 1}]}}"#),
        json(r#"{"default": {"a": [{"b": 1}, "x"]}}"#),
        json(r#"{"default": {"a": [{"b": [1]}]}}"#),
        json(r#"{"default": {"a": [{"b": {}}]}}"#),
        json(r#"{"default": {"a": [{"b": null}]}}"#),
        json(r#"{"default": {"a": [{"b": 1.5}]}}"#),
        json(r#"{"default": {"a": [{"b": 1, "b": 2}]}}"#),
        json(r#"{"default": {"a": [{"b c": 1}]}}"#),
        json(r#"{"default": {"a": [{"pin_secret": 1}]}}"#),
        json(r#"{"default": {"a": [{"b": 1}]}, "users": {"x": {"a": ["c"]}}}"#),
        json(r#"{"default": {"a": [{"b": 1}]}, "users": {"x": {"a": 1}}}"#),
        named("a.c", r#"{"default": {"a": "1"}}"#),
        named("a.pinn", r#"{"default": {"a": [{"pin": "1"}]}}"#),
        named("a[0]", r#"{"default": {"a": [{"pin": "1"}]}}"#),
        refused(&of_file("t.toml", ""), "[default]\na = [{ b = 1.5 }]\n"),
        refused(&of_file("t.toml", ""), "[default]\na = [{ b = [] }]\n"),
        csv("username,a.0.b\nanna,1\n"),
        csv("username,a.1.b,a\nanna,1,2\n"),
        csv("username,a.1.b c\nanna,1\n"),
        csv("username,a.b\nanna,1\n"),
    ];
    insta::assert_snapshot!(messages.join("\n"), @"
    data `s`: /t.json, line 1: `a` has texts and records in one list; make all of them records
    data `s`: /t.json, line 1: `a` has texts and records in one list; make all of them records
    data `s`: /t.json, line 1: `a.b` is a list or table inside of a record; only text, whole numbers, true and false are values there
    data `s`: /t.json, line 1: `a.b` is a list or table inside of a record; only text, whole numbers, true and false are values there
    data `s`: /t.json, line 1: `a.b` is null; leave it out where there is no value
    data `s`: /t.json, line 1: `a.b` is not a whole number; write it as text, in quotation marks
    data `s`: /t.json, line 1: `a.b` is here twice in one record; keep one of the two
    data `s`: /t.json, line 1: the name `b c` cannot be written as `extra.…` in a template: rename it, with only letters from a to z, digits and _, and no digit in front
    data `s`: /t.json, line 1: `a.pin_secret` is a secret, and a secret is text in quotation marks
    data `s`: /t.json, line 1: `a` is a list of texts in one place and a list of records in another; make all of them records
    data `s`: /t.json, line 1: `a` is a list further up and no list here; make all of them lists
    data `s`: /t.json: `secrets` names `a.c`, but `a` is not a list of records; write `a`
    data `s`: /t.json: `secrets` names `a.pinn`, which no record has; did you mean `a.pin`?
    data `s`: /t.json: `secrets` names `a[0]`, but `a` is a list of records; name one of their values, as in `a.pin`
    data `s`: /t.toml, line 2: `a.b` is not a whole number; write it as text, in quotation marks
    data `s`: /t.toml, line 2: `a.b` is a list or table inside of a record; only text, whole numbers, true and false are values there
    data `s`: /t.csv, line 1: the name of column 2 cannot be written as `extra.…` in a template: rename it, with only letters from a to z, digits and _, and no digit in front; a numbered column is called `list.1.name`, counted from 1
    data `s`: /t.csv, line 2: `a` is here twice; keep one of the two
    data `s`: /t.csv, line 1: the name of column 2 cannot be used: the name `b c` cannot be written as `extra.…` in a template: rename it, with only letters from a to z, digits and _, and no digit in front
    data `s`: /t.csv, line 1: the name of column 2 cannot be written as `extra.…` in a template: rename it, with only letters from a to z, digits and _, and no digit in front; a numbered column is called `list.1.name`, counted from 1
    ");
}
