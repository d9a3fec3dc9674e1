use std::fs;

use minijinja::Error;

use super::*;
use crate::model::account::DatumType;

#[test]
fn an_unknown_name_is_reported_with_its_line_and_what_was_meant() {
    assert_eq!(refused("a=b\nc={{ vcrad.title }}"), "t:2: `vcrad` is not known; did you mean `vcard`?");
    assert_eq!(
        refused("a={{ vcard.titel }}"),
        "t:1: `vcard` has no `titel`; did you mean `vcard.title`? It has: addresses, birthday, email, emails, family, \
         full_name, given, jabber_id, middle, nickname, note, organisation, phone, phones, photo, prefix, role, suffix, \
         title, units, url"
    );
    assert_eq!(
        refused("{{ user.full_name }}"),
        "t:1: `user` has no `full_name`; did you mean `vcard.full_name`? It has: display_name, domain, jid, name, node"
    );
    assert_eq!(
        refused("{{ vcard.phone.cell_phone }}"),
        "t:1: `vcard.phone` has no `cell_phone`. It has: fax, home, mobile, work"
    );
    assert_eq!(refused("{{ display_name }}"), "t:1: `display_name` is not known; did you mean `user.display_name`?");
}

#[test]
fn a_mistake_in_a_branch_that_no_sample_takes_is_found() {
    assert_eq!(
        refused("{% if request.ip == 'never' %}\n{{ user.nmae }}\n{% endif %}"),
        "t:2: `user` has no `nmae`; did you mean `user.name`? It has: display_name, domain, jid, name, node"
    );
    assert_eq!(
        refused("{% for c in roster %}{% for d in [] %}{{ c.subscripton }}{% endfor %}{% endfor %}"),
        "t:1: `c` has no `subscripton`; did you mean `c.subscription`? It has: groups, jid, name, subscription"
    );
    assert_eq!(
        refused("{% if false %}{{ user.name | uper }}{% endif %}"),
        "t:1: there is no filter `uper`; did you mean `upper`?"
    );
    assert_eq!(refused("{% if false and 1 is evn %}{% endif %}"), "t:1: there is no test `evn`; did you mean `even`?");
    assert_eq!(refused("{% if false %}{{ debug() }}{% endif %}").split(';').next(), Some("t:1: `debug` is not known"));
}

#[test]
fn all_mistakes_are_reported_at_once() {
    assert_eq!(
        refused("{# require: vcrad #}\n{{ nwo }}\n{{ groups }}").lines().map(|line| &line[..4]).collect::<Vec<_>>(),
        ["t:1:", "t:2:", "t:3:"]
    );
}

#[test]
fn the_templates_own_names_are_known() {
    templates(
        "{% set card = vcard %}{% macro m(x, y='') %}{{ x }}{{ y }}{{ other() }}{% endmacro %}\
         {% macro other() %}{{ caller is defined }}{% endmacro %}\
         {% for name, list in roster | groupby('subscription') %}{{ loop.index }}{{ name }}{{ list | length }}{% endfor %}\
         {% if card.title %}{% set t = card.title %}{% else %}{% set t = '' %}{% endif %}{{ m(t) }}\
         {% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ range(3) | join }}",
    );
}

#[test]
fn a_name_can_be_given_a_new_meaning() {
    templates("{% if true %}{% set v = {'own': 1} %}{% else %}{% set v = vcard %}{% endif %}{{ v.own }}");
    templates("{% for user in ['a'] %}{{ user }}{% endfor %}{% set account = {'sip': 1} %}{{ account.sip }}");
}

