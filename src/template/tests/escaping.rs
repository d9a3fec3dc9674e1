use super::*;

#[test]
fn a_value_is_escaped_once_wherever_it_stands() {
    for (text, expected) in [
        ("{{ user.name }}", "<anna.berg>"),
        ("{{ 'a=b' }}", "<a=b>"),
        ("{{ user.name ~ '=' ~ user.node }}", "<anna.berg=anna.berg>"),
        ("{{ groups | join(', ') }}", "<helpdesk, staff>"),
        ("{{ user.name | upper | replace('.', '=') }}", "<ANNA=BERG>"),
        ("{% set x = user.name %}{{ x }}", "<anna.berg>"),
        ("{% set x %}k={{ user.name }}{% endset %}{{ x }}", "k=<anna.berg>"),
        ("{% set x %}k={{ user.name }}{% endset %}{% set y %}{{ x }};{% endset %}{{ y }}", "k=<anna.berg>;"),
        ("{% set x %}k={{ user.name }}{% endset %}{{ x ~ user.node }}", "k=<anna.berg><anna.berg>"),
        ("{% set x %}k={{ user.name }}{% endset %}{{ 'a=' ~ x }}", "<a=>k=<anna.berg>"),
        ("{% set x %}k={{ user.name }}{% endset %}{{ ('a=' + x) }}", "<a=>k=<anna.berg>"),
        ("{% set x %}k={{ user.name }}{% endset %}{{ x | default('') }}", "k=<anna.berg>"),
        ("{% set x %}k={{ user.name }}{% endset %}{{ [x, user.node] | join('=') }}", "k=<anna.berg><=><anna.berg>"),
        ("{% macro m(v) %}k={{ v }}{% endmacro %}{{ m(user.name) }}", "k=<anna.berg>"),
        (
            "{% macro m(v) %}k={{ v }}{% endmacro %}{% set x = m(user.name) %}{{ x }}{{ m(x) }}",
            "k=<anna.berg>k=k=<anna.berg>",
        ),
        (
            "{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}k={{ user.name }}{% endcall %}",
            "[k=<anna.berg>]",
        ),
        ("{% for x in [[user.name]] recursive %}{{ loop(x) if x is sequence else x }}{% endfor %}", "<anna.berg>"),
        ("{% for g in groups %}{{ g }};{% endfor %}", "<helpdesk>;<staff>;"),
        ("{{ user.name if true }}{{ user.name if false }}", "<anna.berg>"),
        ("{{ user.name[:4] }}", "<anna>"),
        ("{% raw %}{{ user.name }}{% endraw %}", "{{ user.name }}"),
    ] {
        assert_eq!(rendered(text), expected, "{text}");
    }
}

#[test]
fn numbers_and_truth_are_written_plainly() {
    assert_eq!(rendered("{{ openfire.port }}"), "<5222>");
    assert_eq!(rendered("{{ true }} {{ 1 == 2 }} {{ openfire.certificate_trusted }}"), "true false true");
}

#[test]
fn finished_text_cannot_be_changed_by_a_filter() {
    let start = "{% set x %}k={{ user.name }}{% endset %}";
    for end in [
        "{{ x | upper }}",
        "{{ x | trim }}",
        "{{ x | list | join }}",
        "{{ 'a' | replace('a', x) }}",
        "{{ [x] | map('upper') | join }}",
    ] {
        let message = refused(&format!("{start}{end}"));
        assert!(message.contains("cannot change text that a macro or a block made"), "{end}: {message}");
    }
}

#[test]
fn finished_text_cannot_be_compared_or_cut() {
    let start = "{% macro m() %}{{ user.name }}{% endmacro %}{% set x %}k={{ user.name }}{% endset %}";
    for end in [
        "{{ x[:3] }}",
        "{{ m()[1:] }}",
        "{{ (x ~ 'a')[:3] }}",
        "{{ (x | default('a'))[:3] }}",
        "{{ x == 'k=anna' }}",
        "{{ 'anna' in m() }}",
        "{{ 1 < 2 < x }}",
        "{{ x is eq('a') }}",
        "{% for letter in x %}{% endfor %}",
        "{% set y = m() %}{{ y != 'anna' }}",
        "{% if groups %}{% set z = 'a' %}{% else %}{% set z %}{{ user.name }}{% endset %}{% endif %}{{ z[:1] }}",
        "{% macro n() %}{{ caller() == 'a' }}{% endmacro %}{% call n() %}a{% endcall %}",
    ] {
        let message = refused(&format!("{start}{end}"));
        assert!(message.contains("this cannot compare or cut text that a macro or a block made"), "{end}: {message}");
    }
    assert_eq!(
        rendered(&format!("{start}{{% if x != '' and x is string and m() %}}{{{{ x }}}}{{% endif %}}")),
        "k=<anna.berg>"
    );
}

/// One template with a value in every position that there is.
const EVERYWHERE: &str = "k1={{ vcard.title }}
{{ vcard.title }}=v2
k3.{{ vcard.title }}.x=a{{ vcard.title }}b
# comment {{ vcard.title }}
k4={% set x %}[{{ vcard.title }}]{% endset %}{{ x }}
k5={{ [x, vcard.title] | join(vcard.title) }}
k6={{ x ~ vcard.title }}
{% macro m(v) %}k7.{{ v }}={{ caller() }}{% endmacro %}{% call m(vcard.title) %}{{ vcard.title }}{% endcall %}
k8={{ vcard.title | upper }}{{ vcard.title | trim }}{{ vcard.title | replace('a', vcard.title) }}
k9={{ vcard.title[:3] }}{{ vcard.title[3:] }}{{ vcard.title * 2 }}
k10={{ password }}
end=";

fn everywhere(value: &str, escape: Escape) -> String {
    let templates = compiled(EVERYWHERE, &ExtraNames::default(), escape).unwrap();
    let samples = samples();
    let mut entry = samples[0].context().entry.clone();
    value.clone_into(&mut entry.profile.title);
    templates.render(&ProvisionContext { entry: &entry, ..samples[0].context() }).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_value_adds_or_removes_a_line(value in "\\PC{0,6}[\r\n\t\u{b}\u{c}\u{85}\u{2028}\\\\=:#! a-z]{0,12}\\PC{0,6}") {
        let text = everywhere(&value, jitsi_properties::escaped);
        let lines: Vec<&str> = text.split(['\n', '\r', '\u{c}', '\u{b}', '\u{85}', '\u{2028}']).collect();
        prop_assert_eq!(lines.len(), EVERYWHERE.lines().count());
        prop_assert_eq!(*lines.last().unwrap(), "end=");
        let document = jitsi_properties::parse(&text);
        prop_assert!(document.is_ok());
    }
}
