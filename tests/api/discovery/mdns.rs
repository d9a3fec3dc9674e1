//! Clients that look for their provisioning URL by multicast DNS.

mod rivals;
mod wire;

use std::collections::BTreeSet;

use hickory_resolver::proto::op::{Message, MessageType, OpCode, Query};
use hickory_resolver::proto::rr::{Name, RecordType};
use tempfile::TempDir;
use test_servers::jdk;
use test_servers::link::avahi::Avahi;
use test_servers::link::{Host, INTERFACE, Link};
use test_servers::process::Process;
use tokio::process::Command;
use tokio::time::{Duration, timeout};

use crate::support::service::{Program, Service};

const URL: &str = "https://provisioning.example.org/provision?username=${username}&password=${password}&empty=";

/// The number of a question.
const ID: u16 = 0x1234;

/// Time for the JDK, which compiles its program first, and for repeated questions.
const LIMIT: Duration = Duration::from_mins(3);

/// The line of the log that says that clients find the service.
const HEARD: [&str; 2] = ["announced on `eth0` over IPv4", "announced on `eth0` over IPv6"];

/// A configuration for `discover`.
fn config(url: &str, interface: &str) -> String {
    format!("[discovery]\nurl = \"{url}\"\ninterfaces = [\"{interface}\"]\ndhcp = false\n")
}

/// `discover` on this host.
fn start(host: &Host, url: &str) -> Service {
    Program::on(host, &["discover"]).file("config.toml", &config(url, INTERFACE)).start()
}

/// The same, once it has heard its announcement.
async fn discover(host: &Host, url: &str) -> Service {
    let mut service = start(host, url);
    for words in HEARD {
        service.line(&[words]).await;
    }
    service
}

