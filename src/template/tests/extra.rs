//! The site's own names.

use super::*;
use crate::account::DatumKind;

fn names(open: bool) -> ExtraNames {
    let kinds = [("sip_user", DatumKind::Single), ("sip_password", DatumKind::Secret), ("rooms", DatumKind::List)];
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
    let kinds = [("pins".into(), DatumKind::SecretList)].into_iter().collect();
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
