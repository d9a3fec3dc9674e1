//! Clients that ask for their provisioning URL by DHCP.

use dhcproto::Encodable as _;
use dhcproto::v4::{DhcpOption, Message, MessageType, Opcode, OptionCode};
use tempfile::TempDir;
use test_servers::jdk;
use test_servers::link::{Host, INTERFACE, Link};
use tokio::process::Command;
use tokio::time::{Duration, timeout};

use crate::support::service::{Program, Service};

const URL: &str = "https://provisioning.example.org/provision?username=${username}&password=${password}";

/// Time for the JDK, which compiles its program first, and for a repeated question.
const LIMIT: Duration = Duration::from_mins(2);

/// A configuration for `discover`, with further lines.
fn config(interface: &str, more: &str) -> String {
    format!("[discovery]\nurl = \"{URL}\"\ninterfaces = [\"{interface}\"]\nmdns = false\n{more}\n")
}

/// `discover` on this host, once it answers.
async fn discover(host: &Host, config: &str) -> Service {
    let mut service = Program::on(host, &["discover"]).file("config.toml", config).start();
    service.line(&["answering clients that ask by DHCP on"]).await;
    service
}

/// What a program on this host prints: standard output, and standard error.
async fn output(host: &Host, program: &str, arguments: &[&str]) -> [String; 2] {
    let mut command = Command::from(host.command(program));
    let output = timeout(LIMIT, command.args(arguments).kill_on_drop(true).output()).await.expect("in time").unwrap();
    [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned())
}

/// What a client on this host gets, which asks as Jitsi does and by its library; before that it sends these datagrams, each as
/// `PORT:HEX`, from another port if that is not the client's.
async fn ask(host: &Host, before: &[String]) -> String {
    let command = jdk::with_client_libraries("AskDhcp.java");
    let arguments: Vec<&str> = command[1..].iter().chain(before).map(String::as_str).collect();
    let [stdout, stderr] = output(host, &command[0], &arguments).await;
    assert!(!stdout.is_empty(), "{stderr}");
    stdout
}

/// What it gets from a service with this URL.
fn found(url: &str) -> String {
    format!("url {url}\n")
}

#[tokio::test]
async fn a_client_finds_the_url_and_the_log_shows_whom_it_was_given_to() {
    let link = Link::new();
    let mut service = discover(&link.server, &config(INTERFACE, "")).await;
    let start = service.line(&["answering clients"]).await;
    assert!(start.contains(&format!("`eth0` (10.99.0.1/24, UDP port 6767) with {URL}")), "{start}");
    assert_eq!(ask(&link.client, &[]).await, found(URL));
    let answered = service.line(&["the client at 10.99.0.2 on `eth0` gets", URL]).await;
    service.signal("HUP").await;
    service.line(&["SIGHUP changes nothing", "restart it"]).await;
    assert!(answered.contains("client.address=10.99.0.2"), "{answered}");
    service.stop().await;
}

#[tokio::test]
async fn a_url_of_255_bytes_arrives_whole_and_a_longer_one_is_refused_at_the_start() {
    let link = Link::new();
    let of_length = |length: usize| {
        let start = "https://provisioning.example.org/";
        config(INTERFACE, "").replace(URL, &format!("{start}{}", "x".repeat(length - start.len())))
    };
    let service = discover(&link.server, &of_length(255)).await;
    let answer = ask(&link.client, &[]).await;
    assert_eq!(answer.trim_end().len(), "url ".len() + 255, "{answer}");
    service.stop().await;
    for command in ["discover", "serve"] {
        let ended = Program::on(&link.server, &[command]).file("config.toml", &of_length(256)).run().await;
        assert_eq!(ended.code(), 2, "{ended:?}");
        let why = "it has 256 bytes; DHCP and multicast DNS carry at most 255";
        assert!(ended.stderr.contains("discovery.url") && ended.stderr.contains(why), "{command}: {ended:?}");
    }
}

#[tokio::test]
async fn each_network_has_its_url() {
    let link = Link::new();
    let network = "[[discovery.network]]\nnetworks = [\"192.168.77.0/24\"]\nurl = \"https://branch.example.org/p\"";
    let mut service = discover(&link.server, &config(INTERFACE, network)).await;
    service.line(&["no interface in `discovery.interfaces` has an address in 192.168.77.0/24"]).await;
    assert_eq!(ask(&link.client, &[]).await, found(URL));
    for (host, number) in [(&link.server, 1), (&link.client, 2)] {
        host.ip(&["address", "add", &format!("192.168.77.{number}/24"), "dev", INTERFACE]);
    }
    link.client.ip(&["address", "del", "10.99.0.2/24", "dev", INTERFACE]);
    assert_eq!(ask(&link.client, &[]).await, found("https://branch.example.org/p"));
    service.stop().await;
}

