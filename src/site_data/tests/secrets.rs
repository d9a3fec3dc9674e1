use proptest::prelude::*;

use super::*;
use crate::model::account::SecretItems;

/// What no message and no Debug text may hold.
const SECRET: &str = "sEcReT";

fn sources() -> [Source; 4] {
    [
        source("file = \"/t.csv\"\nsecrets = [\"pin\"]"),
        source("file = \"/t.csv\"\nsecrets = [\"pin\"]\nseparator = \";\"\nby = \"group\"\nkey = \"a\""),
        source("file = \"/t.json\"\nsecrets = [\"pin\"]"),
        source("file = \"/t.toml\"\nsecrets = [\"pin\"]"),
    ]
}

/// Pieces of the three formats, and the secret where values stand.
fn text() -> impl Strategy<Value = String> {
    let pieces = vec![
        "username,a,pin\n",
        "anna,1,",
        "bo,",
        ",",
        ";",
        "\n",
        "\"",
        "anna,1,\"sEcReT\"\n",
        "sEcReT\n",
        "{",
        "}",
        "\"users\":",
        "[1, ",
        "\"anna\":",
        "\"pin\":",
        "\"pin\": \"sEcReT\"",
        "{\"users\": {\"anna\": {\"pin\": \"sEcReT\"",
        "[users.anna]\n",
        "pin = \"sEcReT\"\n",
        "pin = '''sEcReT",
        "null",
        "1.5",
        "\u{1}",
        "\u{feff}",
        "[default]\n",
        "pin = ",
        "\r",
        "pin.x = \"sEcReT\"\n",
        "\\",
        "#",
    ];
    prop::collection::vec(proptest::sample::select(pieces), 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for source in sources() {
            let _ = source.parse(&bytes);
        }
    }

    #[test]
    fn no_message_shows_a_secret(text in text()) {
        for source in sources() {
            let reported = match source.parse(text.as_bytes()) {
                Ok(table) => format!("{table:?}"),
                Err(error) => format!("{error} {error:?}"),
            };
            // What stands between backticks is the name of a user, group or value: a secret in its place is taken for one.
            let besides: String = reported.split('`').step_by(2).collect();
            prop_assert!(!besides.contains(SECRET), "{}\n{}", reported, text);
        }
    }

    #[test]
    fn what_is_written_as_csv_is_read_as_it_was(values in prop::collection::vec("[^\\p{Cc}]{0,20}|a\"b\n,c", 1..20)) {
        // A formula of a spreadsheet is refused, however it is quoted.
        prop_assume!(!values.iter().any(|value| value.trim().starts_with("=\"")));
        let quoted = |value: &String| format!("\"{}\"", value.replace('"', "\"\""));
        let names: Vec<String> = (0..values.len()).map(|number| format!("n{number}_secret")).collect();
        let cells: Vec<String> = values.iter().map(quoted).collect();
        let text = format!("username,{}\r\nanna,{}\r\n", names.join(","), cells.join(","));
        let source = source("file = \"/t.csv\"");
        let known = data(&[(&source, &text)]).values_for(&Username::parse("anna", &domain()).unwrap(), &[], &[]).values;
        for (name, value) in names.iter().zip(&values) {
            let read = known.get(name.as_str()).map(shown);
            let expected = (!value.is_empty()).then(|| format!("<{value}>"));
            prop_assert_eq!(read, expected);
        }
    }
}

