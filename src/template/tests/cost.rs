//! What a template does costs, however it does it; and what it costs ends.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::*;

/// A list that stands ten times in a list, again and again, in under 1 KB of template.
fn nested(levels: usize) -> String {
    let level = "{% set l = [l, l, l, l, l, l, l, l, l, l] %}";
    format!("{{% set l = ['x'] %}}{}", level.repeat(levels))
}

/// What is wrong with `text`. A test that hangs would show nothing, so this one fails after a while.
fn refused_soon(text: &str) -> Result<String, &'static str> {
    let (reported, tell) = mpsc::sync_channel(1);
    let owned = text.to_owned();
    drop(thread::spawn(move || reported.send(checked(&owned).map(|_| ()).map_err(|error| error.to_string()))));
    match tell.recv_timeout(Duration::from_mins(2)) {
        Ok(Err(message)) => Ok(message),
        Ok(Ok(())) => Err("no error"),
        Err(_) => Err("no end"),
    }
}

/// What the samples show is not what a user has: the render for a client is stopped in the same way.
#[test]
fn what_explodes_for_one_user_only_is_stopped_too() {
    let text = "{% set ns = namespace(x=vcard.title) %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}";
    let template = templates(&format!("{{% if request.os == 'bomb' %}}{text}{{% endif %}}a=b"));
    let samples = samples();
    let mut client = samples[0].context().client.clone();
    client.fields.insert("os".to_owned(), "bomb".to_owned());
    let context = ProvisionContext { client: &client, ..samples[0].context() };
    let message = template.render(&context).unwrap_err().to_string();
    assert!(message.contains(DOES_MUCH), "{message}");
    assert_eq!(template.render(&samples[0].context()).unwrap(), "a=b");
}

/// 2,000 contacts at ten properties each, and what a site may do with such a roster.
#[test]
fn a_large_roster_costs_less_than_there_is() {
    let contacts = "{% set ns = namespace(all=[], names='') %}{% for i in range(2000) %}";
    for inside in [
        "{% for n in range(10) %}site.{{ i }}.{{ n }}={{ 'contact ' ~ i ~ '@example.org' }}\n{% endfor %}",
        "{% set ns.all = ns.all + [{'jid': i ~ '@example.org', 'name': 'Contact'}] %}",
        "{% set ns.names = ns.names ~ ',' ~ i %}",
        "{% if i in [1, 2, 3] or i == ns.all | length or ('' ~ i)[:2] == '12' %}x{% endif %}",
    ] {
        templates(&format!("{contacts}{inside}{{% endfor %}}"));
    }
    let list = "{% set ns = namespace(all=[]) %}{% for i in range(1000) %}{% set ns.all = ns.all + [{'jid': i ~ '@example.org', 'group': i % 7}] %}{% endfor %}";
    for use_of_it in [
        "{{ ns.all | map(attribute='jid') | sort | unique | join(',') | length }}",
        "{% for group, of_it in ns.all | groupby('group') %}{{ group }}{{ of_it | length }}{% endfor %}",
        "{% for c in ns.all if c.group == 3 %}{{ c.jid }}{% endfor %}{{ ns.all[5].jid }}{{ ns.all[-1].jid }}{{ (ns.all[:10])[3].jid }}",
        "{{ ns.all | selectattr('group', 'eq', 2) | rejectattr('jid', 'eq', '') | map(attribute='jid') | list | length }}",
        "{{ (ns.all | batch(3) | list | length) + (ns.all | slice(3) | list | length) + (ns.all | zip(ns.all) | list | length) }}",
    ] {
        templates(&format!("{list}{use_of_it}"));
    }
}

const DOES_MUCH: &str = "too much work";
const IS_DEEP: &str = "levels deep";

/// What is done a thousand times with a list `l` of ten lists of ten lists, four deep.
const WITH_NESTED: &[&str] = &[
    "{% if [i, l] < [i, l] %}{% endif %}",
    "{% if l is eq [l] %}{% endif %}",
    "{% if [l] is in [l, [l]] %}{% endif %}",
    "{% if l in [[l], [l]] %}{% endif %}",
    "{% if i < l < 1 %}{% endif %}",
    "{% set x = {l: 1} %}",
    "{% set x = {'a': l}[l] is defined %}",
    "{% if loop.changed(l, i) %}{% endif %}",
    "{% set x = l | sort %}",
    "{% set x = l | unique %}",
    "{% set x = l | min %}",
    "{% set x = [l] | groupby('0') %}",
    "{% set x = {'a': l} | dictsort %}",
    "{% set x = {'a': l} | items | list %}",
    "{% set x = [l] | batch(1) | list %}",
    "{% set x = [l] | select('eq', [l]) | list %}",
    "{% set x = [l] | map('default', l, true) | list %}",
    "{% set x = dict(a=l) %}",
];

