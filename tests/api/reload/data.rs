//! Site data that change while the service runs, and inputs that nothing can be made of: what was served is served on.

use std::net::SocketAddr;
use std::time::Duration;

use test_servers::openfire::{Openfire, component_name};
use tokio::time::timeout;

use crate::support::app::config_text;
use crate::support::http_client::{Answer, post, request, send};
use crate::support::service::{Program, Service};

const ANNA: &str = "username=anna.berger&password=sunflower-42";
const SETTINGS: &str =
    "[http]\nlisten = \"127.0.0.1:0\"\n[template]\nfile = \"own.properties\"\n[reload]\ndebounce = \"50ms\"\n";
const LIMIT: Duration = Duration::from_secs(30);
const TEMPLATE: &str = "site.user={{ user.name }}\nsite.sip={{ extra.sip }}\n";

/// A service with the template and these files, and these settings of a source of data that is called `telephones`.
async fn start(files: &[(&str, &str)], data: &str) -> (Service, SocketAddr) {
    let more = format!("{SETTINGS}[[data]]\nname = \"telephones\"\n{data}\n");
    let text = config_text(Openfire::shared().await, &component_name(), &more);
    let program = Program::new(&["serve"]).file("config.toml", &text).file("own.properties", TEMPLATE);
    let program = files.iter().fold(program, |program, (name, text)| program.file(name, text));
    let mut service = program.start();
    let address = service.ready().await;
    (service, address)
}

async fn ask(address: SocketAddr) -> Answer {
    send(address, post("/provision", ANNA)).await
}

#[track_caller]
fn has_number(answer: &Answer, number: &str) {
    assert!(answer.status == 200 && answer.text().contains(&format!("site.sip={number}\n")), "{answer}");
}

async fn read(address: SocketAddr, path: &str) -> String {
    send(address, request("GET", path, &[], "")).await.text().to_owned()
}

fn csv(number: &str) -> String {
    format!("username,sip\nanna.berger,{number}\n")
}