#[tokio::test]
async fn an_address_with_a_label_and_another_name_of_an_interface_are_those_of_the_interface() {
    let link = Link::new();
    link.server.ip(&["link", "property", "add", "dev", INTERFACE, "altname", "enp0s9"]);
    link.server.ip(&["address", "del", "10.99.0.1/24", "dev", INTERFACE]);
    link.server.ip(&["address", "add", "10.99.0.1/24", "dev", INTERFACE, "label", "eth0:1"]);
    for name in [INTERFACE, "enp0s9"] {
        let mut service = discover(&link.server, &config(name, "")).await;
        service.line(&[&format!("on `{name}` (10.99.0.1/24, UDP port 6767)")]).await;
        assert_eq!(ask(&link.client, &[]).await, found(URL), "{name}");
        service.stop().await;
    }
}

#[tokio::test]
async fn the_log_shows_each_network_at_its_interface_only() {
    let link = Link::new();
    link.join_again("eth1");
    let network = "[[discovery.network]]\nnetworks = [\"10.98.0.0/16\"]\nurl = \"https://branch.example.org/p\"";
    let mut service = discover(&link.server, &config("eth0\", \"eth1", network)).await;
    service.lines(&["answering clients that ask by DHCP on"], 2).await;
    service.line(&["clients of 10.98.0.0/16 on `eth1` get https://branch.example.org/p"]).await;
    let ended = service.stop().await;
    let log = ended.stderr;
    assert!(!log.contains("10.98.0.0/16 on `eth0`") && !log.contains("no interface in"), "{log}");
}

