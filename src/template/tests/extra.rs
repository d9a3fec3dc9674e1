//! The site's own names.

use super::*;
use crate::model::account::{DatumType, SecretItems};

fn names(open: bool) -> ExtraNames {
    let kinds = [
        ("sip_user", DatumType::Single),
        ("sip_password", DatumType::Secret),
        ("rooms", DatumType::List(SecretItems::None)),
    ];
    ExtraNames { kinds: kinds.into_iter().map(|(name, kind)| (name.into(), kind)).collect(), open }
}

fn with(text: &str, names: &ExtraNames) -> Result<Arc<Template>, TemplateError> {
    compiled(text, names, brackets)
}

#[track_caller]
fn refused(text: &str) -> String {
    with(text, &names(false)).map(|_| ()).expect_err(text).to_string()
}

#[test]
fn names_that_the_data_know_can_be_used() {
    let text = "{{ extra.sip_user }}{{ extra.sip_password }}{% for room in extra.rooms %}{{ room }}{% endfor %}{{ extra['sip_user'] | upper }}";
    let template = with(text, &names(false)).unwrap();
    assert!(template.wants_extra());
    let samples = Sample::all(&names(false));
    let texts: Vec<String> = samples.iter().map(|sample| template.render(&sample.context()).unwrap()).collect();
    assert_eq!(texts[0], "<1234><correct battery><support><sales><1234>");
    assert_eq!(texts[1], "<><><>");
    assert!(texts[2].contains("evil.key"));
}

#[test]
fn names_that_they_do_not_know_are_mistakes() {
    insta::assert_snapshot!(refused("a=b\n{{ extra.sip_usr }}"), @"t:2: `extra` has no `sip_usr`; did you mean `extra.sip_user`?");
    insta::assert_snapshot!(refused("{% if false %}{{ extra.xyz }}{% endif %}"), @"t:1: `extra` has no `xyz`: no site data have a column or value of that name");
    insta::assert_snapshot!(refused("{% set e = extra %}{{ e.sip_usr }}"), @"t:1: `extra` has no `sip_usr`; did you mean `extra.sip_user`?");
    insta::assert_snapshot!(refused("{{ extra.rooms }}"), @"t:1: this is a list; loop over it, or write `{{ … | join(',') }}`");
    insta::assert_snapshot!(refused("{{ extra.sip_user.x }}"), @"t:1: `extra.sip_user` is a single value and has no `x`");
    insta::assert_snapshot!(refused("{{ extra }}"), @"t:1: this is a group of values and has no text of its own; name one of them");
    insta::assert_snapshot!(super::refused("{{ extra.sip_user }}"), @"t:1: no site data are configured, so there is no `extra.sip_user`: name a source of them with [[data]]");
}

#[test]
fn any_name_may_be_used_while_some_data_were_not_read() {
    let text = "{{ extra.xyz | upper }}{% for x in extra.list %}{% endfor %}";
    assert!(with(text, &names(true)).is_ok());
    assert!(with(text, &ExtraNames { open: true, ..ExtraNames::default() }).is_ok());
}

#[test]
fn a_secret_of_the_data_is_as_guarded_as_the_password() {
    assert!(refused("{{ 'x' ~ extra.sip_password }}").contains("a secret cannot be joined or filtered"));
}

#[test]
fn a_list_of_secrets_is_looped_over_and_nothing_else() {
    let kinds = [("pins".into(), DatumType::List(SecretItems::All))].into_iter().collect();
    let names = ExtraNames { kinds, open: false };
    let template = with("{% for pin in extra.pins %}{{ pin }}{% endfor %}", &names).unwrap();
    let texts =
        Sample::all(&names).iter().map(|sample| template.render(&sample.context()).unwrap()).collect::<Vec<_>>();
    assert_eq!(texts[..2], ["<correct battery><staple>", ""]);
    let refused = |text: &str| with(text, &names).map(|_| ()).expect_err(text).to_string();
    assert_eq!(refused("{{ extra.pins }}"), "t:1: this is a list of secrets; loop over it");
    assert!(refused("{{ extra.pins | join(',') }}").contains("a secret cannot be joined or filtered"));
    assert!(refused("{% if extra.pins[0] == '1' %}{% endif %}").contains("a secret cannot be compared"));
    assert!(refused("{% if (extra.pins | first) == '1' %}{% endif %}").contains("a secret cannot be compared"));
}

