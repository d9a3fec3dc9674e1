//! What a site knows about its users reaches their clients.

use std::collections::BTreeMap;

use jitsi_properties::parse;
use test_servers::openfire::{Openfire, admin_component_name, component_name};

use crate::support::app::{TestApp, config_text};
use crate::support::http_client::{Answer, post, send};
use crate::support::service::Program;

const TEMPLATE: &str = "site.room={{ extra.room | default('') }}\nsite.queue={{ extra.queue | default('') }}\n\
    site.extension={{ extra.extension | default('') }}\nsite.acc.PASSWORD={{ extra.sip_password | default('') }}\n";

const CSV: &str = "username,extension,sip_password\nAnna.Berger,4711,\"s3cret, \"\"=\"\n*,0,\n";

/// The settings of a service with two files, whose names begin like those of the test.
fn files(folder: &std::path::Path) -> String {
    std::fs::write(folder.join("phones.csv"), CSV).unwrap();
    let toml = "[default]\nroom = \"hall\"\nqueue = 1\n[groups.data-desk]\nroom = \"desk\"\nqueue = 2\n\
        [roster_groups.Sales]\nqueue = 3\nextension = \"50\"\n[users]\n\"anna.berger\" = { queue = 4 }\n";
    std::fs::write(folder.join("rooms.toml"), toml).unwrap();
    format!(
        "[[data]]\nname = \"phones\"\nfile = \"{0}/phones.csv\"\n[[data]]\nname = \"rooms\"\nfile = \"{0}/rooms.toml\"\n\
         [http]\nlisten = \"127.0.0.1:0\"\n[template]\nfile = \"provision.properties\"\n",
        folder.display()
    )
}

async fn ask(app: &TestApp, user: &str, password: &str) -> Answer {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("username", user)
        .append_pair("password", password)
        .finish();
    send(app.address(), post("/provision", &form)).await
}

