use super::*;

#[test]
fn turn_credentials_are_those_of_the_request() {
    let credentials = "{% set turn = turn_credentials('north', '12h') %}";
    // The sample's time is 1750000000.
    assert_eq!(
        rendered(&format!("{credentials}{{{{ turn.username }}}} {{{{ turn.password }}}} {{{{ turn.expires }}}}")),
        "<1750043200:anna.berg> <2vPDdSQjZzsWl/c/UOQ0WRApgvI=> <1750043200>"
    );
    assert_eq!(rendered("{{ turn_credentials('north', 43200, 'desk 1').username }}"), "<1750043200:desk%201>");
    assert_eq!(
        rendered(
            "{% macro name(seconds) %}{{ turn_credentials(password, seconds).username }}{% endmacro %}{{ name(60) }}"
        ),
        "<1750000060:anna.berg>"
    );
    assert_eq!(
        rendered("{% set make = turn_credentials %}{{ make('north', 60)['username'] }}"),
        "<1750000060:anna.berg>"
    );
}

#[test]
fn turn_credentials_are_there_in_every_file_of_a_template() {
    let name = "{{ turn_credentials('north', 60).username }}";
    for (main, other) in [
        ("{% include 'other' %}".to_owned(), name.to_owned()),
        ("{% from 'other' import m %}{{ m() }}".to_owned(), format!("{{% macro m() %}}{name}{{% endmacro %}}")),
        (
            format!("{{% extends 'other' %}}{{% block b %}}{name}{{% endblock %}}"),
            "{% block b %}{% endblock %}".to_owned(),
        ),
    ] {
        let site = files::Site::new(&[("main", &main), ("other", &other)]);
        assert_eq!(site.rendered(), "<1750000060:anna.berg>", "{main}");
    }
}

#[test]
fn the_password_of_turn_credentials_is_a_secret() {
    for text in [
        "{{ 'x' ~ turn_credentials('north', 60).password }}",
        "{{ turn_credentials('north', 60).password | upper }}",
        "{{ [turn_credentials('north', 60)['password']] | join }}",
    ] {
        assert!(refused(text).contains("a secret cannot be joined or filtered"), "{text}: {}", refused(text));
    }
    assert_eq!(
        refused("{{ turn_credentials('north', 60) }}"),
        "t:1: this is a group of values and has no text of its own; it has: expires, password, username"
    );
    assert_eq!(
        refused("a=b\nc={{ turn_credentials('north', 60).pasword }}"),
        "t:2: `turn_credentials(…)` has no `pasword`; did you mean `turn_credentials(…).password`? It has: expires, password, username"
    );
}

#[test]
fn a_mistake_is_reported_with_its_line_and_what_to_write() {
    for (text, expected) in [
        ("{{ java_hash() }}", "`java_hash` takes 1 value; it is written `java_hash(name)`"),
        (
            "{{ account_uid('XMPP', user.jid, openfire.domain) }}",
            "`account_uid` knows the protocols `Jabber` (that is XMPP) and `SIP`, spelt like this; it is written \
             `account_uid('Jabber', user.jid, openfire.domain)`",
        ),
        (
            "{{ turn_credentials('north', ttl=3600).username }}",
            "`turn_credentials` takes its values in order, without names; it is written `turn_credentials(secret, '12h')`",
        ),
        (
            "{{ turn_credentials('', 3600).username }}",
            "`turn_credentials` needs a secret, and this one is empty: test for it first, as in `{% if … %}`; it is \
             written `turn_credentials(secret, '12h')`",
        ),
        (
            "{{ turn_credentials('north', 'soon').username }}",
            "`turn_credentials` needs a time to live as seconds or as text like '12h', from one second to 366 days; it is \
             written `turn_credentials(secret, '12h')`",
        ),
        ("{{ vcard.phone.work | e164 }}", "`e164` takes 2 values; it is written `number | e164('DE')`"),
        (
            "{{ vcard.phone.work | e164('XX') }}",
            "`e164` needs the region whose numbers have no country code here, as two letters of ISO 3166; it is \
             written `number | e164('DE')`",
        ),
        (
            "{% if request.client.version is version_at_least(2.11) %}{% endif %}",
            "`version_at_least` takes a version as text, in quotes; it is written \
             `version_at_least(request.client.version, '2.11')`",
        ),
        ("{{ now | date }}", "`date` takes 2 to 3 values; it is written `now | date('%Y-%m-%d', 'Europe/Berlin')`"),
        (
            "{{ now | date('%Y-%Q!%') }}",
            "`date` takes a format made of `%Y`, `%m`, `%d`, `%H`, `%M`, …, with `%%` for a percent sign; it is written \
             `now | date('%Y-%m-%d', 'Europe/Berlin')`",
        ),
        (
            "{{ now | date('%Y', 'Europe/Berln') }}",
            "`date` needs a time zone by its name in the IANA database; it is written \
             `now | date('%Y-%m-%d', 'Europe/Berlin')`",
        ),
        (
            "{{ true | timestamp }}",
            "`timestamp` takes a time as text or as a number, not `true` or `false`; it is written `now | timestamp`",
        ),
    ] {
        assert_eq!(refused(&format!("a=b\nc={text}")), format!("t:2: {expected}"), "{text}");
        // In a branch that no sample takes, too.
        let hidden = format!("a=b\n\n{{% if request.ip == 'never' %}}{text}{{% endif %}}");
        assert_eq!(refused(&hidden), format!("t:3: {expected}"), "{hidden}");
    }
}