/// What the client's library gets on this host.
async fn ask(host: &Host, arguments: &[&str]) -> String {
    let command = jdk::with_client_libraries("AskMdns.java");
    let mut program = Command::from(host.command(&command[0]));
    program.args(&command[1..]).args(arguments).kill_on_drop(true);
    let output = timeout(LIMIT, program.output()).await.expect("in time").unwrap();
    let answer = String::from_utf8(output.stdout).unwrap();
    assert!(!answer.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    answer
}

/// A client that has found the URL, and says what becomes of it.
fn watch(host: &Host, folder: &TempDir) -> Process {
    let command = jdk::with_client_libraries("AskMdns.java");
    let command: Vec<&str> = command.iter().map(String::as_str).chain(["watch", host.ipv4]).collect();
    let process = host.start(folder.path(), &command).unwrap();
    process.line("url ").unwrap();
    process.line("there Provisioning URL").unwrap();
    process
}

/// The answer that a resolver without multicast DNS gets to the question which services of a type there are.
async fn answer_to(host: &Host, group: &str, service_type: &Name) -> Message {
    let mut question = Message::new(ID, MessageType::Query, OpCode::Query);
    question.add_query(Query::query(service_type.clone(), RecordType::PTR));
    let digits = question.to_vec().unwrap().iter().fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"));
    let answer = ask(host, &["send", group, &digits]).await;
    let words: Vec<&str> = answer.split_whitespace().collect();
    let ["answer", _, "5353", digits] = words[..] else { panic!("{group}: {answer}") };
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    Message::from_vec(&(0..digits.len()).step_by(2).map(byte).collect::<Vec<u8>>()).unwrap()
}

/// The address and the fields of a URL; a client keeps no order of the fields.
fn parts(url: &str) -> (&str, BTreeSet<&str>) {
    let (address, query) = url.trim_end().split_once('?').expect("a query");
    (address, query.split('&').filter(|field| !field.is_empty()).collect())
}

async fn assert_found(host: &Host, address: &str, url: &str) {
    let answer = ask(host, &["find", address]).await;
    let found = answer.strip_prefix("url ").unwrap_or_else(|| panic!("{address}: {answer}"));
    assert_eq!(parts(found), parts(url), "{address}");
}

#[tokio::test]
async fn a_client_finds_the_url_over_ipv4_and_over_ipv6_until_the_service_stops() {
    let link = Link::new();
    let service = discover(&link.server, URL).await;
    for address in [link.client.ipv4, "fd99::2", "fe80::2%eth0"] {
        assert_found(&link.client, address, URL).await;
    }
    let folder = TempDir::new().unwrap();
    let client = watch(&link.client, &folder);
    service.stop().await;
    client.line("gone Provisioning URL").unwrap();
}

#[tokio::test]
async fn an_avahi_on_the_same_machine_works_beside_it() {
    let link = Link::new();
    let other =
        "<service-group><name>Printer</name><service><type>_ipp._tcp</type><port>631</port></service></service-group>";
    let _avahi = Avahi::start(&link.server, &[("printer.service", other)]);
    let service = discover(&link.server, URL).await;
    assert_found(&link.client, link.client.ipv4, URL).await;
    assert_found(&link.client, "fd99::2", URL).await;
    let printers = Name::from_ascii("_ipp._tcp.local.").unwrap();
    let answer = answer_to(&link.client, "224.0.0.251", &printers).await;
    let names: Vec<String> = answer.answers.iter().map(|record| record.data.to_string()).collect();
    assert!(names.contains(&"Printer._ipp._tcp.local.".to_owned()), "{names:?}");
    service.stop().await;
}

#[tokio::test]
async fn an_interface_may_come_later_and_be_replaced() {
    let link = Link::new();
    let mut service = Program::on(&link.server, &["discover"]).file("config.toml", &config(URL, "late0")).start();
    service.line(&["clients on `late0` cannot find the service", "there is no such interface"]).await;
    let appear = || {
        link.server.ip(&["link", "add", "link", INTERFACE, "name", "late0", "type", "macvlan", "mode", "bridge"]);
        link.server.ip(&["link", "set", "late0", "addrgenmode", "none"]);
        link.server.ip(&["link", "set", "late0", "up"]);
    };
    appear();
    service.line(&["clients on `late0` cannot find the service", "no address yet"]).await;
    link.server.ip(&["address", "add", "10.99.0.9/24", "dev", "late0"]);
    service.line(&["announced on `late0` over IPv4"]).await;
    assert_found(&link.client, link.client.ipv4, URL).await;
    // Another address joins in without a restart.
    link.server.ip(&["address", "add", "fd99::9/64", "dev", "late0", "nodad"]);
    service.line(&["announced on `late0` over IPv6"]).await;
    link.server.ip(&["link", "del", "late0"]);
    service.lines(&["clients on `late0` cannot find the service", "there is no such interface"], 2).await;
    appear();
    link.server.ip(&["address", "add", "10.99.0.9/24", "dev", "late0"]);
    service.lines(&["announced on `late0` over IPv4"], 2).await;
    assert_found(&link.client, link.client.ipv4, URL).await;
    service.stop().await;
}

#[tokio::test]
async fn an_address_with_a_label_and_another_name_of_an_interface_are_those_of_the_interface() {
    let link = Link::new();
    link.server.ip(&["link", "property", "add", "dev", INTERFACE, "altname", "enp0s9"]);
    link.server.ip(&["-6", "address", "flush", "dev", INTERFACE]);
    link.server.ip(&["address", "del", "10.99.0.1/24", "dev", INTERFACE]);
    link.server.ip(&["address", "add", "10.99.0.1/24", "dev", INTERFACE, "label", "eth0:1"]);
    for name in [INTERFACE, "enp0s9"] {
        let mut service = Program::on(&link.server, &["discover"]).file("config.toml", &config(URL, name)).start();
        service.line(&[&format!("announced on `{name}` over IPv4")]).await;
        assert_found(&link.client, link.client.ipv4, URL).await;
        service.stop().await;
    }
}

/// Forbids a process and its children netlink sockets, as `RestrictAddressFamilies=` of a unit does, and runs a program. Its
/// arguments: the numbers of the system calls `prctl` and `socket`, and the program.
const WITHOUT_NETLINK: &str = r#"
my ($prctl, $socket) = (shift, shift);
my $filter = pack "(SCCL)6", 0x20, 0, 0, 0,  0x15, 0, 3, $socket,  0x20, 0, 0, 16,  0x15, 0, 1, 16,
    0x06, 0, 0, 0x00050000 | 97,  0x06, 0, 0, 0x7fff0000;
my $program = pack "Sx6P", 6, $filter;
syscall($prctl, 38, 1, 0, 0, 0) == 0 or die "no new privileges: $!";
syscall($prctl, 22, 2, $program) == 0 or die "filter: $!";
open STDERR, ">&", STDOUT;
exec @ARGV;
"#;

#[tokio::test]
async fn a_unit_that_forbids_netlink_is_named_in_the_log() {
    let link = Link::new();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("config.toml");
    std::fs::write(&file, config(URL, INTERFACE)).unwrap();
    let file = file.display().to_string();
    let numbers = if cfg!(target_arch = "aarch64") { ["167", "198"] } else { ["157", "41"] };
    let binary = env!("CARGO_BIN_EXE_openfire-provisioner");
    let command = [&["perl", "-e", WITHOUT_NETLINK][..], &numbers, &[binary, "discover", "--config", &file]].concat();
    let process = link.server.start(folder.path(), &command).unwrap();
    let warning = std::iter::from_fn(|| process.line("").ok()).find(|said| said.contains("WARN")).unwrap();
    for word in ["cannot find the service", "EAFNOSUPPORT", "`RestrictAddressFamilies=`", "add `AF_NETLINK`"] {
        assert!(warning.contains(word), "{word}: {warning}");
    }
}

/// A program that uses the port of this address alone.
const HOLD_PORT: &str = r#"
use Socket;
socket(my $socket, AF_INET, SOCK_DGRAM, 0) or die;
bind($socket, sockaddr_in(5353, inet_aton("10.99.0.1"))) or die "bind: $!";
$| = 1;
print "bound\n";
sleep;
"#;

#[tokio::test]
async fn an_announcement_that_does_not_go_out_is_missed() {
    let link = Link::new();
    link.server.ip(&["-6", "address", "flush", "dev", INTERFACE]);
    let folder = TempDir::new().unwrap();
    let holder = link.server.start(folder.path(), &["perl", "-e", HOLD_PORT]).unwrap();
    holder.line("bound").unwrap();
    let mut service = start(&link.server, URL);
    service.line(&["WARN", "clients on `eth0` cannot find", "has not been heard", "UDP port 5353", "`ss -lunp"]).await;
    service.stop().await;
}

#[tokio::test]
async fn a_url_that_multicast_dns_cannot_carry_is_refused_at_the_start() {
    let link = Link::new();
    for (query, why) in [
        ("?path=x", "has a field `path`, a name that multicast DNS needs"),
        ("?a=1&A=2", "has the field `A` twice"),
        ("?=1", "has a field without a name"),
    ] {
        let config = config(&format!("https://provisioning.example.org/p{query}"), INTERFACE);
        let ended = Program::on(&link.server, &["discover"]).file("config.toml", &config).run().await;
        assert_eq!(ended.code(), 2, "{ended:?}");
        assert!(ended.stderr.contains(why) && ended.stderr.contains("`discovery.mdns = false`"), "{ended:?}");
    }
}
