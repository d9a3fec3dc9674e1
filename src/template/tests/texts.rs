//! Which text a value has, wherever one is made of it.

use super::*;

/// The text without the marks of what was escaped.
fn unbracketed(text: &str) -> String {
    text.replace(['<', '>'], "")
}

#[test]
fn truth_is_written_in_lower_case_everywhere() {
    for (text, expected) in [
        ("{{ true }}", "<true>"),
        ("{{ true ~ '' }}", "<true>"),
        ("{{ 'a/' ~ (1 == 2) ~ '/' ~ true }}", "<a/false/true>"),
        ("{{ openfire.certificate_trusted ~ '' }}", "<true>"),
        ("{{ user.name ~ '/' ~ openfire.certificate_trusted }}", "<anna.berg/true>"),
        ("{{ true | string }}", "<true>"),
        ("{{ 'a' if openfire.certificate_trusted | string == 'true' else 'b' }}", "<a>"),
        ("{{ [true, false, 1, 'x'] | join(',') }}", "<true,false,1,x>"),
        ("{{ [{'a': true}, {'a': false}, {}] | join(',', attribute='a') }}", "<true,false,>"),
        ("{{ ['a', 'b'] | join(true) }}", "<atrueb>"),
        ("{{ '%s %s %d' | format(true, 'x', 7) }}", "<true x 7>"),
        ("{{ '%(a)s %(b)5.1f%%' | format({'a': false, 'b': 2.25}) }}", "<false   2.2%>"),
        ("{{ '%(a)s' | format(a=true) }}", "<true>"),
        ("{{ '%-8s|' | format(true) }}", "<true    |>"),
        ("{{ true | upper }}", "<TRUE>"),
        ("{{ true | capitalize }}", "<True>"),
        ("{{ 'is true' | replace(true, false) }}", "<is false>"),
        ("{{ true | replace('e', 'th') }}", "<truth>"),
        ("{{ (true | split('u')) | join('-') }}", "<tr-e>"),
        ("{{ true | trim }}{{ true | lower }}{{ true | title }}{{ (true | lines)[0] }}", "<true><true><True><true>"),
        ("{{ 'yes' if true in 'it is true' }}", "<yes>"),
        ("{{ 'yes' if true is in 'it is true' }}", "<yes>"),
        ("{{ 'yes' if true is startingwith('tr') and 'it is true' is endingwith(true) }}", "<yes>"),
        ("{{ [true] | map('string') | join }}", "<true>"),
        ("{% macro m(x) %}{{ x ~ '!' }}{% endmacro %}{{ m(true) }}", "<true!>"),
        ("{% set x %}{{ true }}{% endset %}{{ x ~ true }}", "<true><true>"),
        ("{% set x = 1 if false %}{{ x ~ 'a' }}", "<a>"),
    ] {
        assert_eq!(unbracketed(&rendered(text)), unbracketed(expected), "{text}");
    }
    let mut names = ExtraNames::default();
    names.kinds.insert("recorded".into(), crate::model::account::DatumType::Single);
    compiled("{{ user.name ~ '/' ~ extra.recorded }}", &names, brackets).unwrap();
}

#[test]
fn what_has_no_text_becomes_none_anywhere() {
    let none = "`none` has no text";
    let list = "a list has no text";
    let group = "a group of values has no text";
    for (text, expected) in [
        ("{{ none ~ '' }}", none),
        ("{{ 'a' ~ none }}", none),
        ("{{ none | string }}", none),
        ("{{ [none] | join }}", none),
        ("{{ ['a', none] | join(',') }}", none),
        ("{{ '%s' | format(none) }}", none),
        ("{{ none | upper }}", none),
        ("{{ 'a' | replace('a', none) }}", none),
        ("{{ none in 'None' }}", none),
        ("{{ vcard.phone ~ '' }}", group),
        ("{{ {} | string }}", group),
        ("{{ [{}] | join }}", group),
        ("{{ '%s' | format(vcard.phone, 1) }}", group),
        ("{{ request.fields | lower }}", group),
        ("{% macro m() %}{% endmacro %}{{ m ~ '' }}", group),
        ("{{ groups ~ '' }}", list),
        ("{{ groups | string }}", list),
        ("{{ [[1]] | join }}", list),
        ("{{ (1, 2) ~ '' }}", list),
        ("{{ groups[:1] ~ '' }}", list),
        ("{{ '%(a)s' | format({'a': [1]}) }}", list),
        ("{{ groups | title }}", list),
        ("{{ groups | trim }}", list),
        ("{{ groups | split(',') }}", list),
        ("{{ [1] in '[1]' }}", list),
        ("{{ groups is startingwith('[') }}", list),
        ("{{ [groups] | map('string') | join }}", list),
        ("{{ range ~ '' }}", "this has no text"),
        ("{% for x in [1] %}{{ loop.cycle() }}{% endfor %}", "`loop.cycle` takes at least one value"),
        ("{% for x in [1] %}{{ loop.cycle(*[]) }}{% endfor %}", "`loop.cycle` takes at least one value"),
        ("{% set x %}a{% endset %}{{ x ~ password }}", "a secret cannot be joined or filtered"),
    ] {
        let message = refused(&format!("a=b\n{text}"));
        assert!(message.starts_with("t:2: ") && message.contains(expected), "{text}: {message}");
    }
}

