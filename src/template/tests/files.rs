//! Templates of several files.

use std::fs;
use std::path::Path;

use super::*;

/// A folder with templates, of which `main` is that of everybody.
pub(super) struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    pub(super) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self { folder }
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn load(&self) -> Result<Templates, TemplateError> {
        let settings = config::Template { file: Some(self.path().join("main")), ..Default::default() };
        Templates::load(&settings, &ExtraNames::default(), brackets)
    }

    /// What the everyday user gets.
    #[track_caller]
    pub(super) fn rendered(&self) -> String {
        let templates = self.load().unwrap_or_else(|error| panic!("{error}"));
        default(&templates).render(&samples()[0].context()).unwrap()
    }

    /// What is wrong, without the folder.
    #[track_caller]
    pub(super) fn refused(&self) -> String {
        self.load().map(|_| ()).unwrap_err().to_string().replace(&format!("{}/", self.path().display()), "")
    }

    #[track_caller]
    pub(super) fn wants(&self) -> Vec<&'static str> {
        let wanted = default(&self.load().unwrap_or_else(|error| panic!("{error}"))).wanted();
        Part::ALL.into_iter().filter(|part| wanted.includes(*part)).map(Part::as_str).collect()
    }
}

#[track_caller]
fn rendered(files: &[(&str, &str)]) -> String {
    Site::new(files).rendered()
}

#[track_caller]
fn refused(files: &[(&str, &str)]) -> String {
    Site::new(files).refused()
}

#[test]
fn an_included_file_sees_the_names_of_the_place_and_leaves_its_own() {
    assert_eq!(
        rendered(&[
            (
                "main",
                "{% set id = 'acc1' %}{% for n in [1, 2] %}{% include 'sip/one' %}{% endfor %}{% include 'set' %}{{ port }}"
            ),
            ("sip/one", "{{ id }}.{{ n }}={{ user.name }}\n"),
            ("set", "{% set port = 5061 %}"),
        ]),
        "<acc1>.<1>=<anna.berg>\n<acc1>.<2>=<anna.berg>\n<5061>"
    );
}

#[test]
fn the_first_file_of_a_list_that_is_there_is_included() {
    assert_eq!(
        rendered(&[
            (
                "main",
                "{% include ['no', 'b', 'a'] %}{% include 'no' ignore missing %}{% include ['no', 'not'] ignore missing %}"
            ),
            ("a", "a"),
            ("b", "b"),
        ]),
        "b"
    );
    assert!(
        refused(&[("main", "\n{% include ['no', 'not'] %}")])
            .starts_with("main:2: none of these files exists: no, not")
    );
}

#[test]
fn macros_and_values_of_an_imported_file_are_had_by_its_name() {
    let lib = "# a library\n{% set host = 'pbx' %}{% macro account(id, port=5222) %}{{ id }}:{{ port }}:{{ host }}:{{ user.name }}\n{% endmacro %}{% set _own = 1 %}";
    assert_eq!(
        rendered(&[
            ("main", "{% import 'lib' as lib %}{{ lib.account('a') }}{{ lib.account('b', port=1) }}{{ lib.host }}"),
            ("lib", lib),
        ]),
        "<a>:<5222>:<pbx>:<anna.berg>\n<b>:<1>:<pbx>:<anna.berg>\n<pbx>"
    );
    assert_eq!(
        rendered(&[("main", "{% from 'lib' import account as make, host %}{{ make('a') }}{{ host }}"), ("lib", lib)]),
        "<a>:<5222>:<pbx>:<anna.berg>\n<pbx>"
    );
    let wrong = |main: &str| refused(&[("main", main), ("lib", lib)]);
    insta::assert_snapshot!(wrong("{% import 'lib' as lib %}\n{{ lib.acount('a') }}"), @"main:2: `lib` has no `acount`; did you mean `account`? It has: account, host");
    insta::assert_snapshot!(wrong("{% import 'lib' as lib %}\n{{ lib.port }}"), @"main:2: `lib` has no `port`. It has: account, host");
    insta::assert_snapshot!(wrong("{% import 'lib' as lib %}\n{{ lib._own }}"), @"main:2: `lib` has no `_own`; names that begin with `_` are visible only in their file. It has: account, host");
    insta::assert_snapshot!(wrong("{% from 'lib' import user %}"), @"main:1: this file has no `user`. It has: account, host");
    insta::assert_snapshot!(wrong("{% import 'lib' as lib %}{{ lib }}"), @"main:1: this is a file that was imported and has no text of its own; it has: account, host");
}