#[tokio::test]
async fn a_configuration_for_discover_alone_is_checked() {
    let link = Link::new();
    let network = "[[discovery.network]]\nnetworks = [\"192.168.77.0/24\"]\nurl = \"https://branch.example.org/p?u=${username}&amp;p=${password}\"";
    let check = |config: &str, arguments: &[&str]| {
        Program::on(&link.server, &[&["check"], arguments].concat()).file("config.toml", config).run()
    };
    let text = config(INTERFACE, network).replace("mdns = false", "");
    insta::assert_snapshot!(check(&text, &[]).await.shown(&[]), @r"
    note   configuration: config.toml has `[discovery]` and no `[openfire]`: only what `discover` reads is checked
    ok     discovery: clients that look for their provisioning server get https://provisioning.example.org/provision?username=${username}&password=${password} by `discover`
    ok     discovery: clients of 192.168.77.0/24 get https://branch.example.org/p?u=${username}&amp;p=${password}, by DHCP
    note   discovery: https://branch.example.org/p?u=${username}&amp;p=${password}: clients send a field named `amp;p`; write `&` instead of `&amp;`
    ok     discovery: DHCP on `eth0` (10.99.0.1/24)
    note   discovery: no interface in `discovery.interfaces` has an address in 192.168.77.0/24, so its clients get no answer here
    ok     discovery: multicast DNS on `eth0`
    4 ok, 3 notes, 0 errors
    exit code 0
    ");
    let missing = check(&text.replace("[\"eth0\"]", "[\"eth0\", \"wg9\"]"), &[]).await;
    assert_eq!(missing.code(), 1, "{missing:?}");
    assert!(missing.stdout.contains("multicast DNS on `eth0`\n"), "{missing:?}");
    let wrong = check(&text.replace("interfaces", "interface"), &[]).await;
    assert!(wrong.code() == 1 && wrong.stdout.contains("discovery.interface: there is no setting"), "{wrong:?}");
    let online = check(&text, &["--online"]).await;
    assert!(online.code() == 1 && online.stdout.contains("openfire"), "{online:?}");
}

#[tokio::test]
async fn a_dhcp_server_on_the_same_machine_works_beside_it() {
    let link = Link::new();
    let service = discover(&link.server, &config(INTERFACE, "")).await;
    let folder = TempDir::new().unwrap();
    let leases = folder.path().join("leases").display().to_string();
    let lease_file = format!("--dhcp-leasefile={leases}");
    let dnsmasq =
        ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--user=root", "--log-facility=-"];
    let range =
        ["--interface=eth0", "--bind-interfaces", "--dhcp-range=10.99.0.50,10.99.0.59,1h", "--dhcp-option=224,wrong"];
    let server = link.server.start(folder.path(), &[&dnsmasq[..], &range, &[&lease_file]].concat()).unwrap();
    assert_eq!(ask(&link.client, &[]).await, found(URL));
    let lease =
        output(&link.client, "busybox", &["udhcpc", "-i", INTERFACE, "-n", "-q", "-f", "-t", "30", "-s", "/bin/true"]);
    let lease = lease.await.concat();
    assert!(
        lease.contains("lease of 10.99.0.5") && lease.contains("obtained from 10.99.0.1"),
        "{lease}{}",
        server.error()
    );
    assert_eq!(ask(&link.client, &[]).await, found(URL));
    service.stop().await;
}

#[tokio::test]
async fn an_interface_may_come_later_and_be_replaced() {
    let link = Link::new();
    let mut service = Program::on(&link.server, &["discover"]).file("config.toml", &config("late0", "")).start();
    service.line(&["DHCP on `late0` are not answered: there is no such interface", "`discovery.interfaces`"]).await;
    let appear = || {
        link.server.ip(&["link", "add", "link", INTERFACE, "name", "late0", "type", "macvlan", "mode", "bridge"]);
        link.server.ip(&["link", "set", "late0", "up"]);
    };
    appear();
    service.line(&["DHCP on `late0` are not answered: the interface has no IPv4 address"]).await;
    link.server.ip(&["address", "add", "10.99.0.9/24", "dev", "late0"]);
    service.line(&["answering clients that ask by DHCP on `late0` (10.99.0.9/24"]).await;
    assert_eq!(ask(&link.client, &[]).await, found(URL));
    link.server.ip(&["link", "del", "late0"]);
    service.lines(&["DHCP on `late0` are not answered: there is no such interface"], 2).await;
    appear();
    link.server.ip(&["address", "add", "10.99.0.9/24", "dev", "late0"]);
    service.lines(&["answering clients that ask by DHCP on `late0`"], 2).await;
    assert_eq!(ask(&link.client, &[]).await, found(URL));
    service.stop().await;
}

/// A datagram from a port of the client's host.
fn datagram(port: u16, bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{port}:{}", digits.concat())
}

/// The question of a client after a change of it. Its number differs from that of every client that runs.
fn changed(change: impl FnOnce(&mut Message)) -> Vec<u8> {
    let none = std::net::Ipv4Addr::UNSPECIFIED;
    let mut message = Message::new_with_id(0xdead_beef, "10.99.0.2".parse().unwrap(), none, none, none, &[2; 6]);
    message.opts_mut().insert(DhcpOption::MessageType(MessageType::Inform));
    message.opts_mut().insert(DhcpOption::ParameterRequestList(vec![OptionCode::Unknown(224)]));
    change(&mut message);
    message.to_vec().unwrap()
}

#[tokio::test]
async fn nothing_but_the_question_of_a_client_is_answered() {
    let link = Link::new();
    let mut service = discover(&link.server, &config(INTERFACE, "[log]\nlevel = \"debug\"")).await;
    let others: [fn(&mut Message); 10] = [
        |message| _ = message.opts_mut().insert(DhcpOption::MessageType(MessageType::Discover)),
        |message| _ = message.opts_mut().insert(DhcpOption::MessageType(MessageType::Request)),
        |message| _ = message.opts_mut().insert(DhcpOption::MessageType(MessageType::Release)),
        |message| _ = message.opts_mut().insert(DhcpOption::ParameterRequestList(vec![OptionCode::SubnetMask])),
        |message| _ = message.opts_mut().insert(DhcpOption::OptionOverload(3)),
        |message| _ = message.set_giaddr([10, 99, 0, 2]),
        |message| _ = message.set_opcode(Opcode::BootReply),
        // For a third party, for all, and for a host without an address.
        |message| _ = message.set_ciaddr([203, 0, 113, 9]),
        |message| _ = message.set_ciaddr([10, 99, 0, 255]),
        |message| _ = message.set_ciaddr([0, 0, 0, 0]),
    ];
    let whole = changed(|_| ());
    let broken = [b"x", &whole[..0], &whole[..200], &whole[..whole.len() - 1], &[&whole[..], &[0; 1200]].concat()];
    let from_other_ports =
        [(68, changed(others[0])), (68, whole.clone()), (40_000, whole.clone()), (6769, whole.clone())];
    let others: Vec<String> = others
        .into_iter()
        .map(|change| datagram(6768, &changed(change)))
        .chain(broken.iter().map(|bytes| datagram(6768, bytes)))
        .chain(from_other_ports.iter().map(|(port, bytes)| datagram(*port, bytes)))
        .collect();
    // The answers come in the order of the questions, so one to the others would have come first.
    assert_eq!(ask(&link.client, &others).await, found(URL));
    service
        .line(&["no answer to a datagram on `eth0`: it is not the question", "it was not sent from port 6768"])
        .await;
    service
        .line(&["it asks for a client at 203.0.113.9, and that address or the sender's is not in a network of this interface"])
        .await;
    let ignored = service.log().matches("no answer to a datagram on").count();
    assert_eq!(ignored, others.len(), "{}", service.log());
    let bound = output(&link.server, "ss", &["-lunH"]).await.concat();
    let ports: Vec<&str> = bound.split_whitespace().filter(|word| word.contains("%eth0:")).collect();
    assert_eq!((ports, bound.lines().count()), (vec!["0.0.0.0%eth0:6767"], 1), "{bound}");
    service.stop().await;
}

#[tokio::test]
async fn a_client_that_asks_without_end_is_shed_and_the_log_says_how_often() {
    let link = Link::new();
    let mut service = discover(&link.server, &config(INTERFACE, "")).await;
    let flood = vec![datagram(6768, &changed(|message| _ = message.set_ciaddr([10, 99, 0, 77]))); 40];
    assert_eq!(ask(&link.client, &flood).await, found(URL));
    service.line(&["DHCP questions on `eth0` got no answer, because too many came"]).await;
    let answers = service.log().matches("the client at 10.99.0.77").count();
    assert!((1..20).contains(&answers), "{answers} answers: {}", service.log());
    service.stop().await;
}

#[tokio::test]
async fn serve_answers_too_where_it_is_wanted_and_check_says_what_is_answered() {
    let link = Link::new();
    let serve = "[openfire]\ndomain = \"example.test\"\nhost = \"127.0.0.1\"\n\
                 [component]\nname = \"a.example.test\"\nsecret = \"hush-hush\"\n\
                 [http]\nlisten = \"127.0.0.1:0\"\ntrusted_proxies = [\"127.0.0.1\"]\n";
    let own = format!("{serve}{}", config(INTERFACE, "in_serve = true"));
    let check = |config: &str| Program::on(&link.server, &["check"]).file("config.toml", config).run();
    let said = check(&own).await.stdout;
    for line in [
        &format!("ok     discovery: clients that look for their provisioning server get {URL} by `serve`\n"),
        "ok     discovery: DHCP on `eth0` (10.99.0.1/24)\n",
    ] {
        assert!(said.contains(line), "{said}");
    }
    let mut service = Program::on(&link.server, &["serve"]).file("config.toml", &own).start();
    service.line(&["answering clients that ask by DHCP on `eth0`"]).await;
    assert_eq!(ask(&link.client, &[]).await, found(URL));

    let mut second = Program::on(&link.server, &["discover"]).file("config.toml", &config(INTERFACE, "")).start();
    second.line(&["DHCP on `eth0` are not answered: UDP port 6767 is taken", "stop one of them"]).await;
    let said = check(&own).await.stdout;
    assert!(said.contains("note   discovery: DHCP on `eth0` was not tried: UDP port 6767 is taken"), "{said}");
    service.stop().await;
    second.line(&["answering clients that ask by DHCP on `eth0`"]).await;
    second.stop().await;

    let twice = own.replace("mdns = false", "").replace("${password}", "${password}&a=1&A=2");
    let said = check(&twice).await.stdout;
    assert!(said.contains("WRONG  discovery: `discovery.url` has the field `A` twice"), "{said}");
    assert!(said.contains("ok     discovery: multicast DNS on `eth0`\n"), "{said}");
    let said = check(&twice.replace("[\"eth0\"]", "[\"eth7\"]")).await.stdout;
    assert!(said.contains("WRONG  discovery: multicast DNS on `eth7`: there is no such interface"), "{said}");

    let elsewhere = check(&own.replace("[\"eth0\"]", "[\"eth7\"]")).await;
    assert!(elsewhere.stdout.contains("WRONG  discovery: DHCP on `eth7`: there is no such interface"), "{elsewhere:?}");
    assert_eq!(elsewhere.code(), 1, "{elsewhere:?}");
}