#[test]
fn what_is_no_number_is_reported_with_what_to_write() {
    for (text, advice) in [
        ("{{ '' | int }}", "`int` cannot make a number of this text; write `int(0)`"),
        ("{{ vcard.note | int }}", "`int` cannot make a number of this text; write `int(0)`"),
        ("{{ 'x' | float }}", "`float` cannot make a number of this text; write `float(0.0)`"),
        ("{{ ['x'] | map('int') | list | length }}", "write `int(0)`"),
    ] {
        let message = refused(text);
        assert!(message.contains(advice), "{text}: {message}");
    }
    assert_eq!(
        rendered("{{ '' | int(0) }}{{ '7' | int }}{{ 'x' | float(1.5) }}{{ 'x' | int(default=3) }}"),
        "<0><7><1.5><3>"
    );
    assert_eq!(rendered("{{ 'ff' | int(base=16) }}"), "<255>");
}

#[test]
fn operators_work_as_ever() {
    for (text, expected) in [
        ("{{ 1 + 2 * 3 - 4 / 2 }}", "<5.0>"),
        ("{{ (1 + 2) * 3 }}", "<9>"),
        ("{{ 2 ** 3 * 2 }}", "<16>"),
        ("{{ 2 * 3 ** 2 }}", "<18>"),
        ("{{ -2 + 3 }}{{ -(2 + 3) }}{{ - -2 }}", "<1><-5><2>"),
        ("{{ 7 // 2 }}{{ 7 % 4 }}{{ 1.5 + 1 }}{{ 1.5 * 2 }}{{ 2 * true }}", "<3><3><2.5><3.0><2>"),
        ("{{ 9223372036854775807 + 1 }}{{ 4611686018427387904 * 4 }}", "<9223372036854775808><18446744073709551616>"),
        ("{{ 'a' + 'b' ~ 1 + 2 if false else 'a' + 'b' }}", "<ab>"),
        ("{{ 'ab' * 2 ~ 3 * 'c' }}{{ 'x' * -1 }}", "<ababccc><>"),
        ("{{ ([1] + [2, 3]) | join(',') }}{{ ([1, 2] * 2) | join }}{{ ((1,) + (2,)) | join }}", "<1,2,3><1212><12>"),
        ("{{ (1, 2) == (1, 2) }}{{ [1] + [2] == [1, 2] }}{{ (1,) + (2,) == (1, 2) }}", "<true><true><true>"),
        ("{{ 1 < 2 < 3 }}{{ 3 > 2 > 2 }}{{ 1 in [1] == true }}", "<true><false><false>"),
        (
            "{{ not 1 in [2] }}{{ 1 not in [2] }}{{ not (1 == 1) }}{{ (not true) == false }}",
            "<true><true><false><true>",
        ),
        ("{{ 1 if 1 is odd else 2 }}{{ 2 is not odd and true }}{{ 'x' if 2 is divisibleby 2 }}", "<1><true><x>"),
        (
            "{{ user.name[:4] }}{{ user.name[-4:] }}{{ user.name[0] }}{{ user.name[::-1] }}",
            "<anna><berg><a><greb.anna>",
        ),
        (
            "{% set g = ['helpdesk', 'staff'] %}{{ g[0] }}{{ g[-1] }}{{ g[:1] | join }}{{ (g | first)[0] }}",
            "<helpdesk><staff><helpdesk><h>",
        ),
        ("{{ {'a': [1, {'b': 2}]}['a'][1].b }}{{ {'a': 1}.a }}{{ [[1, 2], [3]][0][1] }}", "<2><1><2>"),
        ("{{ 'a' in 'cat' and 'x' not in groups and 'staff' in groups }}", "<true>"),
        ("{{ 'a' ~ 'b' in ['ab'] or false }}", "<true>"),
        ("{{ 1 if 2 if false else 3 }}{{ (1 if false) is undefined }}", "<3><true>"),
        ("{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% else %}n{% endfor %}", "<1><2><3>"),
        ("{% for x in [1, 2, 3] if x != 2 recursive %}{{ x }}{% endfor %}", "<1><3>"),
        ("{% for x in [[1, []], [2, [[3, []]]]] recursive %}{{ x[0] }}{{ loop(x[1]) }}{% endfor %}", "<1><2><3>"),
        (
            "{% for x in [1, 2] %}{{ loop.cycle('a', 'b') }}{{ loop.changed(x) }}{{ loop.cycle(*['c', 'd']) }}{% endfor %}",
            "<a><true><c><b><true><d>",
        ),
        ("{% if 1 > 2 %}a{% elif 2 > 1 %}b{% else %}c{% endif %}{% if false %}a{% else %}c{% endif %}", "bc"),
        (
            "{% macro m(a, b='x', c='y') %}{{ a ~ b ~ c }}{{ caller('!') }}{% endmacro %}{% call(d, e=2) m('q', c=3) %}{{ d ~ e }}{% endcall %}",
            "<qx3><!2>",
        ),
        (
            "{% with a = 1, b = a + 1 %}{{ a + b }}{% endwith %}{% set (a, b) = 1, 2 %}{{ b }}{% do range(1) %}",
            "<3><2>",
        ),
        ("{% set ns = namespace(n=0) %}{% for x in range(3) %}{% set ns.n = ns.n + x %}{% endfor %}{{ ns.n }}", "<3>"),
        ("{% raw %}{{ x }}{% if %}{{% endraw %}{{ 1 }}{# c #}{%- if true -%}  a{% endif %}", "{{ x }}{% if %}{<1>a"),
        ("{{ {'a': {'b': {}}} | length }}{{ '}}' ~ \"%}\" ~ 'it\\'s' }}", "<1><}}%}it's>"),
        ("{{ dict(a=1, **{'b': 2}) | items | list | length }}{{ 'b' 'c' ~ 10 }}", "<2><bc10>"),
        ("{% set x %}{{ '&' }}{% endset %}{{ x + 'y' }}{{ 'y' ~ x }}{{ x * 2 }}", "<&><y><y><&><&><&>"),
    ] {
        assert_eq!(unbracketed(&rendered(text)), unbracketed(expected), "{text}");
    }
}

