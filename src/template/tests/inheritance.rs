//! Files that extend each other.

use super::files::Site;

const BASE: &str = "{% set port = 5222 %}a={{ port }}\n{% block one %}one={{ user.name }}\n{% endblock %}{% block two %}{% endblock %}z=1\n";

#[track_caller]
fn rendered(files: &[(&str, &str)]) -> String {
    Site::new(&[files, &[("base", BASE)]].concat()).rendered()
}

#[track_caller]
fn refused(files: &[(&str, &str)]) -> String {
    Site::new(&[files, &[("base", BASE)]].concat()).refused()
}

#[test]
fn the_blocks_of_a_file_that_extends_take_the_places_of_the_others() {
    assert_eq!(
        rendered(&[("main", "{% extends 'base' %}\n# a remark\n{% block one %}1={{ super() }}{% endblock %}")]),
        "a=<5222>\n1=one=<anna.berg>\nz=1\n"
    );
    assert_eq!(
        rendered(&[
            ("main", "{% extends 'middle' %}{% block two %}two={{ id }}\n{% endblock %}"),
            ("middle", "{% set id = 'x' %}{% extends 'base' %}{% block one %}m={{ self.two() }}{% endblock %}"),
        ]),
        "a=<5222>\nm=two=<x>\ntwo=<x>\nz=1\n"
    );
}

#[test]
fn a_file_that_extends_can_set_import_and_define_what_blocks_use() {
    assert_eq!(
        rendered(&[
            (
                "main",
                "{% extends 'base' %}{% import 'lib' as lib %}{% set t = 'v' %}{% macro m() %}{{ t }}{% endmacro %}{% block two %}{{ lib.w(t) }}{{ m() }}\n{% endblock %}"
            ),
            ("lib", "{% macro w(x) %}[{{ x }}]{% endmacro %}"),
        ]),
        "a=<5222>\none=<anna.berg>\n[<v>]<v>\nz=1\n"
    );
}

/// The engine forgets what was extended when an included file ends.
#[test]
fn two_included_files_can_extend_the_same_one() {
    assert_eq!(
        rendered(&[
            ("main", "{% include 'b' %}{% include 'c' %}{% include 'b' %}"),
            ("b", "{% extends 'base' %}{% block one %}b{% endblock %}"),
            ("c", "{% extends 'base' %}{% block two %}c\n{% endblock %}"),
        ]),
        "a=<5222>\nbz=1\na=<5222>\none=<anna.berg>\nc\nz=1\na=<5222>\nbz=1\n"
    );
}

#[test]
fn what_blocks_mention_is_fetched_where_they_count() {
    let wants = |main: &str| {
        Site::new(&[
            ("main", main),
            ("base", "{% block a %}{{ vcard.title }}{% endblock %}{% block b %}{% endblock %}"),
        ])
        .wants()
    };
    assert_eq!(wants("{% extends 'base' %}"), ["vcard"]);
    assert_eq!(wants("{% extends 'base' %}{% block a %}{{ groups | join }}{% endblock %}"), ["groups"]);
    assert_eq!(
        wants("{% extends 'base' %}{% block a %}{{ super() }}{{ groups | join }}{% endblock %}"),
        ["vcard", "groups"]
    );
    // A name of the template's own that covers the context's where one block stands, but not where it is called.
    assert_eq!(
        Site::new(&[("main", "{% with roster = [] %}{% block a %}{% for c in roster %}{% endfor %}{% endblock %}{% endwith %}{{ self.a() }}")]).wants(),
        ["roster"]
    );
}

#[test]
fn a_mistake_in_a_block_that_is_covered_is_reported() {
    let refused = Site::new(&[
        ("main", "{% extends 'base' %}{% block a %}{% endblock %}"),
        ("base", "{% for c in roster %}{% block a %}{{ c.jid }}\n{{ c.jidd }}{% endblock %}{% endfor %}"),
    ])
    .refused();
    insta::assert_snapshot!(refused, @"base:2: `c` has no `jidd`; did you mean `c.jid`? It has: groups, jid, name, subscription");
}