fn json(number: &str) -> String {
    format!("{{\"users\": {{\"anna.berger\": {{\"sip\": \"{number}\"}}}}}}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_data_counts_for_the_next_request() {
    let (mut service, address) = start(&[("t.csv", &csv("11"))], "file = \"t.csv\"").await;
    has_number(&ask(address).await, "11");
    service.write("t.csv", &csv("22"));
    service.line(&["reloaded in ", ": data telephones"]).await;
    has_number(&ask(address).await, "22");
    service.replace("t.csv", &csv("33"));
    service.lines(&["reloaded in "], 2).await;
    has_number(&ask(address).await, "33");
    let metrics = read(address, "/metrics").await;
    assert!(metrics.contains("data_age_seconds{source=\"telephones\"} 0."), "{metrics}");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_added_has_an_age_at_once() {
    let files = [("t.csv", &*csv("11")), ("more.csv", &*csv("22"))];
    let (mut service, address) = start(&files, "file = \"t.csv\"").await;
    let config = std::fs::read_to_string(service.path("config.toml")).unwrap();
    service.replace("config.toml", &format!("{config}[[data]]\nname = \"more\"\nfile = \"more.csv\"\n"));
    service.line(&["reloaded in ", "data more"]).await;
    let metrics = read(address, "/metrics").await;
    assert!(metrics.contains("data_age_seconds{source=\"more\"} "), "{metrics}");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_half_written_at_a_sighup_does_not_count() {
    let settings = SETTINGS.replace("debounce = \"50ms\"", "debounce = \"2s\"\nwatch = false");
    let more = format!(
        "{settings}[log]\nlevel = \"info,openfire_provisioner::app=debug\"\n\
         [[data]]\nname = \"telephones\"\nfile = \"t.csv\"\n"
    );
    let text = config_text(Openfire::shared().await, &component_name(), &more);
    let program = Program::new(&["serve"]).file("config.toml", &text).file("own.properties", TEMPLATE);
    let mut service = program.file("t.csv", &csv("11")).start();
    let address = service.ready().await;
    service.write("t.csv", &csv("2"));
    service.signal("HUP").await;
    service.line(&["DEBUG", "nothing is reloaded yet"]).await;
    service.write("t.csv", &csv("22"));
    service.line(&["reloaded in ", ": data telephones"]).await;
    has_number(&ask(address).await, "22");
    assert_eq!(service.log().matches(" reloaded in ").count(), 1, "{}", service.log());
    service.stop().await;
}

/// File, broken content, and words of the message.
const BROKEN: [(&str, &[u8], &[&str]); 10] = [
    ("own.properties", b"a=1\nb={{ user.name", &["own.properties:2"]),
    ("own.properties", b"a={{ user.nmae }}\n", &["own.properties:1", "did you mean `user.name`"]),
    ("own.properties", b"a=1\n{% include '../secret' %}\n", &["own.properties:2"]),
    ("own.properties", b"a=1\n{% include 'missing' %}\n", &["own.properties:2", "missing"]),
    ("own.properties", b"a={{ extra.sop }}\n", &["own.properties:1", "sop"]),
    ("t.csv", b"username,sop\nanna.berger,1\n", &["own.properties:2", "sip"]),
    ("t.csv", b"username,sip\nanna.berger,1,2\n", &["data `telephones`", "t.csv, line 2"]),
    ("t.csv", b"username,sip\nanna.berger,1\nanna.berger,2\n", &["t.csv, line 3"]),
    ("t.csv", b"username,sip\nJ\xf6rg,1\n", &["t.csv, line 2"]),
    ("config.toml", b"[openfire]\ndomian = \"x\"\n", &["config.toml, line 2", "domain"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn broken_files_change_nothing() {
    let (mut service, address) = start(&[("t.csv", &csv("11"))], "file = \"t.csv\"").await;
    for (count, (file, broken, words)) in BROKEN.into_iter().enumerate() {
        let good = std::fs::read(service.path(file)).unwrap();
        std::fs::write(service.path(file), broken).unwrap();
        service.lines(&["WARN", "not reloaded"], count + 1).await;
        let log = service.log();
        let line = log.lines().rfind(|line| line.contains("not reloaded")).unwrap();
        for word in words {
            assert!(line.contains(word), "no `{word}` in {line}");
        }
        has_number(&ask(address).await, "11");
        let ready = read(address, "/readyz").await;
        assert!(ready.contains("policy: old policy in force since ") && ready.contains(words[0]), "{ready}");
        std::fs::write(service.path(file), good).unwrap();
        service.lines(&["the files match the policy loaded at"], count + 1).await;
    }
    let metrics = read(address, "/metrics").await;
    assert!(metrics.contains("data_failures_total{source=\"telephones\"} 3"), "{metrics}");
    assert!(metrics.contains("policy_current 1") && metrics.contains("result=\"replaced\"} 0"), "{metrics}");
    service.stop().await;
}

/// What a command does instead, and words of the message.
const FAILING: [(&str, &str); 5] = [
    ("exit 1", "ended with exit code 1"),
    ("exec sleep 60", "did not end within 500ms"),
    ("exec yes", "prints more than"),
    ("echo '{\"users\": {\"anna.berger\": {\"sip\":'", "line 2: this is not JSON"),
    ("printf '{\"users\": {\"J\\366rg\": {}}}'", "UTF-8"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_fails_keeps_its_last_data() {
    let data = "command = [\"sh\", \"ask.sh\"]\nevery = \"5s\"\ntimeout = \"500ms\"";
    let good = |number: &str| format!("echo '{}'\n", json(number));
    let (mut service, address) = start(&[("ask.sh", &good("11"))], data).await;
    service.line(&["reloaded in ", ": data telephones"]).await;
    has_number(&ask(address).await, "11");
    for (count, (script, words)) in FAILING.into_iter().enumerate() {
        service.replace("ask.sh", script);
        service.signal("HUP").await;
        service.lines(&["WARN", "the data stay as they were: data `telephones`: ", words], 1).await;
        has_number(&ask(address).await, "11");
        let ready = read(address, "/readyz").await;
        assert!(ready.contains("policy: loaded at ") && ready.contains(" stay in use"), "{ready}");
        assert!(read(address, "/metrics").await.contains("policy_current 0"));
        service.replace("ask.sh", &good("11"));
        service.lines(&["data `telephones` can be read again"], count + 1).await;
        assert!(read(address, "/readyz").await.contains("policy: ok, loaded at "));
    }
    service.replace("ask.sh", &good("22"));
    service.signal("HUP").await;
    service.lines(&["reloaded in ", ": data telephones"], 2).await;
    has_number(&ask(address).await, "22");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_were_never_read_are_waited_for_by_those_who_want_them() {
    let data = "command = [\"sh\", \"ask.sh\"]\nevery = \"1h\"";
    let (mut service, address) = start(&[("ask.sh", "exit 7")], data).await;
    service.line(&["WARN", "data `telephones`: "]).await;
    let answer = ask(address).await;
    assert!(answer.status == 503 && answer.text().starts_with("ConnectionException"), "{answer}");
    let ready = read(address, "/readyz").await;
    assert!(ready.contains("; never read so far: data `telephones`: "), "{ready}");
    service.replace("ask.sh", &format!("echo '{}'\n", json("11")));
    service.line(&["reloaded in ", ": data telephones"]).await;
    has_number(&ask(address).await, "11");
    assert!(read(address, "/readyz").await.contains("policy: ok, loaded at "));
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_added_counts_once_it_has_answered() {
    let (mut service, address) = start(&[("t.csv", &csv("11")), ("ask.sh", "exit 7")], "file = \"t.csv\"").await;
    let config = std::fs::read_to_string(service.path("config.toml")).unwrap();
    let added = format!("{config}[[data]]\nname = \"crm\"\ncommand = [\"sh\", \"ask.sh\"]\nevery = \"1h\"\n");
    service.replace("config.toml", &added);
    service.line(&["WARN", "not reloaded: waiting for data `crm`, which is new; changes since "]).await;
    service.line(&["WARN", "data `crm`: sh: ended with exit code 7"]).await;
    has_number(&ask(address).await, "11");
    let ready = read(address, "/readyz").await;
    assert!(ready.contains(": waiting for data `crm`, which is new; changes since "), "{ready}");
    assert!(ready.contains("; never read so far: data `crm`: sh: ended"), "{ready}");
    assert!(!read(address, "/metrics").await.contains("reloads_total{result=\"failed\"} 0"));
    service.replace("ask.sh", &format!("echo '{}'\n", json("22")));
    service.line(&["reloaded in ", "configuration, data crm"]).await;
    has_number(&ask(address).await, "22");
    assert!(read(address, "/readyz").await.contains("policy: ok, loaded at "));
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_never_answered_can_be_taken_back() {
    let (mut service, address) = start(&[("t.csv", &csv("11")), ("ask.sh", "exit 7")], "file = \"t.csv\"").await;
    let config = std::fs::read_to_string(service.path("config.toml")).unwrap();
    let added = format!("{config}[[data]]\nname = \"crm\"\ncommand = [\"sh\", \"ask.sh\"]\n");
    service.replace("config.toml", &added);
    service.line(&["WARN", "data `crm`: "]).await;
    service.replace("config.toml", &config);
    let forgotten = async { while !read(address, "/readyz").await.contains("policy: ok, loaded at ") {} };
    timeout(LIMIT, forgotten).await.expect("it is forgotten in time");
    assert!(!read(address, "/metrics").await.contains("crm"));
    has_number(&ask(address).await, "11");
    service.stop().await;
}
