//! Who gets which template, over HTTP from a real Openfire.

use tempfile::TempDir;
use test_servers::log::Log;
use test_servers::openfire::{Openfire, admin_component_name, component_name};
use test_servers::seeds::person;

use crate::support::app::{TestApp, config_text};
use crate::support::front_log::front_lines;
use crate::support::http_client::{Answer, FORM, request, send};
use crate::support::service::Program;

/// A service with these rules (in TOML, each with a file of its name), whose templates say who chose them.
struct Site {
    app: TestApp,
    _folder: TempDir,
}

impl Site {
    async fn start(component: &str, rules: &[(&str, &str)]) -> Self {
        let files: Vec<(&str, String)> = rules.iter().map(|(name, _)| (*name, format!("chosen={name}\n"))).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        Self::with_files(component, rules, &[&files[..], &[("default", "chosen=default\n")]].concat()).await
    }

    async fn with_files(component: &str, rules: &[(&str, &str)], files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let path = folder.path().display();
        let rule = |(name, conditions): &(&str, &str)| {
            format!("[[template.rule]]\nname = \"{name}\"\nfile = \"{path}/{name}\"\n{conditions}\n")
        };
        let more = format!(
            "[template]\nfile = \"{path}/default\"\n{}[http]\nlisten = \"127.0.0.1:0\"\ntrusted_proxies = [\"127.0.0.1\"]\n",
            rules.iter().map(rule).collect::<Vec<_>>().concat()
        );
        let app = TestApp::with_text(&config_text(Openfire::shared().await, component, &more), None).await;
        Self { app, _folder: folder }
    }