#[test]
fn what_a_provisioning_template_cannot_use_is_refused_with_the_reason() {
    assert!(
        refused("{% autoescape false %}{{ user.name }}{% endautoescape %}").contains("`autoescape` cannot be changed")
    );
    assert!(refused("{% filter upper %}x{% endfilter %}").contains("a filter cannot change a whole block"));
    assert!(refused("{% set x | upper %}x{% endset %}").contains("a filter cannot change a whole block"));
    assert!(
        refused("{{ user.name | safe }}").contains("there is no filter `safe`: every value is escaped automatically")
    );
    for filter in ["escape", "e", "tojson", "pprint", "indent", "urlencode"] {
        assert!(refused(&format!("{{{{ user.name | {filter} }}}}")).contains("there is no filter"), "{filter}");
    }
    assert!(refused("{{ user.name.upper() }}").contains("values have no methods like `upper()`"));
    assert!(refused("dir=C:\\\\x\\{{ user.name }}").contains("a single backslash before"));
    assert!(refused("a=b\n\nc=\\{{ user.name }}").starts_with("t:3: "));
    templates("dir=C:\\\\x\\\\{{ user.name }}");
}

#[test]
fn what_has_no_text_is_refused() {
    assert!(refused("{{ vcard }}").contains("a group of values"));
    assert!(refused("{{ request.fields }}").contains("a group of values"));
    assert!(refused("{{ roster }}").contains("this is a list; loop over it"));
    assert!(refused("{{ none }}").contains("`none` has no text"));
    assert!(refused("{{ [1, 2] }}").contains("a list has no text"));
    assert!(refused("{{ {'a': 1} }}").contains("a group of values has no text"));
    assert!(refused("{% macro m() %}{% endmacro %}{{ m }}").contains("a macro is called with `()`"));
}

#[test]
fn a_form_field_may_be_absent() {
    assert_eq!(
        refused("a=b\nc={{ request.fields.uuid }}"),
        "t:2: `request.fields.uuid` is undefined; write `{{ … | default('') }}` for what may be absent (seen with the \
         sample user `empty`)"
    );
    assert_eq!(rendered("{{ request.fields.uuid | default('') }}"), "<5f8c6a2e>");
    assert_eq!(rendered("{% if request.fields.nothing is defined %}x{% endif %}"), "");
}

#[test]
fn a_syntax_error_is_reported_with_its_line() {
    assert!(refused("a=b\n{% if %}\n").starts_with("t:2: "), "{}", refused("a=b\n{% if %}\n"));
}

#[test]
fn endless_work_and_endless_text_are_stopped() {
    assert!(
        refused("{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}")
            .contains("too much work")
    );
    assert!(refused("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}").starts_with("t:1: "));
    assert!(
        refused("{% for a in range(40000) %}0123456789012345678901234567890123456789012345678901234567890{% endfor %}")
            .contains("larger than 2097152 bytes")
    );
    assert!(refused("{% set x %}{{ 'x' * 1000 }}{% endset %}{{ x * 4000 }}").contains("larger than"));
}

#[test]
fn a_file_is_read_and_its_mistakes_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("site.properties");
    let settings = config::Template { file: Some(path.clone()), ..Default::default() };
    let load = || Templates::load(&settings, &ExtraNames::default(), brackets);
    assert!(matches!(load(), Err(TemplateError::Unreadable { .. })));
    fs::write(&path, "a=b\nname={{ user.nane }}\n").unwrap();
    let message = load().unwrap_err().to_string();
    assert!(message.starts_with(&format!("{}:2: `user` has no `nane`", path.display())), "{message}");
    fs::write(&path, b"\xef\xbb\xbfa=b\n").unwrap();
    assert!(load().unwrap_err().to_string().contains("byte order mark"));
    fs::write(&path, "a={{ user.name }}\n").unwrap();
    assert_eq!(default(&load().unwrap()).render(&samples()[0].context()).unwrap(), "a=<anna.berg>\n");
}

#[test]
fn a_secret_cannot_be_joined_or_filtered() {
    for text in [
        "{{ 'Basic ' ~ password }}",
        "{{ password | upper }}",
        "{{ [password] | join }}",
        "{{ '%s' | format(password) }}",
    ] {
        let message = refused(text);
        assert!(message.contains("a secret cannot be joined or filtered"), "{text}: {message}");
        assert!(!message.contains("correct horse"), "{message}");
    }
    assert_eq!(rendered("{% if password %}{{ password | default('') }}{% endif %}"), "<correct horse>");
}