#[test]
fn nothing_prints_a_secret() {
    let source = source("file = \"/t.json\"\nsecrets = [\"pin\"]");
    let table = table(&source, r#"{"users": {"anna": {"pin": "sEcReT", "sip_password": "sEcReT"}}}"#);
    let data = SiteData::new(vec![(&source, Some(Arc::clone(&table)))]).unwrap();
    let extra = data.values_for(&Username::parse("anna", &domain()).unwrap(), &[], &[]);
    assert_eq!(extra.values.len(), 2);
    assert!(!format!("{source:?} {table:?} {data:?} {extra:?}").contains(SECRET));
    let settings = "url = \"https://crm.example.org/?token=sEcReT\"\nauthorization = \"Bearer sEcReT\"";
    assert!(!format!("{:?}", super::source(settings)).contains(SECRET));
    assert!(!format!("{:?}", super::source("command = [\"/bin/x\", \"sEcReT\"]")).contains(SECRET));
}

#[test]
fn a_list_that_is_named_is_secret_in_all_its_items() {
    let text = r#"{"default": {"pins": ["sEcReT", "1"]}, "users": {"anna": {"pins": ["2"], "rooms": ["Hall"]}}}"#;
    let named = source("file = \"/t.json\"\nsecrets = [\"pins\"]");
    let data = data(&[(&named, text)]);
    assert_eq!(of(&data, "bo", &[], &[]), ["pins=[<sEcReT>, <1>]"]);
    assert_eq!(of(&data, "anna", &[], &[]), ["pins=[<2>]", "rooms=[Hall]"]);
    assert_eq!(data.names().kinds.get("pins"), Some(&DatumType::List(SecretItems::All)));
    assert!(
        !format!("{data:?} {:?}", data.values_for(&Username::parse("bo", &domain()).unwrap(), &[], &[]))
            .contains(SECRET)
    );
    let toml = source("file = \"/t.toml\"\nsecrets = [\"pins\"]");
    assert_eq!(of(&super::data(&[(&toml, "[users.bo]\npins = [\"a\"]\n")]), "bo", &[], &[]), ["pins=[<a>]"]);
    let mixed = refused(&named, r#"{"users": {"anna": {"pins": ["1"]}, "bo": {"pins": "2"}}}"#);
    assert_eq!(
        mixed,
        "data `s`: /t.json, line 1: `pins` is a list further up and no list here; make all of them lists"
    );
}

#[test]
fn a_list_that_one_source_names_is_secret_in_all() {
    let (named, other) = (source("file = \"/a.json\"\nsecrets = [\"pins\"]"), source("file = \"/b.json\""));
    let texts = [r#"{"default": {"pins": ["1"]}}"#, r#"{"default": {"pins": ["2"]}}"#];
    assert_eq!(of(&data(&[(&named, texts[0]), (&other, texts[1])]), "anna", &[], &[]), ["pins=[<2>]"]);
}

#[test]
fn one_item_of_a_list_is_secret_where_it_is_named_by_its_place() {
    let json =
        r#"{"default": {"line": ["201"]}, "users": {"anna": {"line": ["202", "sEcReT", "x"]}, "bo": {"line": []}}}"#;
    let toml =
        "[default]\nline = [\"201\"]\n[users.anna]\nline = [\"202\", \"sEcReT\", \"x\"]\n[users.bo]\nline = []\n";
    for (file, text) in [("t.json", json), ("t.toml", toml)] {
        let named = |secrets: &str| source(&format!("file = \"/{file}\"\nsecrets = {secrets}"));
        let one = named("[\"line[1]\"]");
        let data = data(&[(&one, text)]);
        assert_eq!(of(&data, "anna", &[], &[]), ["line=[202, <sEcReT>, x]"]);
        assert_eq!(of(&data, "bo", &[], &[]), ["line=[]"]);
        assert_eq!(of(&data, "chris", &[], &[]), ["line=[201]"]);
        assert_eq!(data.names().kinds.get("line"), Some(&DatumType::List(SecretItems::At([1].into()))));
        let anna = data.values_for(&Username::parse("anna", &domain()).unwrap(), &[], &[]);
        assert!(!format!("{one:?} {data:?} {anna:?} {:?}", table(&one, text)).contains(SECRET));
        let secrets: Vec<_> = anna.secrets().map(|secret| secret.expose_secret().to_owned()).collect();
        assert_eq!(secrets, [SECRET]);
        let mut hidden = anna.clone();
        hidden.hide_secrets(|text| format!("({})", text.len()));
        assert_eq!(shown(&hidden.values["line"]), "[202, <(6)>, x]");
        for all in ["[\"line\", \"line[1]\"]", "[\"line[1]\", \"line\"]"] {
            assert_eq!(of(&super::data(&[(&named(all), text)]), "anna", &[], &[]), ["line=[<202>, <sEcReT>, <x>]"]);
        }
        let two = super::data(&[(&named("[\"line[2]\", \"line[0]\", \"line[7]\"]"), text)]);
        assert_eq!(of(&two, "anna", &[], &[]), ["line=[<202>, sEcReT, <x>]"]);
    }
}

#[test]
fn an_item_that_one_source_names_is_secret_in_all() {
    let texts = [r#"{"default": {"line": ["1", "2"]}}"#, r#"{"users": {"anna": {"line": ["3", "4", "5"]}}}"#];
    let named = |secrets: &str| source(&format!("file = \"/t.json\"\nsecrets = [{secrets}]"));
    let of_both = |one: &str, two: &str| {
        let (one, two) = (named(one), named(two));
        let data = data(&[(&one, texts[0]), (&two, texts[1])]);
        [of(&data, "bo", &[], &[]).concat(), of(&data, "anna", &[], &[]).concat()]
    };
    assert_eq!(of_both("\"line[1]\"", ""), ["line=[1, <2>]", "line=[3, <4>, 5]"]);
    assert_eq!(of_both("", "\"line[1]\""), ["line=[1, <2>]", "line=[3, <4>, 5]"]);
    assert_eq!(of_both("\"line[1]\"", "\"line[2]\""), ["line=[1, <2>]", "line=[3, <4>, <5>]"]);
    assert_eq!(of_both("\"line[1]\"", "\"line\""), ["line=[<1>, <2>]", "line=[<3>, <4>, <5>]"]);
    assert_eq!(of_both("\"line\"", "\"line[1]\""), ["line=[<1>, <2>]", "line=[<3>, <4>, <5>]"]);
}

#[test]
fn an_item_of_what_is_no_list_is_refused() {
    let json = source("file = \"/t.json\"\nsecrets = [\"line[1]\"]");
    let csv = source("file = \"/t.csv\"\nsecrets = [\"line[1]\"]");
    let both = source("file = \"/t.json\"\nsecrets = [\"line\", \"line[1]\"]");
    let control = refused(&json, "{\"default\": {\"line\": [\"a\", \"sEcReT\\u0001\"]}}");
    let messages = [
        refused(&json, r#"{"default": {"line": "1"}}"#),
        refused(&both, r#"{"default": {"line": "1"}}"#),
        refused(&json, r#"{"default": {"lines": ["1"]}}"#),
        refused(&csv, "username,line\nanna,1\n"),
        refused(&csv, "username,other\nanna,1\n"),
        control,
    ];
    insta::assert_snapshot!(messages.join("\n"), @"
    data `s`: /t.json: `secrets` names `line[1]`, but `line` is not a list; write `line`
    data `s`: /t.json: `secrets` names `line[1]`, but `line` is not a list; write `line`
    data `s`: /t.json: `secrets` names `line[1]`, which these data do not have; did you mean `lines[1]`?
    data `s`: /t.csv: `secrets` names `line[1]`, but columns of a CSV file hold no lists; write `line`
    data `s`: /t.csv: `secrets` names `line[1]`, which is not a column
    data `s`: /t.json, line 1: `line` holds a control character
    ");
    // There may be a list later.
    let data = data(&[(&json, r#"{"default": {"extension": "1"}}"#)]);
    assert_eq!(data.names().kinds.get("line"), Some(&DatumType::List(SecretItems::At([1].into()))));
}

#[test]
fn a_source_without_the_list_can_name_it_for_the_others() {
    let (named, other) = (source("file = \"/a.json\"\nsecrets = [\"pins\"]"), source("file = \"/b.json\""));
    let texts = ["{}", r#"{"default": {"pins": ["1", "2"]}}"#];
    for data in [data(&[(&named, texts[0]), (&other, texts[1])]), data(&[(&other, texts[1]), (&named, texts[0])])] {
        assert_eq!(of(&data, "anna", &[], &[]), ["pins=[<1>, <2>]"]);
        assert_eq!(data.names().kinds.get("pins"), Some(&DatumType::List(SecretItems::All)));
    }
    let one = source("file = \"/a.json\"\nsecrets = [\"pins[1]\"]");
    assert_eq!(of(&data(&[(&one, texts[0]), (&other, texts[1])]), "anna", &[], &[]), ["pins=[1, <2>]"]);
}
