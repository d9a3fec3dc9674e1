//! Templates and configuration that change while the service runs.

mod certificate;
mod data;
mod endpoint;

use std::net::SocketAddr;
use std::time::Duration;

use test_servers::openfire::{Openfire, admin_component_name, component_name};
use test_servers::relay::Relay;
use tokio::net::UnixDatagram;
use tokio::time::timeout;

use crate::support::app::config_text;
use crate::support::http_client::{Answer, post, request, send};
use crate::support::service::{Program, Service};

const ANNA: &str = "username=anna.berger&password=sunflower-42";
const SETTINGS: &str =
    "[http]\nlisten = \"127.0.0.1:0\"\n[template]\nfile = \"own.properties\"\n[reload]\ndebounce = \"200ms\"\n";
const LIMIT: Duration = Duration::from_secs(30);

/// A template that tells itself from others by a number.
fn template(number: usize) -> String {
    format!("site.user={{{{ user.name }}}}\nsite.version={number}\n")
}

/// A service with the first template.
async fn start(more: &str) -> (Service, SocketAddr) {
    let text = config_text(Openfire::shared().await, &component_name(), &format!("{SETTINGS}{more}"));
    let program = Program::new(&["serve"]).file("config.toml", &text).file("own.properties", &template(1));
    let mut service = program.start();
    let address = service.ready().await;
    (service, address)
}

async fn ask(address: SocketAddr) -> Answer {
    send(address, post("/provision", ANNA)).await
}

#[track_caller]
fn is_version(answer: &Answer, number: usize) {
    assert!(answer.status == 200 && answer.text().contains(&format!("site.version={number}\n")), "{answer}");
}

async fn read(address: SocketAddr, path: &str) -> String {
    let answer = send(address, request("GET", path, &[], "")).await;
    assert_eq!(answer.status, 200, "{answer}");
    answer.text().to_owned()
}

/// The value of a metric.
async fn metric(address: SocketAddr, name: &str) -> String {
    let text = read(address, "/metrics").await;
    let value = text.lines().find_map(|line| line.strip_prefix(&format!("openfire_provisioner_{name} ")));
    value.unwrap_or_else(|| panic!("no {name} in {text}")).to_owned()
}

