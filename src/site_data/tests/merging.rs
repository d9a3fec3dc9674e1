use super::*;

fn json() -> Source {
    source("file = \"/t.json\"")
}

#[test]
fn a_user_goes_before_a_group_before_a_roster_group_before_everybody() {
    let source = json();
    let text = r#"{
        "users": {"anna": {"a": "user"}},
        "groups": {"staff": {"a": "group", "b": "group"}},
        "roster_groups": {"staff": {"a": "roster", "b": "roster", "c": "roster"}},
        "default": {"a": "all", "b": "all", "c": "all", "d": "all"}
    }"#;
    let data = data(&[(&source, text)]);
    let all = ["staff"].as_slice();
    assert_eq!(of(&data, "anna", all, all), ["a=user", "b=group", "c=roster", "d=all"]);
    assert_eq!(of(&data, "bo", all, all), ["a=group", "b=group", "c=roster", "d=all"]);
    assert_eq!(of(&data, "bo", &[], &[]), ["a=all", "b=all", "c=all", "d=all"]);
}

#[test]
fn of_two_groups_the_one_that_stands_first_counts() {
    let texts = [
        (json(), r#"{"groups": {"z": {"a": "z"}, "m": {}, "b": {"a": "b", "c": "b"}}}"#),
        (source("file = \"/t.toml\""), "[groups.z]\na = \"z\"\n[groups.m]\n[groups.b]\na = \"b\"\nc = \"b\"\n"),
        (source("file = \"/t.csv\"\nby = \"group\""), "group,a,c\nz,z,\nm,,\nb,b,b\n"),
    ];
    for (source, text) in &texts {
        for groups in [["b", "m", "z"], ["z", "b", "m"]] {
            assert_eq!(of(&data(&[(source, text)]), "anna", &groups, &[]), ["a=z", "c=b"], "{text}");
        }
    }
    let (source, text) = (json(), r#"{"roster_groups": {"z": {"a": "z"}, "b": {"a": "b"}}}"#);
    assert_eq!(of(&data(&[(&source, text)]), "anna", &[], &["b", "z", "b"]), ["a=z"]);
}

#[test]
fn of_two_sources_the_later_counts_but_a_user_goes_before_its_groups() {
    let (first, second) = (json(), source("file = \"/t.csv\"\nby = \"group\""));
    let one = r#"{"users": {"anna": {"a": "user"}}, "groups": {"staff": {"b": "one", "c": "one"}}}"#;
    let two = "group,a,b\nstaff,two,two\n*,,all\n";
    let forth = data(&[(&first, one), (&second, two)]);
    assert_eq!(of(&forth, "anna", &["staff"], &[]), ["a=user", "b=two", "c=one"]);
    let back = data(&[(&second, two), (&first, one)]);
    assert_eq!(of(&back, "anna", &["staff"], &[]), ["a=user", "b=one", "c=one"]);
    assert_eq!(of(&back, "anna", &[], &[]), ["a=user", "b=all"]);
}

#[test]
fn an_empty_text_of_a_document_is_a_value() {
    let source = json();
    let data = data(&[(&source, r#"{"default": {"a": "all"}, "users": {"anna": {"a": ""}}}"#)]);
    assert_eq!(of(&data, "anna", &[], &[]), ["a="]);
}

#[test]
fn a_name_that_is_secret_in_one_source_is_secret_in_all() {
    let (plain, secret) = (json(), source("file = \"/t.json\"\nsecrets = [\"pin\"]"));
    let one = r#"{"default": {"pin": "1"}, "users": {"anna": {"pin": 2}, "bo": {"pin": true}}}"#;
    let two = r#"{"users": {"chris": {"pin": "4"}}}"#;
    for data in [data(&[(&plain, one), (&secret, two)]), data(&[(&secret, two), (&plain, one)])] {
        assert_eq!(data.names().kinds["pin"], DatumType::Secret);
        let pins = ["anna", "bo", "chris", "dora"].map(|user| of(&data, user, &[], &[]).concat());
        assert_eq!(pins, ["pin=<2>", "pin=<true>", "pin=<4>", "pin=<1>"]);
    }
}

#[test]
fn a_name_cannot_be_a_list_in_one_source_only() {
    let list: config::Data = toml::from_str("name = \"list\"\nfile = \"/l.json\"").unwrap();
    let list = Source::new(&list, &domain()).unwrap();
    let one = json();
    let lists = Some(table(&list, r#"{"default": {"a": []}}"#));
    let ones = Some(table(&one, r#"{"default": {"a": 1}}"#));
    for sources in [vec![(&list, lists.clone()), (&one, ones.clone())], vec![(&one, ones), (&list, lists)]] {
        let message = SiteData::new(sources).unwrap_err().to_string();
        insta::allow_duplicates! { insta::assert_snapshot!(message, @"data `s` and `list`: the values of `a` are single values in the one and lists of texts in the other; rename it in one of them"); }
    }
}

#[test]
fn a_source_that_was_not_read_leaves_the_names_open() {
    let (read, unread) = (json(), source("command = [\"/bin/true\"]"));
    let some = Some(table(&read, r#"{"default": {"a": 1}}"#));
    let data = SiteData::new(vec![(&read, some.clone()), (&unread, None)]).unwrap();
    assert_eq!((data.unread(), data.names().open), (Some("s"), true));
    assert_eq!(of(&data, "anna", &[], &[]), ["a=1"]);
    let data = SiteData::new(vec![(&read, some)]).unwrap();
    assert_eq!((data.unread(), data.names().open), (None, false));
    assert_eq!((SiteData::default().unread(), SiteData::default().wanted()), (None, PartSet::NOTHING));
}
