//! `openfire.login_names`: names as people type them, each as one account of a real Openfire.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use test_servers::openfire::{Openfire, component_name};

use crate::support::app::config_text;
use crate::support::http_client::{post, request, send};
use crate::support::service::{Program, Service};

const NAMES: &str = r"['CORP\*', '*@mail.example', '*@example.test -> *@example.test']";

fn config(openfire: &Openfire, component: &str, names: &str, more: &str) -> String {
    config_text(openfire, component, more).replace("[component]", &format!("login_names = {names}\n[component]"))
}

fn form(user: &str, password: &str) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("username", user).append_pair("password", password).finish()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_name_is_one_account_by_form_and_by_basic() {
    let openfire = Openfire::shared().await;
    // As with `ldap.usernameField=userPrincipalName`, where the domain is a part of the name.
    openfire.control(&["user", "lena\\40example.test", "whole-name", "Lena", "lena@mail.example"]).await;
    let mut service = Service::serve(&config(openfire, &component_name(), NAMES, "[http]\nlisten = \"127.0.0.1:0\""));
    let address = service.ready().await;
    for (typed, password, account) in [
        ("corp\\Anna.Berger", "sunflower-42", "anna.berger"),
        ("anna.berger@MAIL.example", "sunflower-42", "anna.berger"),
        ("anna.berger", "sunflower-42", "anna.berger"),
        ("Lena@Example.test", "whole-name", "lena\\\\40example.test"),
    ] {
        let answer = send(address, post("/provision", &form(typed, password))).await;
        assert_eq!(answer.status, 200, "{typed}: {answer}");
        assert!(answer.text().contains(&format!("USER_ID={account}@example.test\n")), "{typed}: {answer}");
        let basic = format!("Basic {}", STANDARD.encode(format!("{typed}:{password}")));
        let answer = send(address, request("POST", "/provision", &[("authorization", &basic)], "")).await;
        assert_eq!(answer.status, 200, "{typed}: {answer}");
    }

    // What the client sees is the same with and without a hint.
    let mut seen = Vec::new();
    for typed in ["OTHER\\anna.berger", "anna.berger@other.example", "CORP\\anna.berger", "anna.berger"] {
        let answer = send(address, post("/provision", &form(typed, "wrong"))).await;
        assert_eq!(answer.status, 401, "{typed}: {answer}");
        seen.push(answer.text().to_owned());
    }
    assert!(seen.iter().all(|text| *text == seen[0]), "{seen:?}");
    assert_eq!(send(address, post("/provision", &form("CORP\\", "x"))).await.status, 400);
    let log = service.stop().await.stderr;
    let reasons: Vec<&str> = log.lines().filter(|line| line.contains("status=401")).collect();
    let [windows, domain, others @ ..] = reasons.as_slice() else { panic!("{log}") };
    assert!(
        windows.contains("`other\\\\anna.berger` looks like a Windows name; see openfire.login_names"),
        "{windows}"
    );
    assert!(domain.contains("`anna.berger@other.example` looks like a name with another domain"), "{domain}");
    assert!(others.len() == 2 && !others.concat().contains("login_names"), "{others:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn preview_takes_a_name_as_people_type_it() {
    let openfire = Openfire::shared().await;
    let program = Program::new(&["preview", "CORP\\anna.berger"]);
    let ended = program.file("config.toml", &config(openfire, &component_name(), NAMES, "")).run().await;
    assert_eq!(ended.code(), 0, "{ended:?}");
    assert!(ended.stdout.contains("Anna Berger"), "{ended:?}");
    insta::assert_snapshot!(ended.stderr, @r#"note: "CORP\*" in openfire.login_names makes anna.berger of this name"#);
}
