//! `check` as a process: what it says of files and environment.

mod online;
mod pins;
mod user;

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::service::{Ended, Program};

const GOOD: &str =
    "[openfire]\ndomain = \"example.test\"\n[component]\nname = \"a.example.test\"\nsecret = \"hush-hush\"\n";

async fn check(text: &str) -> Ended {
    let ended = Program::new(&["check"]).file("config.toml", text).run().await;
    assert!(!ended.stdout.contains("hush-hush") && !ended.stderr.contains("hush-hush"), "{ended:?}");
    ended
}

async fn check_template(template: &str) -> Ended {
    let text = format!("{GOOD}[template]\nfile = \"own.properties\"\n");
    Program::new(&["check"]).file("config.toml", &text).file("own.properties", template).run().await
}

#[tokio::test]
async fn a_good_configuration_is_reported_line_by_line() {
    insta::assert_snapshot!(check(GOOD).await.shown(&[]), @"
    ok     configuration: config.toml
    ok     template: built in, fetches vcard
    ok     template: no findings with the sample users
    note   HTTPS: off; plain HTTP on 127.0.0.1:8080, for a proxy on this machine; name the proxy in http.trusted_proxies, otherwise all its users count as one client
    3 ok, 1 note, 0 errors
    exit code 0
    ");
}

#[tokio::test]
async fn the_administrators_pages_have_their_own_lines() {
    let pages = |more: &str| format!("{GOOD}[admin]\nurls = [\"https://a.example.test\"]\n{more}");
    let said = check(&pages("")).await.stdout;
    let who = "ok     pages: at https://a.example.test/admin/; administrators: every administrator of Openfire; viewers: none\n";
    let port =
        "note   pages: https://a.example.test has port 443, but `http.listen` has port 8080: correct one of them";
    assert!(said.contains(who) && said.contains(port) && !said.contains("is not checked"), "{said}");
    let more = "users = [\"anna\", \"ben\"]\nviewers = [\"cleo\"]\n[http]\ntrusted_proxies = [\"127.0.0.1\"]\n";
    let said = check(&pages(more)).await.stdout;
    assert!(said.contains("administrators: anna, ben; viewers: cleo\n") && !said.contains("has port"), "{said}");
    assert!(said.contains("accounts in `admin.users` and `admin.viewers` is not checked"), "{said}");
}

#[tokio::test]
async fn every_mistake_is_named_with_its_line_and_key_and_what_is_allowed() {
    let with = |more: &str| format!("{GOOD}{more}\n");
    let mistakes = [
        with("keepalife = \"1m\""),
        with("tls = \"startls\""),
        with("port = \"5275\""),
        with("keepalive = \"an hour\""),
        with("keepalive = \"1h\""),
        with("[http]\nlisten = \"0.0.0.0:8080\""),
        with("[limits]\nrequest_deadline = \"30s\""),
        with("[htp]\nlisten = \"127.0.0.1:0\""),
        with("[log]\nlevel = \"loud=very\""),
        with("secret_file = \"component.secret\""),
        GOOD.replace("domain = \"example.test\"", "port = 5222"),
        GOOD.replace("\"hush-hush\"", "\"hush-hush"),
        GOOD.replace("\"hush-hush\"", "hush-hush"),
        GOOD.replace("\"hush-hush\"", "[\"hush-hush\"]"),
        GOOD.replace("secret = \"hush-hush\"", ""),
    ];
    let mut said = String::new();
    for mistake in mistakes {
        let ended = check(&mistake).await;
        assert_eq!(ended.code(), 1, "{ended:?}");
        said += ended.stdout.lines().next().unwrap();
        said += "\n";
    }
    insta::assert_snapshot!(said, @r#"
    WRONG  configuration: config.toml, line 6: component.keepalife: there is no setting `keepalife`; did you mean `keepalive`?
    WRONG  configuration: config.toml, line 6: component.tls: found "startls", did you mean "starttls"? Allowed: "starttls", "direct", "none"
    WRONG  configuration: config.toml, line 6: component.port: found string "5275"; allowed: a whole number from 0 to 65535
    WRONG  configuration: config.toml, line 6: component.keepalive: `an hour` is not a duration (expected number at 0); write for example "8s" or "250ms"
    WRONG  configuration: config.toml, line 6: component.keepalive: Openfire drops a component after 6 silent minutes; use at most 5m
    WRONG  configuration: config.toml, line 7: http.listen: 0.0.0.0:8080 is reached over the network, and passwords would cross it in the clear; set `http.tls`, or `http.allow_plain = true` if a proxy in front handles TLS
    WRONG  configuration: config.toml, line 7: limits.request_deadline: a Jitsi client gives up after 10 s; use at most 9.5 s
    WRONG  configuration: config.toml, line 6: htp: there is no setting `htp`; did you mean `http`?
    WRONG  configuration: config.toml, line 7: log.level: found "loud=very": there is no level for the targets that are not named; write one of off, error, warn, info, debug, trace, or for example "info,openfire_provisioner::openfire=debug"
    WRONG  configuration: config.toml, line 5: component.secret: `component.secret` and `component.secret_file` are both set; remove one of them
    WRONG  configuration: config.toml, line 1: openfire: the setting `domain` is missing and has no default
    WRONG  configuration: config.toml, line 5: invalid basic string, expected `"`
    WRONG  configuration: config.toml, line 5: string values must be quoted, expected literal string
    WRONG  configuration: config.toml, line 5: component.secret: this is not text; put it into quotation marks
    WRONG  configuration: config.toml, line 3: component.secret: the secret of the component is missing; set `component.secret` or `component.secret_file` to the one in Openfire's console under Server > Server Settings > External Components
    "#);
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named() {
    let ended = Program::new(&["check", "--config", "other.toml"]).run().await;
    insta::assert_snapshot!(ended.shown(&[]), @"
    WRONG  configuration: other.toml: the file cannot be read: No such file or directory (os error 2)
    0 ok, 0 notes, 1 error
    exit code 1
    ");
}

#[tokio::test]
async fn without_any_configuration_it_says_where_it_looked() {
    let ended = Program::new(&["check"]).run().await;
    insta::assert_snapshot!(ended.shown(&[]), @"
    WRONG  configuration: no configuration found, neither config.toml nor /etc/openfire-provisioner/config.toml: name one with --config, or set everything by environment variables (the environment: the setting `openfire` is missing and has no default)
    0 ok, 0 notes, 1 error
    exit code 2
    ");
}

#[tokio::test]
async fn all_of_it_can_come_from_the_environment() {
    let program = Program::new(&["check"])
        .variable("OPENFIRE_PROVISIONER__OPENFIRE__DOMAIN", "example.test")
        .variable("OPENFIRE_PROVISIONER__OPENFIRE__HOST", "127.0.0.1")
        .variable("OPENFIRE_PROVISIONER__OPENFIRE__PORT", "5222")
        .variable("OPENFIRE_PROVISIONER__COMPONENT__NAME", "a.example.test")
        .variable("OPENFIRE_PROVISIONER__COMPONENT__SECRET", "123456")
        .variable("OPENFIRE_PROVISIONER__HTTP__LISTEN", "127.0.0.1:9999");
    insta::assert_snapshot!(program.run().await.shown(&[]), @"
    ok     configuration: from the environment
    ok     template: built in, fetches vcard
    ok     template: no findings with the sample users
    note   HTTPS: off; plain HTTP on 127.0.0.1:9999, for a proxy on this machine; name the proxy in http.trusted_proxies, otherwise all its users count as one client
    3 ok, 1 note, 0 errors
    exit code 0
    ");
}

#[tokio::test]
async fn a_mistake_in_the_environment_is_named_by_its_variable() {
    let name = "OPENFIRE_PROVISIONER__LIMITS__REQUEST_DEADLINE";
    let ended = Program::new(&["check"]).file("config.toml", GOOD).variable(name, "1h").run().await;
    insta::assert_snapshot!(ended.shown(&[]), @"
    WRONG  configuration: environment variable OPENFIRE_PROVISIONER__LIMITS__REQUEST_DEADLINE: limits.request_deadline: a Jitsi client gives up after 10 s; use at most 9.5 s
    0 ok, 0 notes, 1 error
    exit code 1
    ");
}

#[tokio::test]
async fn a_template_with_a_mistake_is_named_with_its_line() {
    insta::assert_snapshot!(check_template("a=1\nb={{ user.nmae }}\n").await.shown(&[]), @"
    ok     configuration: config.toml
    WRONG  template: own.properties:2: `user` has no `nmae`; did you mean `user.name`? It has: display_name, domain, jid, name, node
    note   HTTPS: off; plain HTTP on 127.0.0.1:8080, for a proxy on this machine; name the proxy in http.trusted_proxies, otherwise all its users count as one client
    1 ok, 1 note, 1 error
    exit code 1
    ");
}

#[tokio::test]
async fn a_template_whose_text_would_harm_a_client_is_a_finding() {
    let ended = check_template("a=1\na=2\n").await;
    assert_eq!(ended.code(), 1, "{ended:?}");
    assert!(ended.stdout.contains("WRONG  template: own.properties:2: error: duplicate-key"), "{ended:?}");
}

#[tokio::test]
async fn a_template_that_makes_nothing_is_named() {
    let ended = check_template("{% set nothing = 1 %}\n").await;
    assert!(ended.stdout.contains("note   template: own.properties:1: warning: no-entry: "), "{ended:?}");
}

/// A name that one source calls a secret is a secret in all, and what nobody calls one may be read.
#[tokio::test]
async fn files_of_site_data_with_secrets_are_for_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = GOOD.to_owned();
    for (name, columns, mode) in [
        ("open", "username,sip_password,pin", 0o644),
        ("closed", "username,sip_password,room", 0o640),
        ("pins", "username,pin", 0o604),
        ("plain", "username,floor", 0o644),
    ] {
        let file = folder.path().join(format!("{name}.csv"));
        std::fs::write(&file, format!("{columns}\nanna{}\n", ",1".repeat(columns.matches(',').count()))).unwrap();
        std::fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let secrets = if name == "open" { "secrets = [\"pin\"]\n" } else { "" };
        text = format!("{text}[[data]]\nname = \"{name}\"\nfile = \"{}\"\n{secrets}", file.display());
    }
    let ended = check(&text).await;
    let said = ended.shown(&[(&folder.path().display().to_string(), "FOLDER")]);
    let notes: Vec<&str> = said.lines().filter(|line| line.starts_with("note   site data")).collect();
    insta::assert_snapshot!(notes.join("\n"), @"
    note   site data: every user of this machine can read FOLDER/open.csv, secrets included: chmod 600 FOLDER/open.csv
    note   site data: every user of this machine can read FOLDER/pins.csv, secrets included: chmod 600 FOLDER/pins.csv
    ");
}

#[tokio::test]
async fn a_proxy_that_is_named_is_not_asked_for() {
    let ended = check(&format!("{GOOD}[http]\ntrusted_proxies = [\"127.0.0.1\"]\n")).await;
    assert!(ended.stdout.contains("for a proxy on this machine\n"), "{ended:?}");
}
