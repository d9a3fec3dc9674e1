//! Namespaces are had by their members only: one that holds itself would be written without end.

use super::*;

const BARE: &str = "a namespace has no value of its own; name one of its members, as in `ns.x`";

#[test]
fn members_of_a_namespace_are_set_and_read() {
    let text = "{% set ns = namespace(n=0) %}{% for g in groups %}{% set ns.n = ns.n + 1 %}{% endfor %}\
        {% if ns.n %}{% set ns.list = [ns.n, ns['n']] %}{% endif %}{{ ns.n == groups | length }}";
    assert_eq!(rendered(text), "true");
    assert_eq!(rendered("{% with ns = namespace(a=1) %}{{ ns.a }}{% endwith %}"), "<1>");
    let branches = "{% if groups %}{% set ns = namespace(a=1) %}{% else %}{% set ns = namespace(a=2) %}{% endif %}";
    assert_eq!(rendered(&format!("{branches}{{{{ ns.a }}}}")), "<1>");
}

#[test]
fn a_namespace_as_a_value_is_refused() {
    for used in [
        "{% set ns.me = ns %}a={{ ns | string }}",
        "{% set ns.me = [ns] %}",
        "{% set other = ns %}",
        "{% set ns.me = namespace() %}",
        "{% set a, b = ns, 1 %}",
        "{{ ns }}",
        "{{ [ns] | length }}",
        "{{ {'a': ns} | length }}",
        "{{ dict(a=ns) | length }}",
        "{{ [] | list | default(ns) }}",
        "{{ ns == ns }}",
        "{{ ns is defined }}",
        "{% if ns %}{% endif %}",
        "{% for x in ns %}{% endfor %}",
        "{% macro m(x) %}{% endmacro %}{{ m(ns) }}",
        "{% macro m(x=namespace()) %}{% endmacro %}",
        "{% set x = namespace() if ns.a else 1 %}",
        "{% set ns = 1 %}{{ ns }}",
    ] {
        let message = refused(&format!("{{% set ns = namespace() %}}\n{used}"));
        assert!(message.contains(BARE), "{used}: {message}");
    }
}

#[test]
fn no_other_name_becomes_a_namespace() {
    for (text, expected) in [
        (
            "{% set ns = 1 %}{% macro m() %}{% set ns.me = ns %}{% endmacro %}{% set ns = namespace() %}",
            "`ns` has another",
        ),
        ("{% macro m() %}{% set user.me = user %}{% endmacro %}{% set user = namespace() %}", "`user` has another"),
        ("{% set new = namespace %}{% set ns = new() %}{% set ns.me = ns %}", "call `namespace` where"),
    ] {
        let message = refused(text);
        assert!(message.contains(expected), "{text}: {message}");
    }
}

/// A member that is wrapped at each turn of a loop would end the process when it is written or let go.
#[test]
fn a_member_is_not_put_into_itself() {
    for value in ["[ns.x]", "[ns.x, 1]", "[] + [1, [ns.x]]", "{'a': ns.x}", "(ns.x, 1)", "[ns.x] if true else 1"] {
        let text = format!(
            "{{% set ns = namespace(x=[]) %}}{{% for i in range(60000) %}}{{% set ns.x = {value} %}}{{% endfor %}}"
        );
        assert!(refused(&text).contains("one level deeper at each turn"), "{value}");
    }
    let text =
        "{% set ns = namespace(x=[]) %}{% for g in groups %}{% set ns.x = ns.x + [g, ns.x | length] %}{% endfor %}";
    assert_eq!(rendered(&format!("{text}{{{{ ns.x | join(',') }}}}")), "<helpdesk,0,staff,2>");
}