/// `with context` says what is so anyway.
#[test]
fn an_imported_file_sees_the_names_of_the_place() {
    for context in ["", "with context"] {
        let main = format!("{{% set id = 'x' %}}{{% import 'lib' as lib {context} %}}{{{{ lib.m() }}}}");
        assert_eq!(rendered(&[("main", &main), ("lib", "{% macro m() %}{{ id }}{% endmacro %}")]), "<x>", "{context}");
    }
}

/// The engine takes the words and does not do what they say.
#[test]
fn without_context_is_refused() {
    let reported = |main: &str| refused(&[("main", &format!("a=b\n{main}")), ("lib", "{% macro m() %}{% endmacro %}")]);
    let expected = "main:2: `without context` has no effect: a file that is included or imported always sees the names at that \
                    place; leave the words out, and use other names in that file";
    for main in [
        "{% include 'lib' without context %}",
        "{% include 'lib' ignore missing without context %}",
        "{%- include ['lib', 'other'] without context -%}",
        "{% import 'lib' as lib without context %}",
        "{% from 'lib' import m without context %}",
        "{% from 'lib' import m as n without context %}",
        "{% if false %}{% include 'lib' without context %}{% endif %}",
    ] {
        assert_eq!(reported(main), expected, "{main}");
    }
    assert!(
        refused(&[("main", "{% include 'lib' %}"), ("lib", "\n{% include 'x' without context %}"), ("x", "")])
            .starts_with("lib:2: ")
    );
    let fine = "{% include 'lib' with context %}{# include 'lib' without context #}{{ 'without context' }}{% set without = 1 %}";
    assert_eq!(rendered(&[("main", fine), ("lib", "")]), "<without context>");
}

#[test]
fn what_an_imported_file_says_outside_of_macros_is_never_sent_and_reported() {
    let wrong = |lib: &str| refused(&[("main", "{% import 'lib' as lib %}"), ("lib", lib), ("x", "x")]);
    insta::assert_snapshot!(wrong("# fine\n\na=b\n"), @"lib:3: this is never sent: only macros and values of an imported file are used; put it into a macro, or include the file");
    insta::assert_snapshot!(wrong("{{ user.name }}"), @"lib:1: this is never sent: only macros and values of an imported file are used; put it into a macro, or include the file");
    assert!(wrong("{% include 'x' %}").contains("what is included here is never sent"));
    assert!(wrong("{% block x %}{% endblock %}").contains("make it a macro"));
    assert!(wrong("{% extends 'x' %}").contains("not in an imported file"));
}

#[test]
fn mistakes_in_any_file_are_reported_with_that_file() {
    insta::assert_snapshot!(
        refused(&[
            ("main", "{% include 'a' %}{% import 'b' as b %}{{ usr.name }}"),
            ("a", "\n{{ user.nmae }}"),
            ("b", "{% macro m(x) %}\n\n{{ x | uper }}{% endmacro %}{# require: vcrad #}"),
        ]),
        @r"
    a:2: `user` has no `nmae`; did you mean `user.name`? It has: display_name, domain, jid, name, node
    b:3: `vcrad` cannot be required; what can be: vcard, photo, roster, account, groups; did you mean `vcard`?
    b:3: there is no filter `uper`; did you mean `upper`?
    main:1: `usr` is not known; did you mean `user`?
    "
    );
    insta::assert_snapshot!(refused(&[("main", "{% include 'a' %}"), ("a", "a=b\n{% if %}")]), @"a:2: unexpected end of block");
    insta::assert_snapshot!(refused(&[("main", "{% include 'a' %}"), ("a", "x\n{{ request.fields.uuid }}")]), @"a:2: `request.fields.uuid` is undefined; write `{{ … | default('') }}` for what may be absent (seen with the sample user `empty`)");
    insta::assert_snapshot!(refused(&[("main", "\n{% import 'a' as a %}{{ a.m() }}"), ("a", "{% macro m() %}\n{{ none }}{% endmacro %}")]), @"a:2: `none` has no text; write `{{ … | default('', true) }}` (seen with the sample user `plain`)");
}