fn read(answer: &Answer) -> BTreeMap<String, String> {
    assert_eq!(answer.status, 200, "{answer}");
    let document = parse(answer.text()).unwrap();
    document.entries().map(|entry| (entry.key().to_owned(), entry.value().to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_gets_the_users_values_over_those_of_groups_over_the_default() {
    let openfire = Openfire::shared().await;
    for user in ["data-desk-user", "data-other"] {
        openfire.control(&["user", user, "pw", user, "a@mail.example.test"]).await;
    }
    openfire.control(&["group", "data-desk", ""]).await;
    openfire.control(&["member", "data-desk", "data-desk-user", ""]).await;
    let folder = tempfile::tempdir().unwrap();
    let text = config_text(openfire, &admin_component_name(), &files(folder.path()));
    let app = TestApp::with_text(&text, Some(TEMPLATE)).await;

    let anna = read(&ask(&app, "anna.berger", "sunflower-42").await);
    let value = |key: &str| anna[key].as_str();
    assert_eq!((value("site.room"), value("site.queue"), value("site.extension")), ("hall", "4", "4711"));
    assert_eq!(value("site.acc.PASSWORD"), "s3cret, \"=");

    let desk = read(&ask(&app, "data-desk-user", "pw").await);
    let value = |key: &str| desk[key].as_str();
    assert_eq!((value("site.room"), value("site.queue"), value("site.extension")), ("desk", "2", "0"));
    assert_eq!(value("site.acc.PASSWORD"), "");

    let other = read(&ask(&app, "data-other", "pw").await);
    assert_eq!((other["site.room"].as_str(), other["site.queue"].as_str()), ("hall", "1"));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_cannot_be_asked_for_is_no_group_that_the_user_is_not_in() {
    let openfire = Openfire::shared().await;
    let folder = tempfile::tempdir().unwrap();
    // Openfire does not open the groups to this component.
    let text = config_text(openfire, &component_name(), &files(folder.path()));
    let app = TestApp::with_text(&text, Some(TEMPLATE)).await;
    let answer = ask(&app, "anna.berger", "sunflower-42").await;
    assert_eq!(answer.status, 503, "{answer}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn until_a_command_was_asked_nobody_gets_half_the_data() {
    let openfire = Openfire::shared().await;
    let more = "[[data]]\nname = \"crm\"\ncommand = [\"/bin/false\"]\n[http]\nlisten = \"127.0.0.1:0\"\n\
        [template]\nfile = \"provision.properties\"\n";
    let app = TestApp::with_text(&config_text(openfire, &component_name(), more), Some(TEMPLATE)).await;
    let answer = ask(&app, "anna.berger", "sunflower-42").await;
    assert_eq!((answer.status, answer.text().starts_with("ConnectionException")), (503, true), "{answer}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_asks_commands_and_hides_secrets() {
    let openfire = Openfire::shared().await;
    let more =
        "[[data]]\nname = \"crm\"\ncommand = [\"/bin/sh\", \"crm.sh\"]\n[template]\nfile = \"provision.properties\"\n";
    let program = Program::new(&["preview", "anna.berger"])
        .file("config.toml", &config_text(openfire, &component_name(), more))
        .file("crm.sh", "echo '{\"default\": {\"queue\": 1, \"extension\": \"0\"}, \"users\": {\"Anna.Berger\": {\"room\": \"12\", \"sip_password\": \"sEcReT\"}}}'")
        .file("provision.properties", TEMPLATE);
    let ended = program.run().await;
    assert_eq!(ended.code(), 0, "{ended:?}");
    let lines = ["site.room=12", "site.acc.PASSWORD=***"];
    assert!(lines.iter().all(|line| ended.stdout.contains(line)), "{ended:?}");
    assert!(!format!("{ended:?}").contains("sEcReT"), "{ended:?}");
}

#[tokio::test]
async fn a_service_does_not_start_with_a_broken_file() {
    let config = "[openfire]\ndomain = \"example.test\"\n[component]\nname = \"a.example.test\"\nsecret = \"x\"\n\
        [[data]]\nname = \"phones\"\nfile = \"phones.csv\"\nkey = \"usrname\"\n[http]\nlisten = \"127.0.0.1:0\"\n";
    let program = Program::new(&["serve"]).file("config.toml", config).file("phones.csv", CSV);
    let ended = program.run().await;
    assert_eq!(ended.code(), 2, "{ended:?}");
    let message = "phones.csv, line 1: there is no column `usrname` (`key`); did you mean `username`?";
    assert!(ended.stderr.contains(message), "{ended:?}");
}

#[tokio::test]
async fn check_tells_what_each_source_knows() {
    let config = "[openfire]\ndomain = \"example.test\"\n[component]\nname = \"a.example.test\"\nsecret = \"x\"\n\
        [[data]]\nname = \"phones\"\nfile = \"phones.csv\"\n[[data]]\nname = \"rooms\"\nfile = \"rooms.json\"\n\
        [[data]]\nname = \"lost\"\nfile = \"lost.csv\"\n[[data]]\nname = \"broken\"\nfile = \"broken.json\"\n\
        [[data]]\nname = \"crm\"\ncommand = [\"/bin/false\"]\n";
    let rooms = "{\"groups\": {\"a\": {\"room\": \"1\"}, \"b\": {}}, \"roster_groups\": {\"a\": {}}}";
    let program = |arguments: &[&str]| {
        Program::new(arguments)
            .file("config.toml", config)
            .file("phones.csv", CSV)
            .file("rooms.json", rooms)
            .file("broken.json", "{\n\"users\": {,}}")
    };
    let lines = |text: &str| -> String {
        text.lines().filter(|line| line.contains("site data")).collect::<Vec<_>>().join("\n")
    };
    let ended = program(&["check"]).run().await;
    assert_eq!(ended.code(), 1, "{ended:?}");
    insta::assert_snapshot!(lines(&ended.stdout), @"
    ok     site data: `phones` has extension, sip_password for 1 user, all users
    ok     site data: `rooms` has room for 2 groups, 1 roster group
    WRONG  site data: data `lost`: lost.csv: cannot be read: No such file or directory (os error 2)
    WRONG  site data: data `broken`: broken.json, line 2: this is not JSON: key must be a string
    note   site data: `crm` is read only with --online
    ");
    let ended = program(&["check", "--online"]).run().await;
    assert!(ended.stdout.contains("WRONG  site data: data `crm`: /bin/false: ended with exit code 1"), "{ended:?}");
}
