use super::*;

fn wants(text: &str) -> Vec<&'static str> {
    let wanted = templates(text).wanted();
    Part::ALL.into_iter().filter(|part| wanted.includes(*part)).map(Part::as_str).collect()
}

#[test]
fn what_is_not_mentioned_is_not_fetched() {
    assert!(wants("a=b").is_empty());
    assert!(
        wants("{{ user.name }}{{ user.jid }}{{ password }}{{ request.os }}{{ openfire.domain }}{{ now }}").is_empty()
    );
    assert!(wants("vcard roster {# {{ vcard.title }} #}{% raw %}{{ roster }}{% endraw %}{{ 'vcard' }}").is_empty());
}

#[test]
fn each_part_is_fetched_when_it_is_mentioned() {
    assert_eq!(wants("{{ vcard.title }}"), ["vcard"]);
    assert_eq!(wants("{{ vcard['title'] }}"), ["vcard"]);
    assert_eq!(wants("{{ user.display_name }}"), ["vcard"]);
    assert_eq!(wants("{{ vcard.photo.base64 }}"), ["photo"]);
    assert_eq!(wants("{% for contact in roster %}{{ contact.jid }}{% endfor %}"), ["roster"]);
    assert_eq!(wants("{{ roster_groups | join(',') }}"), ["roster"]);
    assert_eq!(wants("{{ groups | length }}"), ["groups"]);
    assert_eq!(wants("{{ account.email }}"), ["account"]);
}

#[test]
fn a_mention_counts_in_branches_that_no_sample_takes() {
    assert_eq!(wants("{% if request.ip == 'never' %}{{ vcard.photo.media_type }}{% endif %}"), ["photo"]);
    assert_eq!(wants("{% macro unused() %}{{ account.name }}{% endmacro %}"), ["account"]);
}

#[test]
fn a_whole_object_means_all_of_it() {
    assert_eq!(wants("{% set card = vcard %}{{ card.title }}"), ["vcard", "photo"]);
    assert_eq!(wants("{{ vcard | attr('title') }}"), ["vcard", "photo"]);
    assert_eq!(wants("{{ user | length }}"), ["vcard"]);
}

/// `undeclared_variables` of the engine finds none of these.
#[test]
fn a_mention_is_found_wherever_it_stands() {
    assert_eq!(wants("{% for c in roster[:1] %}{{ c.jid }}{% endfor %}"), ["roster"]);
    assert_eq!(wants("{% set roster = roster | list %}"), ["roster"]);
    assert_eq!(wants("{% with groups = groups %}{% endwith %}"), ["groups"]);
    assert_eq!(wants("{% macro m(a=vcard.title) %}{{ a }}{% endmacro %}{{ m() }}"), ["vcard"]);
    assert_eq!(
        wants("{{ 'x' if account.name is defined else groups | join(roster_groups | first | default('')) }}").len(),
        3
    );
    assert_eq!(wants("{{ [vcard.title, {'a': account.name}['a']] | join }}"), ["vcard", "account"]);
    assert_eq!(wants("{% set ns = namespace(n=0) %}{% set ns.n = groups | length %}{{ ns.n }}"), ["groups"]);
}

/// Where the branch is not taken, the name still means the context's.
#[test]
fn a_name_that_is_set_in_a_branch_only_is_fetched() {
    assert_eq!(
        wants("{% if user.name == 'x' %}{% set roster = [] %}{% endif %}{% for c in roster %}{% endfor %}"),
        ["roster"]
    );
    assert!(wants("{% set roster = [] %}{% for c in roster %}{% endfor %}").is_empty());
}

#[test]
fn what_is_required_is_fetched_too() {
    let required = templates("{# require: roster #}a=b");
    assert_eq!(required.required(), PartSet::NOTHING.with(Part::Roster));
    assert_eq!(required.wanted(), PartSet::NOTHING.with(Part::Roster));
    let mentioned = templates("{{ vcard.title }}");
    assert_eq!(mentioned.required(), PartSet::NOTHING);
}