/// The line of `/readyz` about the policy, without times.
async fn policy(address: SocketAddr) -> String {
    let text = read(address, "/readyz").await;
    let line = text.lines().find(|line| line.starts_with("policy: ")).unwrap().to_owned();
    let is_time = |word: &str| word.trim_end_matches([':', ';']).parse::<jiff::Timestamp>().is_ok();
    line.split(' ').map(|word| if is_time(word) { "TIME" } else { word }).collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_that_changes_counts_for_the_next_request() {
    let (mut service, address) = start("").await;
    is_version(&ask(address).await, 1);
    assert_eq!(policy(address).await, "policy: ok, loaded at TIME");
    service.write("own.properties", &template(2));
    service.line(&["INFO", "reloaded in ", ": templates (1 file)"]).await;
    is_version(&ask(address).await, 2);
    service.replace("own.properties", &template(3));
    service.lines(&["reloaded in "], 2).await;
    is_version(&ask(address).await, 3);
    assert_eq!(metric(address, "reloads_total{result=\"replaced\"}").await, "2");
    service.stop().await;
}

/// Templates of under 1 KB that would go on for ever and take all memory.
#[tokio::test(flavor = "multi_thread")]
async fn a_template_without_an_end_keeps_no_later_one_out() {
    let (mut service, address) = start("").await;
    let ten = "{% set l = [l, l, l, l, l, l, l, l, l, l] %}".repeat(30);
    for (number, bomb) in [
        format!("{{% set l = ['x'] %}}{ten}{{{{ l ~ '' }}}}"),
        format!("{{% set l = ['x'] %}}{ten}{{% if [l] == [l] %}}{{% endif %}}"),
        "{% set ns = namespace(x=[1]) %}{% for i in range(40) %}{% set ns.x = ns.x + ns.x %}{% endfor %}".to_owned(),
        "{% set s = 'x' * 1000000 %}{% for i in range(90000) %}{% if s[999999] == s %}{% endif %}{% endfor %}"
            .to_owned(),
    ]
    .iter()
    .enumerate()
    {
        // In another line each, since what is wrong is logged once only.
        service.write("own.properties", &format!("{}{bomb}", "\n".repeat(number)));
        service.line(&["WARN", "not reloaded", &format!("own.properties:{}: ", number + 1)]).await;
        is_version(&ask(address).await, 1);
    }
    service.write("own.properties", &template(2));
    service.line(&["reloaded in "]).await;
    is_version(&ask(address).await, 2);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_template_keeps_the_old_one_and_says_so_everywhere_until_it_is_mended() {
    let (mut service, address) = start("").await;
    let loaded = metric(address, "policy_loaded_timestamp_seconds").await;
    service.write("own.properties", "a=1\nb={{ user.nmae }}\n");
    let line = service.line(&["WARN", "not reloaded, the policy of"]).await;
    let reason = "own.properties:2: `user` has no `nmae`; did you mean `user.name`?";
    assert!(line.contains("stays in force") && line.contains(reason), "{line}");
    is_version(&ask(address).await, 1);
    let reported = policy(address).await;
    assert!(reported.starts_with("policy: old policy in force since TIME own.properties:2:"), "{reported}");
    assert_eq!(metric(address, "policy_current").await, "0");
    assert_eq!(metric(address, "reloads_total{result=\"failed\"}").await, "1");
    assert_eq!(metric(address, "policy_loaded_timestamp_seconds").await, loaded);

    service.write("own.properties", &template(2));
    service.line(&["reloaded in "]).await;
    is_version(&ask(address).await, 2);
    assert_eq!(policy(address).await, "policy: ok, loaded at TIME");
    assert_eq!(metric(address, "policy_current").await, "1");

    // Mended by going back is mended too.
    service.write("own.properties", "{{");
    service.lines(&["not reloaded"], 2).await;
    service.write("own.properties", &template(2));
    service.line(&["the files match the policy loaded at"]).await;
    assert_eq!(metric(address, "policy_current").await, "1");
    assert_eq!(metric(address, "reloads_total{result=\"replaced\"}").await, "1");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_whose_text_would_harm_clients_is_not_taken() {
    let (mut service, address) = start("").await;
    service.write("own.properties", "a=1\nnet.java.sip.communicator.impl.protocol.jabber=${null}\n");
    let line = service.line(&["WARN", "not reloaded, the policy of"]).await;
    assert!(line.contains("own.properties:2: null-wipes-accounts: "), "{line}");
    is_version(&ask(address).await, 1);
    let reported = policy(address).await;
    assert!(
        reported.starts_with("policy: old policy in force since TIME own.properties:2: null-wipes-accounts"),
        "{reported}"
    );
    let config = std::fs::read_to_string(service.path("config.toml")).unwrap();
    service.stop().await;
    let again = Program::new(&["serve"]).file("config.toml", &config).file("own.properties", "a=1\na=2\n");
    let ended = again.run().await;
    assert_eq!(ended.code(), 2, "{ended:?}");
    assert!(ended.stderr.contains("own.properties:2: duplicate-key"), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_asks_on_this_machine_learns_why_the_policy_is_old() {
    let (mut service, address) = start("").await;
    let elsewhere = || request("GET", "/readyz", &[("host", "provisioning.example.org")], "");
    assert!(send(address, elsewhere()).await.text().contains("\npolicy: ok\n"));
    service.write("own.properties", "{{");
    service.line(&["not reloaded"]).await;
    let answer = send(address, elsewhere()).await;
    assert!(answer.status == 200 && !answer.text().contains("own.properties"), "{answer}");
    assert!(answer.text().contains("policy: not current; asked on the service's own machine"), "{answer}");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sighup_reads_the_configuration_too_and_names_what_needs_a_restart() {
    let (mut service, address) = start("watch = false\n").await;
    let config = std::fs::read_to_string(service.path("config.toml")).unwrap();
    service.write("other.properties", &template(2));
    service.write("config.toml", &format!("{}[log]\nlevel = \"debug\"\n", config.replace("own.", "other.")));
    service.signal("HUP").await;
    service.line(&["reloaded in ", "configuration, templates (2 files)"]).await;
    service.line(&["WARN", "take effect only after a restart: log"]).await;
    is_version(&ask(address).await, 2);
    // A configuration with a mistake changes nothing.
    service.write("config.toml", &config.replace("[template]", "[tempalte]"));
    service.signal("HUP").await;
    service.line(&["not reloaded", "config.toml, line ", "did you mean `template`?"]).await;
    is_version(&ask(address).await, 2);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_changes_is_noticed_and_the_same_content_is_not_reloaded() {
    let (mut service, address) = start("[log]\nlevel = \"debug\"\n").await;
    let config = std::fs::read_to_string(service.path("config.toml")).unwrap();
    service.replace("config.toml", &config);
    service.signal("HUP").await;
    service.line(&["INFO", "nothing has changed in configuration, templates and data"]).await;
    assert!(!service.log().contains("reloaded in"), "{}", service.log());
    service.write("other.properties", &template(2));
    service.replace("config.toml", &config.replace("own.", "other."));
    service.line(&["reloaded in "]).await;
    is_version(&ask(address).await, 2);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_change_together_are_read_once() {
    let (mut service, address) = start("[log]\nlevel = \"info,openfire_provisioner::app=debug\"\n").await;
    // It has looked at the files since it started, so it does not do that between the changes.
    service.line(&["nothing has changed"]).await;
    let config = std::fs::read_to_string(service.path("config.toml")).unwrap();
    service.write("own.properties", &template(2));
    service.write("config.toml", &format!("{config}# a comment\n"));
    service.write("own.properties", &template(3));
    service.line(&["reloaded in ", "configuration, templates (1 file)"]).await;
    is_version(&ask(address).await, 3);
    service.write("own.properties", &template(4));
    service.lines(&["reloaded in "], 2).await;
    assert_eq!(metric(address, "reloads_total{result=\"replaced\"}").await, "2");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_answered_by_what_it_began_with() {
    let openfire = Openfire::shared().await;
    let slow = Relay::start(openfire.c2s()).await;
    let port = |address: SocketAddr| format!("\nport = {}\n", address.port());
    let text = config_text(openfire, &component_name(), SETTINGS).replace(&port(openfire.c2s()), &port(slow.address()));
    let program = Program::new(&["serve"]).file("config.toml", &text).file("own.properties", &template(1));
    let mut service = program.start();
    let address = service.ready().await;
    let in_flight = tokio::spawn(ask(address));
    slow.accepted(1).await;
    service.write("own.properties", &template(2));
    service.line(&["reloaded in "]).await;
    slow.open();
    is_version(&timeout(LIMIT, in_flight).await.unwrap().unwrap(), 1);
    is_version(&ask(address).await, 2);
    service.stop().await;
}

/// Open files and watches of a process.
fn held(service: &Service) -> (usize, usize) {
    let folder = format!("/proc/{}", service.pid());
    let files = std::fs::read_dir(format!("{folder}/fd")).unwrap().count();
    let infos = std::fs::read_dir(format!("{folder}/fdinfo")).unwrap();
    let texts = infos.filter_map(|info| std::fs::read_to_string(info.ok()?.path()).ok());
    (files, texts.map(|text| text.matches("inotify wd:").count()).sum())
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_reloads_leave_nothing_behind() {
    let (mut service, _) = start("").await;
    service.write("own.properties", &template(2));
    service.line(&["reloaded in "]).await;
    let before = held(&service);
    assert!(before.1 > 0, "{before:?}");
    for number in 3..13 {
        service.replace("own.properties", &template(number));
        service.lines(&["reloaded in "], number - 1).await;
    }
    assert_eq!(held(&service), before);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_templates_that_goes_away_keeps_the_old_set_until_it_is_back() {
    let (mut service, address) = start("").await;
    let config = std::fs::read_to_string(service.path("config.toml")).unwrap();
    std::fs::create_dir(service.path("templates")).unwrap();
    service.write("templates/own.properties", &template(2));
    service.write("config.toml", &config.replace("own.", "templates/own."));
    service.line(&["reloaded in "]).await;
    std::fs::remove_dir_all(service.path("templates")).unwrap();
    service.line(&["not reloaded", "templates/own.properties"]).await;
    is_version(&ask(address).await, 2);
    std::fs::create_dir(service.path("templates")).unwrap();
    service.write("templates/own.properties", &template(3));
    service.lines(&["reloaded in "], 2).await;
    is_version(&ask(address).await, 3);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn systemd_is_notified_when_a_reload_begins_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    let text = config_text(Openfire::shared().await, &component_name(), SETTINGS);
    let program = Program::new(&["serve"]).file("config.toml", &text).file("own.properties", &template(1));
    let mut service = program.variable("NOTIFY_SOCKET", path.to_str().unwrap()).start();
    service.listening().await;
    service.signal("HUP").await;
    let mut reported = Vec::new();
    for _ in 0..3 {
        let mut message = [0; 512];
        let count = timeout(LIMIT, socket.recv(&mut message)).await.expect("a notification in time").unwrap();
        reported.push(String::from_utf8(message[..count].to_vec()).unwrap());
    }
    let [ready, reloading, again] = reported.try_into().unwrap();
    assert_eq!((ready.trim_end(), again.trim_end()), ("READY=1", "READY=1"));
    let (reloading, since) = reloading.trim_end().split_once("\nMONOTONIC_USEC=").unwrap();
    assert!(reloading == "RELOADING=1" && since.parse::<u64>().is_ok(), "{reloading} {since}");
    service.stop().await;
}

/// Openfire does not say when a group changes, so what was read counts for a minute, and SIGHUP ends that.
#[tokio::test(flavor = "multi_thread")]
async fn groups_are_read_again_on_sighup() {
    const REPLY: &str = "site.groups={{ groups | join(',') }}\n";
    let openfire = Openfire::shared().await;
    openfire.control(&["user", "reload-groups", "pw", "Some One", "some@example.test"]).await;
    openfire.control(&["group", "reload-helpdesk", ""]).await;
    let text = config_text(openfire, &admin_component_name(), SETTINGS);
    let mut service = Program::new(&["serve"]).file("config.toml", &text).file("own.properties", REPLY).start();
    let address = service.ready().await;
    let groups = async || {
        let answer = send(address, post("/provision", "username=reload-groups&password=pw")).await;
        assert_eq!(answer.status, 200, "{answer}");
        answer.text().trim_end().to_owned()
    };
    for (number, member) in [true, false].into_iter().enumerate() {
        groups().await;
        openfire.control(&[if member { "member" } else { "delete-member" }, "reload-helpdesk", "reload-groups"]).await;
        service.signal("HUP").await;
        service.lines(&["INFO", "nothing has changed in configuration, templates and data"], number + 1).await;
        assert_eq!(groups().await, if member { "site.groups=reload-helpdesk" } else { "site.groups=" });
    }
    service.stop().await;
}