#[test]
fn what_would_never_be_sent_is_reported() {
    let wrong = |child: &str| refused(&[("main", &format!("{{% extends 'base' %}}\n{child}"))]);
    insta::assert_snapshot!(wrong("\n# fine\nlost=1\nlost=2"), @"main:4: this is never sent: a file that extends another has text in its blocks only; put it into one of them");
    insta::assert_snapshot!(wrong("{{ user.name }}"), @"main:2: this is never sent: a file that extends another has text in its blocks only; put it into one of them");
    insta::assert_snapshot!(wrong("{% include 'base' %}"), @"main:2: what is included here is never sent: in a file that extends another, include it inside a block; in an imported file, inside a macro; for macros and values use `import`");
    insta::assert_snapshot!(wrong("{% block twoo %}x{% endblock %}"), @"main:2: the files that this one extends have no place for a block `twoo`; did you mean `two`?");
    insta::assert_snapshot!(wrong("{% if false %}{% block two %}x{% endblock %}{% endif %}"), @"main:2: in a file that extends another, a block may only be inside another block: tags around it have no effect; write the `{% if … %}` inside the block");
    insta::assert_snapshot!(wrong("{% set x = self.one() %}"), @"main:2: this has no text outside of the blocks of a file that extends another");
    insta::assert_snapshot!(wrong("{% extends 'base' %}"), @"main:2: `extends` may appear only once in a file, at its top and outside all other tags, and not in an imported file");
    insta::assert_snapshot!(refused(&[("main", "{% if true %}{% extends 'base' %}{% endif %}")]), @"main:1: `extends` may appear only once in a file, at its top and outside all other tags, and not in an imported file");
    // Its place lies in a block that another file covers.
    let files = [
        ("main", "{% extends 'middle' %}{% block inner %}x{% endblock %}"),
        ("middle", "{% extends 'outer' %}{% block outer %}y{% endblock %}"),
        ("outer", "{% block outer %}{% block inner %}{% endblock %}{% endblock %}"),
    ];
    insta::assert_snapshot!(Site::new(&files).refused(), @"main:1: the files that this one extends have no place for a block `inner`; they have: outer");
    // A block of its own that another one calls is sent.
    assert!(
        rendered(&[(
            "main",
            "{% extends 'base' %}{% block own %}own\n{% endblock %}{% block two %}{{ self.own() }}{% endblock %}"
        )])
        .contains("own")
    );
}

#[test]
fn blocks_that_are_not_there_or_contain_themselves_are_reported() {
    insta::assert_snapshot!(refused(&[("main", "{% block a %}{{ super() }}{% endblock %}")]), @"main:1: no file that this one extends has a block `a`, so `super()` has no meaning here");
    insta::assert_snapshot!(refused(&[("main", "{{ super() }}")]), @"main:1: `super()` may only be used in a block of a file that extends another, and not in a macro or an included file");
    insta::assert_snapshot!(refused(&[("main", "{% extends 'base' %}{% block one %}{% include 'x' %}{% endblock %}"), ("x", "{{ super() }}")]), @"x:1: `super()` may only be used in a block of a file that extends another, and not in a macro or an included file");
    insta::assert_snapshot!(refused(&[("main", "{% extends 'base' %}{% block one %}{% call m() %}{{ super() }}{% endcall %}{% endblock %}{% macro m() %}{{ caller() }}{% endmacro %}")]), @"main:1: `super()` may only be used in a block of a file that extends another, and not in a macro or an included file");
    insta::assert_snapshot!(refused(&[("main", "{% block a %}{% endblock %}{{ self.b1() }}")]), @"main:1: there is no block `b1`; there are: a");
    insta::assert_snapshot!(refused(&[("main", "{% block a %}\n{{ self.a() }}{% endblock %}")]), @"main:2: the block `a` contains itself");
    insta::assert_snapshot!(refused(&[("main", "\n{% block a required %}{% endblock %}")]), @"main:2: the block `a` has to be written in a file that extends this one");
}

#[test]
fn text_of_blocks_is_safe() {
    assert_eq!(
        rendered(&[("main", "{% block a %}{{ user.name }}{% endblock %}{% set t = self.a() %}{{ t }}")]),
        "<anna.berg><anna.berg>"
    );
    assert!(
        refused(&[("main", "{% block a %}x{% endblock %}{{ self.a() | upper }}")])
            .contains("`upper` cannot change text that a macro or a block made")
    );
    assert!(
        refused(&[("main", "{% extends 'base' %}{% block one %}{{ super() | upper }}{% endblock %}")])
            .contains("`upper` cannot change text")
    );
}