#[test]
fn an_error_with_a_users_data_names_the_file_and_no_value() {
    let site = Site::new(&[
        ("main", "{% include 'a' %}"),
        ("a", "{% import 'b' as b %}\n{{ b.m(request.fields.pin | default('1')) }}"),
        ("b", "\n\n{% macro m(x) %}{{ x | int }}{% endmacro %}"),
    ]);
    let templates = site.load().unwrap();
    let samples = samples();
    let mut client = samples[0].context().client.clone();
    client.fields.insert("pin".to_owned(), "form-secret".to_owned());
    let error = default(&templates).render(&ProvisionContext { client: &client, ..samples[0].context() }).unwrap_err();
    assert!(error.to_string().starts_with(&format!("{}:3: ", site.path().join("b").display())), "{error}");
    assert!(!format!("{error} {error:?}").contains("form-secret"));
}

#[test]
fn what_all_files_mention_and_require_is_united() {
    let site = Site::new(&[
        ("main", "{% include 'a' %}{% import 'b' as b %}{% if false %}{% include 'c' %}{% endif %}"),
        ("a", "{{ vcard.title }}"),
        ("b", "{% macro unused() %}{{ groups | join }}{% endmacro %}"),
        ("c", "{# require: roster #}"),
        ("unused", "{{ account.name }}"),
    ]);
    assert_eq!(site.wants(), ["vcard", "roster", "groups"]);
    assert_eq!(default(&site.load().unwrap()).required(), PartSet::NOTHING.with(Part::Roster));
    // A name of the template's own is no mention, in other files neither.
    let site =
        Site::new(&[("main", "{% set roster = [] %}{% include 'a' %}"), ("a", "{% for c in roster %}{% endfor %}")]);
    assert!(site.wants().is_empty());
}

#[test]
fn an_included_file_inside_of_a_macro_sees_the_macros_names_only() {
    assert_eq!(
        rendered(&[
            ("main", "{% macro m(n) %}{% include 'a' %}{% endmacro %}{{ m(7) }}"),
            ("a", "{{ n }}{{ user.name }}")
        ]),
        "<7><anna.berg>"
    );
    insta::assert_snapshot!(refused(&[("main", "{% set n = 1 %}{% macro m() %}{% include 'a' %}{% endmacro %}"), ("a", "\n{{ n }}")]), @"a:2: `n` is not visible in a file that is included inside a macro; pass it to the macro as an argument");
    // That the engine agrees:
    let mut environment = minijinja::Environment::new();
    environment.add_template("a", "{{ n is defined }}").unwrap();
    environment.add_template("main", "{% set n = 1 %}{% macro m() %}{% include 'a' %}{% endmacro %}{{ m() }}").unwrap();
    assert_eq!(environment.get_template("main").unwrap().render(()).unwrap(), "False");
}

#[test]
fn text_of_macros_from_other_files_is_safe() {
    let lib = ("lib", "{% macro m(x) %}[{{ x }}]{% endmacro %}");
    assert_eq!(rendered(&[("main", "{% import 'lib' as lib %}{% set t = lib.m('a') %}{{ t }}"), lib]), "[<a>]");
    assert!(
        refused(&[("main", "{% import 'lib' as lib %}{{ lib.m('a') | upper }}"), lib])
            .contains("`upper` cannot change text that a macro")
    );
}

#[test]
fn a_name_that_is_computed_or_leads_outside_is_refused() {
    let wrong = |tag: &str| refused(&[("main", &format!("a=b\n{tag}")), ("other", "x")]);
    for tag in [
        "{% include user.name %}",
        "{% import 'a' ~ user.name as a %}",
        "{% extends x %}",
        "{% include ['other', user.name] %}",
        "{% include 'other' if true else 'other' %}",
        "{% include 5 %}",
    ] {
        assert!(wrong(tag).starts_with("main:2: write out the name of a file"), "{tag}: {}", wrong(tag));
    }
    assert!(wrong("{% include [] %}").starts_with("main:2: the list of files is empty"));
    assert!(wrong("{% import ['other'] as o %}").starts_with("main:2: one name is needed here"));
    for name in ["/etc/passwd", "../other", "a/../other", "./other", "a\\\\b"] {
        let message = wrong(&format!("{{% include '{name}' ignore missing %}}"));
        assert!(message.starts_with("main:2: `") && message.contains("is not a name below the folder"), "{message}");
    }
    assert!(wrong("{% include 'othre' %}").ends_with("; did you mean `other`?"), "{}", wrong("{% include 'othre' %}"));
}