/// What stands in no literal is found by a render.
#[test]
fn a_mistake_in_a_value_is_reported_by_the_render() {
    for (text, expected) in [
        ("{{ roster | java_hash }}", "`java_hash` takes text here, not a list"),
        ("{{ password | java_hash }}", "`java_hash` takes no secret here"),
        ("{{ ('a' ~ password) | java_hash }}", "`java_hash` takes no text that a secret was joined to"),
        ("{{ turn_credentials('a' ~ password, 60).username }}", "takes no text that a secret was joined to"),
        ("{{ turn_credentials('north', 60, password).username }}", "`turn_credentials` takes no secret here"),
        ("{{ password | e164('DE') }}", "`e164` takes no secret here"),
        ("{{ password | date('%Y') }}", "`date` takes no secret here"),
        ("{% set all = [password] %}{{ all[0] is version_at_least('2') }}", "`version_at_least` takes no secret here"),
        ("{{ account_uid('SIP', password, 'x') }}", "`account_uid` takes no secret here"),
        ("{% set region = 'D' %}{{ '1' | e164(region) }}", "`e164` needs the region"),
        ("{% set zone = 'x' %}{{ now | date('%H', zone) }}", "`date` needs a time zone"),
        ("{% set values = [now] %}{{ java_hash(*values, *values) }}", "`java_hash` takes 1 value"),
        ("{% set x %}{{ user.name }}{% endset %}{{ java_hash(x) }}", "`java_hash` takes no text that a macro"),
        ("{% set x %}{{ user.name }}{% endset %}{{ x | java_hash }}", "`java_hash` cannot change text that a macro"),
        ("{{ account_uid('SIP', vcard.title, 'x') }}", "`account_uid` makes no id from an empty user or server"),
    ] {
        let message = refused(&format!("a=b\nc={text}"));
        assert!(message.starts_with("t:2: ") && message.contains(expected), "{text}: {message}");
        assert!(!message.contains("correct horse"), "{text}: {message}");
    }
}

#[test]
fn a_field_that_was_not_sent_is_undefined_here_too() {
    for text in ["{{ request.fields.zone | java_hash }}", "{{ java_hash(request.fields.zone) }}"] {
        let message = refused(text);
        assert!(message.contains("undefined"), "{text}: {message}");
    }
    assert_eq!(rendered("{{ request.fields.zone | default('') | java_hash }}"), "<0>");
}

#[test]
fn an_own_macro_may_have_a_functions_name() {
    assert_eq!(rendered("{% macro java_hash() %}x{% endmacro %}{{ java_hash() }}"), "x");
    assert_eq!(rendered("{% set turn_credentials = 'x' %}{{ turn_credentials }}"), "<x>");
}

#[test]
fn what_is_dear_to_compute_is_charged() {
    let message = refused("{% for n in range(90000) %}{% set x = n | e164('DE') %}{% endfor %}");
    assert!(message.contains("too much work"), "{message}");
    let message =
        refused("{% set long = 'x' * 100000 %}{% for n in range(1000) %}{% set x = java_hash(long) %}{% endfor %}");
    assert!(message.contains("too much work"), "{message}");
}

#[test]
fn numbers_are_made_international_or_nothing() {
    for (number, region, expected) in [
        ("030 1234567", "DE", "+49301234567"),
        ("(030) 1234-56", "de", "+4930123456"),
        ("+1 650-253-0000", "DE", "+16502530000"),
        ("0039 06 12345678", "DE", "+390612345678"),
        ("06 12345678", "IT", "+390612345678"),
        ("030 1234567 ext. 89", "DE", "+49301234567"),
        ("4711", "DE", ""),
        ("+49234259268425399", "DE", ""),
        ("110", "DE", ""),
        ("", "DE", ""),
        ("none", "DE", ""),
    ] {
        assert_eq!(rendered(&format!("{{{{ '{number}' | e164('{region}') }}}}")), format!("<{expected}>"), "{number}");
    }
    assert_eq!(rendered("{{ '4711' | e164('DE') or '4711' }}"), "<4711>");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_number_is_empty_or_plus_and_digits(number in "\\PC{0,40}|[+0-9 ()/.x#*;=-]{0,40}|\\+?[0-9]{0,300}", letters in "[A-Z]{2}") {
        let text = "{{ vcard.title | e164('DE') }};{{ vcard.title | e164('IT') }};{{ vcard.title | e164(request.os) }}";
        let templates = templates(&format!("{{% if request.fields.region is defined %}}{text}{{% endif %}}"));
        let samples = samples();
        let mut entry = samples[0].context().entry.clone();
        entry.profile.title = number;
        let mut client = samples[0].context().client.clone();
        client.fields.insert("region".to_owned(), String::new());
        client.fields.insert("os".to_owned(), letters);
        let context = ProvisionContext { entry: &entry, client: &client, ..samples[0].context() };
        if let Ok(text) = templates.render(&context) {
            for number in text.split(';') {
                let digits = number.strip_prefix("<+").and_then(|rest| rest.strip_suffix('>'));
                let good = |digits: &str| (3..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
                prop_assert!(number == "<>" || digits.is_some_and(good), "{}", number);
            }
        }
    }
}
