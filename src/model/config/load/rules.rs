//! What is wrong with the rules that choose a template.

use crate::model::config::{Config, Pattern, Rule};

/// Checks what no single field of a rule can check by itself. An error is a key and what is wrong with it.
pub(in crate::model::config) fn check(config: &Config) -> Result<(), (String, String)> {
    let rules = &config.template.rule;
    for (index, rule) in rules.iter().enumerate() {
        let wrong = |key: &str, problem: String| Err((format!("template.rule[{index}]{key}"), problem));
        let name = &rule.name;
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            return wrong(
                ".name",
                "give the rule a printable name; `preview` and the log refer to it by that name".into(),
            );
        }
        if rules.iter().take(index).any(|earlier| earlier.name == *name) {
            return wrong(".name", format!("an earlier rule is called \"{name}\" too; give each its own name"));
        }
        if is_for_everybody(rule) && index + 1 < rules.len() {
            return wrong(
                "",
                format!(
                    "the rule \"{name}\" has no condition, so every client matches and no later rule counts; add a condition, or put it last"
                ),
            );
        }
        let domain = format!("@{}", config.openfire.domain);
        let is_cut = !config.openfire.login_names.keep(&config.openfire.domain);
        let has_domain = |user: &&Pattern| user.to_string().to_lowercase().ends_with(&domain);
        if let Some(user) = rule.users.iter().filter(|_| is_cut).find(has_domain) {
            return wrong(".users", format!("found \"{user}\"; users are named without the domain"));
        }
        if let Some((key, problem)) = rule.fields.keys().find_map(|field| taken(field, config)) {
            return wrong(&format!(".fields.{key}"), problem);
        }
    }
    Ok(())
}

fn is_for_everybody(rule: &Rule) -> bool {
    let Rule { name: _, file: _, users, groups, roster_groups, networks, os, client_version, fields } = rule;
    users.is_empty()
        && groups.is_empty()
        && roster_groups.is_empty()
        && networks.is_empty()
        && os.is_empty()
        && client_version.is_empty()
        && fields.is_empty()
}