#[test]
fn files_that_name_each_other_in_a_circle_are_refused() {
    insta::assert_snapshot!(refused(&[("main", "\n{% include 'main' %}")]), @"main:2: these files name each other in a circle: main -> main");
    insta::assert_snapshot!(
        refused(&[("main", "{% include 'a' %}"), ("a", "\n{% if false %}{% import 'b' as b %}{% endif %}"), ("b", "\n\n{% extends 'a' %}")]),
        @"b:3: these files name each other in a circle: a -> b -> a"
    );
}

#[test]
fn files_are_nested_only_so_deep_and_are_only_so_many() {
    let chain = |length: usize| {
        let name = |number: usize| if number == 0 { "main".to_owned() } else { format!("f{number}") };
        let files: Vec<(String, String)> = (0..length)
            .map(|number| {
                let next = name(number + 1);
                let text = if number + 1 == length { "x".to_owned() } else { format!("{{% include '{next}' %}}") };
                (name(number), text)
            })
            .collect();
        Site::new(&files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>())
    };
    assert_eq!(chain(8).rendered(), "x");
    insta::assert_snapshot!(chain(9).refused(), @"main:1: files are nested more than 8 deep from here on; name them more directly");
    let many: Vec<(String, String)> = (0..210).map(|number| (format!("f{number}"), "x".to_owned())).collect();
    let main = many.iter().map(|(name, _)| format!("{{% include '{name}' %}}\n")).collect::<Vec<_>>().concat();
    let files: Vec<(&str, &str)> =
        many.iter().map(|(name, text)| (name.as_str(), text.as_str())).chain([("main", main.as_str())]).collect();
    assert!(refused(&files).starts_with("main:200: the templates have more than 200 files"));
}

/// Two to the power of many walks would take for ever.
#[test]
fn files_that_are_included_again_and_again_are_given_up() {
    let twice = |next: &str| format!("{{% include '{next}' %}}").repeat(20);
    let texts: Vec<(String, String)> =
        (1..7).map(|number| (format!("f{number}"), twice(&format!("f{}", number + 1)))).collect();
    let first = twice("f1");
    let mut files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    files.extend([("main", first.as_str()), ("f7", "x")]);
    assert!(refused(&files).contains("include each other too often"));
}

#[test]
fn bytes_of_another_encoding_are_reported_with_the_file_that_has_them() {
    let site = Site::new(&[("main", "{% include 'latin' %}")]);
    fs::write(site.path().join("latin"), b"a=b\nname=Andr\xe9\n").unwrap();
    assert!(site.refused().starts_with("latin:2: byte 0xE9 is not UTF-8"), "{}", site.refused());
    fs::write(site.path().join("latin"), b"\xef\xbb\xbfa=b\n").unwrap();
    assert!(site.refused().starts_with("latin:1: the file starts with a byte order mark"));
    fs::remove_file(site.path().join("latin")).unwrap();
    fs::create_dir(site.path().join("latin")).unwrap();
    assert!(site.refused().starts_with("main:1: `latin` in "), "{}", site.refused());
    fs::remove_file(site.path().join("main")).unwrap();
    fs::create_dir(site.path().join("main")).unwrap();
    assert!(
        crate::model::causes::with_causes(&site.load().unwrap_err())
            .ends_with("it is a folder or a device, not a file")
    );
}

#[test]
fn every_file_that_was_read_is_listed() {
    let site = Site::new(&[
        ("main", "{% include 'a' %}{% import 'a' as a %}"),
        ("a", "{% include ['no', 'b'] %}"),
        ("b", ""),
        ("c", ""),
    ]);
    assert!(site.refused().contains("what is included here is never sent"));
    let site = Site::new(&[
        ("main", "{% include 'a' %}{% include 'main2' ignore missing %}"),
        ("a", "{% include ['no', 'b'] %}"),
        ("b", ""),
        ("c", ""),
    ]);
    let templates = site.load().unwrap();
    let names: Vec<_> =
        templates.files().map(|path| path.strip_prefix(site.path()).unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["main", "a", "b"]);
    assert_eq!(templates.folder(), Some(site.path()));
}

/// A thread of the run time has 2 MiB, and much of it is taken when a template is rendered.
#[test]
fn the_deepest_nesting_fits_a_small_stack() {
    let render = || {
        for text in [
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "{% macro m() %}{% include 'a' %}{% endmacro %}{{ m() }}",
        ] {
            let mut environment = language::environment::environment(brackets);
            environment.add_template("a", text).unwrap();
            assert!(environment.get_template("a").unwrap().render(()).is_err());
        }
    };
    std::thread::Builder::new().stack_size(512 * 1024).spawn(render).unwrap().join().unwrap();
}