/// What is done 90,000 times with two texts of a megabyte, `s` and `t`.
const WITH_TEXTS: &[&str] = &[
    "{% if s == t %}{% endif %}",
    "{% if s < t %}{% endif %}",
    "{% if s != t %}{% endif %}",
    "{% if s is eq(t) %}{% endif %}",
    "{% if t in s %}{% endif %}",
    "{% if t in [s, s] %}{% endif %}",
    "{% if 'y' in s %}{% endif %}",
    "{% if s is startingwith(t) %}{% endif %}",
    "{% if s is lower %}{% endif %}",
    "{% if s is iterable %}{% endif %}",
    "{% set x = s[999999] %}",
    "{% set x = s[i] %}",
    "{% set x = s[-1] %}",
    "{% set x = s[-2:] %}",
    "{% set x = s[999990:] %}",
    "{% set x = s[::-1] %}",
    "{% set x = s ~ t %}",
    "{% set x = s + t %}",
    "{% set x = s * 2 %}",
    "{% set x = s | length %}",
    "{% set x = s | upper %}",
    "{% set x = s | title %}",
    "{% set x = s | trim(t) %}",
    "{% set x = s | split('x') %}",
    "{% set x = s | list %}",
    "{% set x = s | replace('x', 'xy') %}",
    "{% set x = '%s' | format(s) %}",
    "{% set x = s | int(0) %}",
    "{% set x = {s: 1}[t] is defined %}",
    "{% set x = loop.changed(s) %}",
];

/// What is done 90,000 times with a list `l` of 99,999 numbers.
const WITH_LONG: &[&str] = &[
    "{% set x = range(99999) | last %}",
    "{% set x = range(99999) %}",
    "{% set x = l[99990:] %}",
    "{% set x = l[::-1] %}",
    "{% set x = l + l %}",
    "{% set x = l * 2 %}",
    "{% if l == l[:] %}{% endif %}",
    "{% if [i, 1] in l %}{% endif %}",
    "{% set x = l | reverse %}",
    "{% set x = l | sum %}",
    "{% set x = l | zip(l) %}",
    "{% set x = l | chain(l) %}",
    "{% set x = l | select | first %}",
    "{{ loop.cycle(*l) }}",
];

/// What doubles, or asks for much at once.
const GROWING: &[&str] = &[
    "{% set ns = namespace(x='x') %}{% for i in range(40) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "{% set ns = namespace(x='x') %}{% for i in range(40) %}{% set ns.x = ns.x | replace('x', 'xx') %}{% endfor %}",
    "{{ 'a' * 1000000000000000000 }}",
    "{{ ('a' * 20000000) | split('a') | length }}",
    "{{ '%1000000000d' | format(1) }}",
    "{{ '%99999999999999999999d' | format(1) }}",
    "{% set x = ([[1]] * 20000) | sum(start=[]) %}",
    "{% set x = [1] | batch(1000000000, 'x') %}",
    "{% set x = [1] | slice(1000000000) %}",
    "{% set x = [1] * 100000000 %}",
    "{% set x = (1,) * 100000000 %}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(40) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(40) %}{% set ns.x = ns.x | chain(ns.x) %}{% endfor %}",
    "{% set ns = namespace(x=(1, 2)) %}{% for i in range(40) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
];

/// Lists in lists in lists.
const NESTING: &[&str] = &[
    "{% set ns = namespace(a=[], b=[]) %}{% for i in range(60000) %}{% set ns.b = [ns.a] %}{% set ns.a = [ns.b] %}{% endfor %}",
    "{% set ns = namespace(a=[]) %}{% for i in range(60000) %}{% set b = ns.a %}{% set ns.a = [b] %}{% endfor %}",
    "{% set ns = namespace(a=[]) %}{% for i in range(60000) %}{% set b = ns.a %}{% set ns.a = (b, i) %}{% endfor %}",
    "{% set ns = namespace(a=[]) %}{% for i in range(60000) %}{% set b = ns.a %}{% set ns.a = {'a': b} %}{% endfor %}",
    "{% set ns = namespace(a=[]) %}{% for i in range(60000) %}{% set b = ns.a %}{% set ns.a = {(b, 1): 1} %}{% endfor %}",
    "{% set ns = namespace(a=[]) %}{% for i in range(60000) %}{% set b = ns.a %}{% set ns.a = dict(a=b) %}{% endfor %}",
    "{% set ns = namespace(a={}) %}{% for i in range(60000) %}{% set ns.a = ns.a | items | list %}{% set ns.a = dict(a=ns.a) %}{% endfor %}",
    "{% set ns = namespace(a=[1]) %}{% for i in range(60000) %}{% set ns.a = ns.a | batch(1) %}{% endfor %}",
    "{% set ns = namespace(a=[1]) %}{% for i in range(60000) %}{% set ns.a = ns.a | slice(1) %}{% endfor %}",
    "{% set ns = namespace(a=[1]) %}{% for i in range(60000) %}{% set ns.a = ns.a | zip %}{% endfor %}",
    "{% set ns = namespace(a=[[1]]) %}{% for i in range(60000) %}{% set ns.a = ns.a | map('batch', 1) %}{% endfor %}",
];

