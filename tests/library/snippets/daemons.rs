//! Real servers with their snippets, and a client on another host of their link.

use openfire_provisioner::snippets::{DhcpAnswers, avahi, dnsmasq};
use test_servers::jdk;
use test_servers::link::avahi::Avahi;
use test_servers::link::dnsmasq::Dnsmasq;
use test_servers::link::{Host, INTERFACE, Link};

use super::{EVERYDAY, NASTY, TRAPS, longest, url};

/// The URL that a client finds by the libraries of Jitsi.
fn found(client: &Host, source: &str, arguments: &[&str]) -> String {
    let command = jdk::with_client_libraries(source);
    let output = client.command(&command[0]).args(&command[1..]).args(arguments).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let url = text.trim_end().strip_prefix("url ");
    url.unwrap_or_else(|| panic!("{source}: {text}{}", String::from_utf8_lossy(&output.stderr))).to_owned()
}

/// What this client of `crates/test-servers/client` finds.
fn asked(client: &Host, program: &str, arguments: &[&str]) -> String {
    let script = format!("{}/crates/test-servers/client/{program}", env!("CARGO_MANIFEST_DIR"));
    let output = client.command("perl").arg(script).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn clients_get_the_url_of_their_network_from_dnsmasq() {
    let link = Link::new();
    let interfaces = || vec![INTERFACE.to_owned()];
    let of_the_link = || ("10.99.0.0/24".parse().unwrap(), None);
    let answers = DhcpAnswers::new(&url(EVERYDAY), interfaces(), vec![of_the_link()]).unwrap();
    let server = Dnsmasq::start(&link.server, &dnsmasq(&answers).unwrap());
    assert_eq!(found(&link.client, "AskDhcp.java", &[]), EVERYDAY);
    drop(server);
    // A short program asks for the others: the JDK takes seconds for each.
    let longest = longest();
    let urls: Vec<&str> = TRAPS.into_iter().chain([longest.as_str()]).collect();
    let mut networks = Vec::new();
    for (number, text) in urls.iter().enumerate() {
        for (host, last) in [(&link.server, 1), (&link.client, 2)] {
            host.ip(&["address", "add", &format!("10.1.{number}.{last}/24"), "dev", INTERFACE]);
        }
        networks.push((format!("10.1.{number}.0/24").parse().unwrap(), Some(url(text))));
    }
    networks.push(of_the_link());
    let answers = DhcpAnswers::new(&url(EVERYDAY), interfaces(), networks).unwrap();
    let _server = Dnsmasq::start(&link.server, &dnsmasq(&answers).unwrap());
    assert_eq!(asked(&link.client, "ask-dhcp.pl", &[link.client.ipv4]), format!("{EVERYDAY}\n"));
    for (number, text) in urls.iter().enumerate() {
        assert_eq!(asked(&link.client, "ask-dhcp.pl", &[&format!("10.1.{number}.2")]), format!("{text}\n"));
    }
}

#[test]
fn clients_find_the_url_that_avahi_announces() {
    let link = Link::new();
    for text in [EVERYDAY, NASTY] {
        let url = url(text);
        let _server = Avahi::start(&link.server, &[("provisioning.service", &avahi(&url).unwrap())]);
        let mut strings: Vec<String> = asked(&link.client, "ask-mdns.pl", &[]).lines().map(str::to_owned).collect();
        let mut fields: Vec<String> = url.fields().map(|(name, value)| format!("{name}={value}")).collect();
        if text == EVERYDAY {
            let found = found(&link.client, "AskMdns.java", &["find", link.client.ipv4]);
            let (address, query) = found.split_once('?').unwrap();
            // The client's order is that of a table of hashes, and it may leave a `&` at the end.
            let mut found: Vec<&str> = query.split('&').filter(|field| !field.is_empty()).collect();
            found.sort_unstable();
            fields.sort();
            assert_eq!((address, found), (url.address(), fields.iter().map(String::as_str).collect()));
        }
        fields.push(format!("path={}", url.address()));
        fields.sort();
        strings.sort();
        assert_eq!(strings, fields);
    }
}