#[test]
fn a_list_with_secrets_in_it_guards_these_and_no_other_items() {
    let kinds = [("line".into(), DatumType::List(SecretItems::At([1, 2].into())))].into_iter().collect();
    let names = ExtraNames { kinds, open: false };
    let render = |text: &str| {
        let template = with(text, &names).unwrap_or_else(|error| panic!("{text}: {error}"));
        template.render(&Sample::all(&names)[0].context()).unwrap()
    };
    let there = |text: &str| format!("{{% if extra.line | length > 2 %}}{text}{{% endif %}}");
    assert_eq!(render(&there("{{ extra.line[0] | upper }}={{ extra.line[1] }}")), "<SUPPORT>=<staple>");
    assert_eq!(render(&there("{% if extra.line[0] == 'support' %}yes{% endif %}")), "yes");
    assert_eq!(render(&there("{% if extra['line'] | first == 'support' %}yes{% endif %}")), "yes");
    assert_eq!(render("{% for x in extra.line %}{{ x }},{% endfor %}"), "<support>,<staple>,<correct battery>,");
    assert_eq!(render("{{ 'staple' in extra.line }}{{ 'support' in extra.line }}"), "falsetrue");
    assert_eq!(render(&there("{% if extra.line[1] %}yes{% endif %}{{ extra.line[0] ~ '!' }}")), "yes<support!>");
    let refused = |text: &str| with(&there(text), &names).map(|_| ()).expect_err(text).to_string();
    for text in ["{{ extra.line | join(',') }}", "{{ extra.line[1] | upper }}", "{{ extra.line[1] ~ 'x' }}"] {
        assert!(refused(text).contains("a secret cannot be joined or filtered"), "{text}: {}", refused(text));
    }
    for value in [
        "extra.line[1]",
        "extra.line[-1]",
        "extra.line[0 + 1]",
        "(extra.line | last)",
        "(extra.line | reverse | first)",
        "(extra.line | default([]))[1]",
        "(extra.line | d([]))[1]",
        "extra.line[1:][0]",
    ] {
        let message = refused(&format!("{{% if {value} == '1' %}}{{% endif %}}"));
        assert!(message.contains("a secret cannot be compared"), "{value}: {message}");
    }
    let message = refused("{% for x in extra.line %}{% if x == '1' %}{% endif %}{% endfor %}");
    assert!(message.contains("a secret cannot be compared"), "{message}");
    assert!(
        refused("{{ extra.line }}")
            .ends_with("this is a list with secrets in it; loop over it, or name one of its items")
    );
    assert!(refused("{{ extra.line.pin }}").contains("`extra.line` is a list and has no `pin`"));
    // A place far behind takes no room.
    let far = [("line".into(), DatumType::List(SecretItems::At([usize::MAX].into())))].into_iter().collect();
    assert_eq!(Sample::all(&ExtraNames { kinds: far, open: false }).len(), 3);
}

/// `lint` without a configuration has no data to ask.
#[test]
fn names_are_known_from_their_use() {
    let text = "{% if extra.room %}{{ extra.sip_password }}{% endif %}{% for q in extra.queues %}{{ q }}{% endfor %}\
        {{ extra.lines | join(',') }}{% if extra.phones %}{{ extra.phones[1] }}{% endif %}{{ extra['desk'] }}\
        {{ extra.queues | length }}";
    let template = with(text, &ExtraNames { open: true, ..ExtraNames::default() }).unwrap();
    let list = DatumType::List(SecretItems::None);
    let expected = [
        ("desk", DatumType::Single),
        ("lines", list.clone()),
        ("phones", list.clone()),
        ("queues", list),
        ("room", DatumType::Single),
        ("sip_password", DatumType::Secret),
    ];
    assert_eq!(template.extra, expected.map(|(name, datum)| (name.into(), datum)).into());
}