#[test]
fn a_secret_cannot_be_compared() {
    let mut names = ExtraNames::default();
    names.kinds.insert("pin".into(), DatumType::Secret);
    names.kinds.insert("room".into(), DatumType::Single);
    for text in [
        "password == 'x'",
        "'x' != password",
        "1 < password",
        "password in ['x']",
        "'x' not in password",
        "'x' == user.name == password",
        "password is eq('x')",
        "user.name is eq(password)",
        "password is startingwith 'x'",
        "password is string",
        "groups | select('eq', password)",
        "extra.pin == 'x'",
        "(extra.pin | default('')) == 'x'",
        "(password or 'x') == 'x'",
        "(password if groups else '') == 'x'",
    ] {
        let reported = compiled(&format!("{{% if {text} %}}{{% endif %}}"), &names, brackets).map(|_| ());
        let message = reported.expect_err(text).to_string();
        assert!(message.contains("a secret cannot be compared; only `{% if password %}`"), "{text}: {message}");
    }
    assert!(refused("{% set p = password %}{{ p == 'x' }}").contains("a secret cannot be compared"));
    let sound = "{% if extra.pin is defined and extra.pin and extra.room is defined and extra.room == '1' %}\
        {{ extra.pin }}{% endif %}{% if password and not password is undefined %}{{ password }}{% endif %}";
    compiled(sound, &names, brackets).unwrap();
}

/// The engine's own message for `-x` quotes `x`.
#[test]
fn no_error_quotes_the_password_or_another_value() {
    let password = Password::parse("hunter2-secret".to_owned()).unwrap();
    let samples = samples();
    // Fails for this user and for no sample.
    let only = |fails: &str| templates(&format!("{{% if user.name == 'bo' %}}{fails}{{% endif %}}"));
    let domain = samples[0].context().server.domain.clone();
    let username = crate::model::account::Username::parse("bo", &domain).unwrap();
    let mut client = samples[0].context().client.clone();
    client.fields.insert("pin".to_owned(), "form-secret".to_owned());
    let context =
        ProvisionContext { username: &username, password: &password, client: &client, ..samples[0].context() };
    for fails in [
        "{{ -password }}",
        "{{ password + 1 }}",
        "{{ password | int }}",
        "{{ password | replace('a', 'b') }}",
        "{{ request.fields[password] }}",
        "{% set x %}{{ password }}{% endset %}{{ x - 1 }}",
        "{% set x %}{{ password }}{% endset %}{{ x | int }}",
        "{{ {}[request.fields.pin] }}",
        "{{ -request.fields.pin }}",
        "{{ request.fields.pin | int }}",
        "{{ request.fields.pin + 1 }}",
        "{{ range(request.fields.pin) }}",
    ] {
        let error = only(fails).render(&context).expect_err(fails);
        for shown in
            [error.to_string(), format!("{error:?}"), format!("{error:#?}"), format!("{:#}", anyhow::Error::new(error))]
        {
            assert!(!shown.contains("hunter2"), "{fails}: {shown}");
            assert!(!shown.contains("form-secret"), "{fails}: {shown}");
        }
    }
}

#[test]
fn the_context_does_not_show_the_password() {
    let samples = samples();
    assert!(!format!("{:?}", samples[0]).contains("correct horse"));
    assert!(!format!("{:?}", samples[0].context()).contains("correct horse"));
    assert!(!format!("{:?}", samples[0].context().to_value(|_| true)).contains("correct horse"));
}

#[test]
fn an_engine_error_that_is_not_ours_shows_its_kind_only() {
    let error = Error::new(minijinja::ErrorKind::InvalidOperation, "unable to calculate -hunter2");
    assert!(!LocatedError::from_render("t", &error).to_string().contains("hunter2"));
}