/// Each word stays in its line, whatever is before it.
#[test]
fn errors_name_the_line_as_ever() {
    for before in [
        "a=b\nc={{ 1 +\n 2 }}\n",
        "{# a\nb #}\n\n",
        "{%- if true -%}\n\n\n{%- endif -%}\n",
        "{% raw %}\n{{\n{% endraw %}\n",
        "{{ 'a\nb'\n ~ user.name\n | upper }}{% set x = [1,\n 2,\n user.name] %}\n",
        "{% for x in [1]\n%}{{ x\n }}{% endfor\n%}\n",
        "{% macro m(a,\n b=1) %}\n{% endmacro %}{{ m(\n1,\n2) }}\n",
    ] {
        let line = before.matches('\n').count() + 1;
        for wrong in [
            "{{ request.fields.uuid }}",
            "{{ user.name ~ none }}",
            "{{ [1] + 'a' }}",
            "{% if 1 in 2 %}{% endif %}",
            "{{ '' | int }}",
        ] {
            let message = refused(&format!("{before}{wrong}\nx=y\n"));
            assert!(message.starts_with(&format!("t:{line}: ")), "{before}{wrong}: {message}");
        }
    }
}

#[test]
fn a_default_cannot_name_another_parameter() {
    let message = refused("a=b\n{% macro m(id, name=id) %}{{ name }}{% endmacro %}{{ m(1) }}");
    assert_eq!(
        message,
        "t:2: the default of a parameter cannot name `id`, which is a parameter itself; set the value inside the \
         macro, as in `{% set title = title or id %}`"
    );
    assert!(refused("{% macro m(a=b, b=a) %}{% endmacro %}").contains("cannot name `a`"));
    assert!(
        refused("{% macro m() %}{{ caller() }}{% endmacro %}{% call(a, b=a ~ 'x') m() %}{% endcall %}")
            .contains("cannot name `a`")
    );
    // A name that the place has is meant, and one behind it has its value already.
    assert_eq!(rendered("{% macro m(user=user.name) %}{{ user }}{% endmacro %}{{ m() }}"), "<anna.berg>");
    assert_eq!(rendered("{% macro m(a=b, b='x') %}{{ a }}{% endmacro %}{{ m() }}"), "<x>");
    assert_eq!(rendered("{% set id = 7 %}{% macro m(name=id) %}{{ name }}{% endmacro %}{{ m() }}"), "<7>");
}