fn records() -> ExtraNames {
    let names = [("number".into(), DatumType::Single), ("secret".into(), DatumType::Secret)];
    ExtraNames { kinds: [("lines".into(), DatumType::Records(names.into()))].into(), open: false }
}

#[test]
fn records_are_looped_over_and_their_secrets_only_written() {
    let text = "{% for line in extra.lines if line.secret %}{{ line.number }}={{ line.secret }} {% endfor %}{% if extra.lines %}{{ extra.lines[0].number }}{% endif %}";
    let template = with(text, &records()).unwrap();
    let texts: Vec<String> =
        Sample::all(&records()).iter().map(|sample| template.render(&sample.context()).unwrap_or_default()).collect();
    assert_eq!(texts[0], "<201>=<correct battery> <302>=<staple> <201>");
    assert_eq!(texts[1], "");
    let ids = with("{% for line in extra.lines %}{{ account_id(line.number) }} {% endfor %}", &records()).unwrap();
    let samples = Sample::all(&records());
    assert_eq!(ids.render(&samples[0].context()).unwrap(), "<accName201Z> <accName302Z> ");
    let hostile = ids.render(&samples[2].context()).unwrap();
    assert_ne!(hostile.split_once(' ').unwrap().0, hostile.trim_end().rsplit_once(' ').unwrap().1);
}

#[test]
fn mistakes_with_records_are_found_before_any_client_asks() {
    let refused = |text: &str| with(text, &records()).map(|_| ()).expect_err(text).to_string();
    insta::assert_snapshot!(refused("{% for line in extra.lines %}{{ line.numbr }}{% endfor %}"), @"t:1: `line` has no `numbr`; did you mean `line.number`? It has: number, secret");
    insta::assert_snapshot!(refused("{% for line in extra.lines | sort(attribute='number') %}{{ line }}{% endfor %}"), @"t:1: this is a record and has no text of its own; it has: number, secret");
    insta::assert_snapshot!(refused("{{ extra.lines }}"), @"t:1: this is a list of records; loop over it; its records have: number, secret");
    insta::assert_snapshot!(refused("{{ extra.lines.number }}"), @"t:1: `extra.lines` is a list and has no `number`; loop over it");
    let joined = refused("{% for line in extra.lines %}{{ line.secret ~ 'x' }}{% endfor %}");
    assert!(joined.contains("a secret cannot be joined or filtered"), "{joined}");
    insta::assert_snapshot!(refused("{% for line in extra.lines %}{{ 1 if line.secret == 'x' }}{% endfor %}"), @"t:1: a secret cannot be compared; only `{% if password %}` is possible");
}

#[test]
fn records_are_known_by_their_use_where_there_are_no_data() {
    let open = ExtraNames { open: true, ..ExtraNames::default() };
    let text = "{% for line in extra.lines %}{{ line.number }}{{ line.sip_password }}{% endfor %}{% for x in extra.list %}{{ x }}{% endfor %}{{ extra.one }}";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.properties");
    std::fs::write(&file, text).unwrap();
    let settings = crate::model::config::Template { file: Some(file), ..Default::default() };
    let names = super::super::Templates::load(&settings, &open, brackets).unwrap().extra_names();
    let members = [("number".into(), DatumType::Single), ("sip_password".into(), DatumType::Secret)];
    assert_eq!(names.kinds["lines"], DatumType::Records(members.into()));
    assert_eq!(names.kinds["list"], DatumType::List(SecretItems::None));
    assert_eq!(names.kinds["one"], DatumType::Single);
    let plain = &Sample::all(&names)[0];
    let template = with(text, &names).unwrap();
    assert_eq!(template.render(&plain.context()).unwrap(), "<201><correct battery><302><staple><support><sales><1234>");
}