    /// The answer for a user with further fields and headers.
    async fn answer(&self, user: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let password = &person(user).password;
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("username", user), ("password", password)])
            .extend_pairs(fields)
            .finish();
        let headers = [headers, &[("content-type", FORM)]].concat();
        send(self.app.address(), request("POST", "/provision", &headers, &form)).await
    }

    /// Which template a user gets.
    async fn chosen(&self, user: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> String {
        let answer = self.answer(user, fields, headers).await;
        assert_eq!(answer.status, 200, "{answer}");
        answer.text().trim_start_matches("chosen=").trim().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn user_network_field_and_version_choose_and_the_first_rule_counts() {
    let rules = [
        ("people", "users = [\"TOMAS.*\", \"yuki.tanaka\"]"),
        ("branch", "networks = \"10.1.0.0/16\""),
        ("linux", "os = \"Linux*\"\nfields = { site = [\"bonn\", \"berlin\"] }"),
        ("old", "client_version = [\">=2.8\", \"2.10.*\"]"),
        ("never", "users = \"tomas.novak\""),
    ];
    let site = Site::start(&component_name(), &rules).await;
    let anna = "anna.berger";
    assert_eq!(site.chosen("tomas.novak", &[("os", "Linux")], &[("user-agent", "Jitsi/2.10.5550")]).await, "people");
    assert_eq!(site.chosen(anna, &[], &[]).await, "default");
    for address in ["10.1.200.3", "::ffff:10.1.0.7"] {
        assert_eq!(site.chosen(anna, &[], &[("x-forwarded-for", address)]).await, "branch", "{address}");
    }
    assert_eq!(site.chosen(anna, &[], &[("x-forwarded-for", "10.2.0.1")]).await, "default");
    assert_eq!(site.chosen(anna, &[("os", "linux 6"), ("site", "Bonn")], &[]).await, "linux");
    assert_eq!(site.chosen(anna, &[("os", "linux 6")], &[]).await, "default");
    for (agent, chosen) in
        [("Jitsi/2.10.5550", "old"), ("Jitsi Desktop/2.14-SNAPSHOT.0", "default"), ("curl", "default")]
    {
        assert_eq!(site.chosen(anna, &[], &[("user-agent", agent)]).await, chosen, "{agent}");
    }
    site.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_of_contacts_choose_by_the_users_own_stream() {
    let site = Site::start(&component_name(), &[("sales", "roster_groups = [\"sales\"]")]).await;
    assert_eq!(site.chosen("anna.berger", &[], &[]).await, "sales");
    assert_eq!(site.chosen("tomas.novak", &[], &[]).await, "default");
    site.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_of_openfire_choose_where_the_component_may_ask() {
    let site = Site::start(&admin_component_name(), &[("help", "groups = \"Support\"")]).await;
    assert_eq!(site.chosen("yuki.tanaka", &[], &[]).await, "help");
    assert_eq!(site.chosen("anna.berger", &[], &[]).await, "default");
    site.app.stop().await;
}

/// A template that may be wrong is worse than none.
#[tokio::test]
async fn where_groups_are_withheld_nobody_they_concern_gets_a_template_and_the_log_says_why() {
    let (log, _guard) = Log::start();
    let rules = [("anna", "users = \"anna.*\""), ("help", "users = \"tomas.*\"\ngroups = \"support\"")];
    let site = Site::start(&component_name(), &rules).await;
    let answer = site.answer("tomas.novak", &[], &[]).await;
    assert_eq!(answer.status, 503, "{answer}");
    assert!(answer.text().starts_with("ConnectionException"), "{answer}");
    assert_eq!(site.chosen("anna.berger", &[], &[]).await, "anna");
    assert_eq!(site.chosen("yuki.tanaka", &[], &[]).await, "default");
    let lines = front_lines(&log);
    let line = |words: &[&str]| lines.iter().any(|line| words.iter().all(|word| line.contains(word)));
    assert!(line(&["WARN", "of the templates asks for data that are missing", "admin.authorizedJIDs"]), "{lines:#?}");
    assert!(line(&["anna.berger", "\"template.rule\":\"anna\"", "/anna\""]), "{lines:#?}");
    assert!(line(&["yuki.tanaka", "/default\""]) && !line(&["yuki.tanaka", "template.rule"]), "{lines:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_of_several_files_reaches_the_client_whole() {
    let site = Site::with_files(
        &component_name(),
        &[("staff", "users = \"anna.*\"")],
        &[
            ("default", "{% block greeting %}greeting=hello\n{% endblock %}{% include ['local', 'common'] %}"),
            ("common", "{% import 'macros' as lib %}{{ lib.entry('user', user.name) }}"),
            ("macros", "{% macro entry(key, value) %}{{ key }}={{ value }}\n{% endmacro %}"),
            (
                "staff",
                "{% extends 'default' %}{% block greeting %}{{ super() }}staff={{ vcard.given }}\n{% endblock %}",
            ),
        ],
    )
    .await;
    let text = site.answer("anna.berger", &[], &[]).await;
    assert_eq!(text.text(), "greeting=hello\nstaff=Anna\nuser=anna.berger\n", "{text}");
    let text = site.answer("tomas.novak", &[], &[]).await;
    assert_eq!(text.text(), "greeting=hello\nuser=tomas.novak\n", "{text}");
    site.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn preview_says_which_rule_chose() {
    let preview = async |user: &'static str| {
        let rules = "[template]\nfile = \"all.properties\"\n[[template.rule]]\nname = \"staff\"\nfile = \"staff.properties\"\nusers = \"anna.*\"\n";
        let program = Program::new(&["preview", user]);
        let program = program.file("config.toml", &config_text(Openfire::shared().await, &component_name(), rules));
        program
            .file("all.properties", "service.gui.MESSAGE_HISTORY_SIZE=1\n{# require: vcard #}")
            .file("staff.properties", "service.gui.MESSAGE_HISTORY_SIZE=2\n{# require: vcard #}")
            .run()
            .await
    };
    insta::assert_snapshot!(preview("anna.berger").await.shown(&[]), @r#"
    service.gui.MESSAGE_HISTORY_SIZE=2
    note: rule "staff" chose staff.properties
    exit code 0
    "#);
    insta::assert_snapshot!(preview("tomas.novak").await.shown(&[]), @"
    service.gui.MESSAGE_HISTORY_SIZE=1
    note: no rule matches; the default template is all.properties
    exit code 0
    ");
}

#[tokio::test]
async fn check_reads_every_template_and_judges_the_rules() {
    let text = "[openfire]\ndomain = \"example.test\"\n[component]\nname = \"a.example.test\"\nsecret = \"hush-hush\"\n\
        [directory]\nadmin_commands = \"off\"\n\
        [[template.rule]]\nname = \"a\"\nfile = \"one.properties\"\nusers = \"a*\"\n\
        [[template.rule]]\nname = \"anna\"\nfile = \"two.properties\"\nusers = \"anna\"\n\
        [[template.rule]]\nname = \"help\"\nfile = \"one.properties\"\ngroups = \"support\"\n";
    let program = Program::new(&["check"]).file("config.toml", text);
    let ended = program
        .file("one.properties", "a={{ vcard.title }}\n")
        .file("two.properties", "{% include 'one.properties' %}b=1\n")
        .run()
        .await;
    assert_eq!(ended.code(), 1, "{ended:?}");
    let reported = ended.stdout.lines().filter(|line| line.contains("fetches") || line.contains("rules:"));
    insta::assert_snapshot!(reported.collect::<Vec<_>>().join("\n"), @r#"
    ok     template: one.properties (rule "a", rule "help"), fetches vcard
    ok     template: two.properties (rule "anna"), fetches vcard
    ok     template: built in (the default), fetches vcard
    note   rules: "anna" never matches: its users get the template of the earlier rule "a"
    WRONG  rules: some rules match on Openfire groups, but directory.admin_commands is "off": every user such a rule could match gets an error
    "#);
}