/// Calls in calls in calls, which the engine stops.
const CALLING: &[&str] = &[
    "{% set ns = namespace(a=[[1]]) %}{% for i in range(60000) %}{% set ns.a = ns.a | groupby(0) %}{% endfor %}",
    "{% macro m(l, n) %}{{ m([l], n + 1) }}{% endmacro %}{{ m([], 0) }}",
    "{% for l in [[]] recursive %}{{ loop([[l]]) }}{% endfor %}",
];

/// What is wrong with the shapes that do not end with what is expected.
fn unexpected(shapes: impl IntoIterator<Item = String>, expected: &str) -> Vec<String> {
    let ends_well = |message: &str| {
        // On a machine with much to do the clock is the first to end it.
        message.contains(expected) || message.contains("takes longer than")
    };
    shapes
        .into_iter()
        .filter_map(|text| match refused_soon(&text) {
            Ok(message) if ends_well(&message) => None,
            other => Some(format!("{text}: {other:?}")),
        })
        .collect()
}

#[test]
fn lists_of_lists_are_stopped() {
    let each = |inside: &&str| format!("{}{{% for i in range(1000) %}}{inside}{{% endfor %}}", nested(4));
    assert_eq!(unexpected(WITH_NESTED.iter().map(each), DOES_MUCH), [""; 0]);
    for (text, expected) in [
        ("{{ l ~ '' }}", "a list has no text"),
        ("{{ l | string }}", "a list has no text"),
        ("{{ l | upper }}", "a list has no text"),
        ("{{ '%s' | format(l) }}", DOES_MUCH),
        ("{{ l | join }}", "a list has no text"),
        ("{{ l | replace('a', 'b') }}", "a list has no text"),
        ("{% set m = l %}{% if [l] == [m] %}{% endif %}", DOES_MUCH),
    ] {
        assert_eq!(unexpected([nested(6) + text], expected), [""; 0]);
    }
    assert_eq!(unexpected([nested(30), nested(30) + "{{ l }}"], DOES_MUCH), [""; 0]);
    let called = nested(4)
        + "{% macro m(a) %}{% if a == [1] %}{% endif %}{% endmacro %}{% for i in range(1000) %}{{ m(l) }}{% endfor %}";
    assert_eq!(unexpected([called], DOES_MUCH), [""; 0]);
}

#[test]
fn long_texts_are_stopped() {
    let long = "{% set s = 'x' * 1000000 %}{% set t = 'x' * 999999 ~ 'y' %}";
    let each = |inside: &&str| format!("{long}{{% for i in range(90000) %}}{inside}{{% endfor %}}");
    assert_eq!(unexpected(WITH_TEXTS.iter().map(each), DOES_MUCH), [""; 0]);
}

#[test]
fn long_lists_are_stopped() {
    let wide =
        |inside: &&str| format!("{{% set l = range(99999) %}}{{% for i in range(90000) %}}{inside}{{% endfor %}}");
    assert_eq!(unexpected(WITH_LONG.iter().map(wide), DOES_MUCH), [""; 0]);
}

#[test]
fn what_grows_is_stopped() {
    let all = |shapes: &[&str]| shapes.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    assert_eq!(unexpected(all(GROWING), DOES_MUCH), [""; 0]);
    assert_eq!(unexpected(all(NESTING), IS_DEEP), [""; 0]);
    assert_eq!(unexpected(all(CALLING), "t:1: "), [""; 0]);
}

/// A tag may hold 2,000 words and signs; neither writing nor running it takes more stack than there is.
#[test]
fn long_expressions_take_no_stack() {
    for text in [
        format!("{{{{ {}1 }}}}", "1 + ".repeat(990)),
        format!("{{{{ {}1 }}}}", "1 - ".repeat(990)),
        format!("{{{{ {}1 }}}}", "user.name ~ ".repeat(490)),
        format!("{{{{ {}true }}}}", "not ".repeat(1900)),
        format!("{{{{ {}true }}}}", "true and ".repeat(900)),
        format!("{{{{ 'a'{} }}}}", " | lower".repeat(900)),
        format!("{{{{ {}1 }}}}", "1 if false else ".repeat(300)),
        format!("{{% if false %}}{}{{% endif %}}", "{% elif false %}".repeat(400)),
    ] {
        templates(&text);
    }
    // Deeper than the engine's parser goes.
    assert!(refused(&format!("{{{{ {}1{} }}}}", "(".repeat(900), ")".repeat(900))).contains("recursion"));
    assert!(refused(&format!("{{{{ {}1{} }}}}", "[".repeat(900), "]".repeat(900))).contains("recursion"));
}