/// Fields that the front takes for itself, so that no rule ever sees them.
fn taken<'c>(field: &'c String, config: &Config) -> Option<(&'c str, String)> {
    let http = &config.http;
    if http.username_fields.contains(field) {
        return Some((field, "this field is the user's name; write `users` for it".to_owned()));
    }
    let secret = http.password_fields.contains(field) || http.secret_fields.contains(field);
    secret.then(|| (field.as_str(), "this field holds a secret, which rules cannot see".to_owned()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::ConfigText;
    use super::*;

    fn load(rules: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
        let text = format!(
            "[openfire]\ndomain = \"example.org\"\n[component]\nname = \"p.example.org\"\nsecret = \"s3cret\"\n{rules}"
        );
        let environment = environment
            .iter()
            .map(|(key, value)| (format!("OPENFIRE_PROVISIONER__{key}"), (*value).to_owned()))
            .collect();
        let source = ConfigText { name: "config.toml".to_owned(), text, environment };
        source.config(Path::new("/etc/site")).map_err(|error| error.to_string())
    }

    /// What is wrong with a rule `b` of this one condition, which follows another.
    fn problem(condition: &str) -> String {
        let rules = "[[template.rule]]\nname = \"a\"\nfile = \"a\"\nos = \"x\"\n[[template.rule]]\nname = \"b\"\nfile = \"b\"\n";
        load(&format!("{rules}{condition}\n"), &[]).unwrap_err()
    }

    #[test]
    fn a_condition_is_one_text_or_a_list() {
        let config = load(
            "[[template.rule]]\nname = \"a\"\nfile = \"a.properties\"\nusers = \"anna\"\ngroups = [\"x\", \"y\"]\n\
             networks = \"::ffff:10.1.0.0/112\"\nclient_version = \">=2.10\"\nfields = { site = \"berlin\", floor = [\"1\", \"2\"] }\n",
            &[],
        )
        .unwrap();
        let rule = &config.template.rule[0];
        assert_eq!(rule.file, Path::new("/etc/site/a.properties"));
        assert_eq!((rule.users.len(), rule.groups.len(), rule.client_version.len()), (1, 2, 1));
        assert_eq!(rule.networks, ["10.1.0.0/16".parse().unwrap()]);
        assert_eq!((rule.fields["site"].len(), rule.fields["floor"].len()), (1, 2));
    }

    #[test]
    fn the_environment_can_hold_the_rules() {
        let of = |value| load("", &[("TEMPLATE__RULE", value)]);
        let config = of("[{name = \"a\", file = \"a\", os = \"Windows*\"}, {name = \"b\", file = \"b\"}]").unwrap();
        assert_eq!(config.template.rule.len(), 2);
        insta::assert_snapshot!(of("[{name = \"a\", file = \"a\", client_version = \"2.10\"}]").unwrap_err(), @r#"environment variable OPENFIRE_PROVISIONER__TEMPLATE__RULE: template.rule[0].client_version: found "2.10"; write "2.10.*" for all versions that begin like this, or "=2.10" for this one"#);
    }

    #[test]
    fn a_mistake_is_reported_with_the_key_and_the_line() {
        insta::assert_snapshot!(problem("client_version = [\">=2.10\", \"2.x\"]"), @r#"config.toml, line 13: template.rule[1].client_version[1]: found "2.x"; write for example ">=2.10", "<2.11", "2.10.*" or "=2.10.5550""#);
        insta::assert_snapshot!(problem("users = []"), @"config.toml, line 13: template.rule[1].users: the list is empty, so no client would match; leave the key out");
        insta::assert_snapshot!(problem("users = [\"\"]"), @r#"config.toml, line 13: template.rule[1].users[0]: the text is empty; write "*" for any text, or leave it out"#);
        insta::assert_snapshot!(problem("users = 5"), @"config.toml, line 13: template.rule[1].users: found integer `5`; allowed: text in quotation marks, or a list of texts");
        insta::assert_snapshot!(problem("users = \"anna@Example.org\""), @r#"config.toml, line 13: template.rule[1].users: found "anna@Example.org"; users are named without the domain"#);
        insta::assert_snapshot!(problem("networks = \"ten\""), @r#"config.toml, line 13: template.rule[1].networks: `ten` is not a network; write for example "10.0.0.0/8" or "192.168.1.5""#);
        insta::assert_snapshot!(problem("fields = {}"), @"config.toml, line 13: template.rule[1].fields: no field is named; name one, or leave the key out");
        insta::assert_snapshot!(problem("fields = { user = \"anna\" }"), @"config.toml, line 13: template.rule[1].fields.user: this field is the user's name; write `users` for it");
        insta::assert_snapshot!(problem("fields = { pass = \"*\" }"), @"config.toml, line 13: template.rule[1].fields.pass: this field holds a secret, which rules cannot see");
        insta::assert_snapshot!(problem("usrs = \"anna\""), @"config.toml, line 13: template.rule[1].usrs: there is no setting `usrs`; did you mean `users`?");
    }

    #[test]
    fn a_domain_that_names_keep_may_be_in_a_condition() {
        let rule = "[[template.rule]]\nname = \"a\"\nfile = \"a\"\nusers = \"*@example.org\"\n";
        let whole = [("OPENFIRE__LOGIN_NAMES", "['*@Example.org -> *@Example.org']")];
        assert!(load(rule, &whole).is_ok());
        assert!(load(rule, &[("OPENFIRE__LOGIN_NAMES", "['*@other.example -> *@other.example']")]).is_err());
    }

    #[test]
    fn rules_are_distinguished_and_each_can_count() {
        let rule =
            |name: &str, condition: &str| format!("[[template.rule]]\nname = \"{name}\"\nfile = \"f\"\n{condition}\n");
        let problem = |first: &str, second: &str| load(&format!("{first}{second}"), &[]).unwrap_err();
        insta::assert_snapshot!(problem(&rule("a", "os = \"x\""), &rule("a", "os = \"y\"")), @r#"config.toml, line 11: template.rule[1].name: an earlier rule is called "a" too; give each its own name"#);
        insta::assert_snapshot!(problem(&rule(" ", "os = \"x\""), ""), @"config.toml, line 7: template.rule[0].name: give the rule a printable name; `preview` and the log refer to it by that name");
        assert!(problem(&rule("a\\nb", "os = \"x\""), "").contains("give the rule a printable name"));
        assert!(problem(&rule("\\u001b[31m", "os = \"x\""), "").contains("give the rule a printable name"));
        insta::assert_snapshot!(problem(&rule("a", ""), &rule("b", "os = \"y\"")), @r#"config.toml, line 6: template.rule[0]: the rule "a" has no condition, so every client matches and no later rule counts; add a condition, or put it last"#);
        assert!(load(&(rule("a", "os = \"x\"") + &rule("b", "")), &[]).is_ok());
    }
}
