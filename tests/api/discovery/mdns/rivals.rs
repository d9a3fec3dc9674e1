//! Others that announce the name that clients ask for.

use tempfile::TempDir;
use test_servers::link::Link;
use test_servers::link::avahi::Avahi;

use super::{HEARD, URL, assert_found, discover, start};

const OTHER: &str = "https://other.example.org/p?username=${username}";

/// A static service of Avahi with another URL.
const SERVICE: &str = "<service-group><name>Provisioning URL</name><service><type>_https._tcp</type><port>443</port>\
    <txt-record>path=https://other.example.org/p</txt-record><txt-record>username=${username}</txt-record></service>\
    </service-group>";

#[tokio::test]
async fn one_that_was_there_first_is_named_and_replaced_when_it_stops() {
    let link = Link::new();
    let avahi = Avahi::start(&link.client, &[("provisioning.service", SERVICE)]);
    let mut service = start(&link.server, URL);
    let said = service.line(&["WARN", "announces `Provisioning URL` on `eth0` already"]).await;
    for word in ["host `announcer.local` (", "the URL `https://other.example.org/p`", "`discovery.mdns = false`"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert_found(&link.client, link.client.ipv4, OTHER).await;
    drop(avahi);
    service.line(&["host `announcer.local`", "no longer announces"]).await;
    service.line(&[HEARD[0]]).await;
    assert_found(&link.client, link.client.ipv4, URL).await;
    service.stop().await;
}

#[tokio::test]
async fn one_that_comes_later_is_named_and_clients_keep_their_url() {
    let link = Link::new();
    let mut service = discover(&link.server, URL).await;
    let _avahi = Avahi::start(&link.client, &[("provisioning.service", SERVICE)]);
    let said = service.line(&["WARN", "tries to announce `Provisioning URL` on `eth0` too"]).await;
    for word in ["host `announcer.local` (", "the URL `https://other.example.org/p`", "Stop it there"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert_found(&link.client, link.client.ipv4, URL).await;
    service.stop().await;
}

#[tokio::test]
async fn of_two_machines_with_the_same_url_one_announces_and_the_other_takes_over() {
    let link = Link::new();
    let first = discover(&link.server, URL).await;
    let mut second = start(&link.client, URL);
    let said =
        second.line(&["INFO", "announces the same URL on `eth0` already; this host takes over when it stops"]).await;
    let names_it =
        ["10.99.0.1", "fd99::1", "fe80::1"].iter().any(|source| said.contains(&format!(".local` ({source})")));
    assert!(names_it && said.contains("-provisioning-"), "{said}");
    first.stop().await;
    for words in HEARD {
        second.line(&[words]).await;
    }
    assert_found(&link.server, link.server.ipv4, URL).await;
    second.stop().await;
}

/// Sends 24,000 records of an hour about other names, in 400 datagrams.
const FLOOD: &str = r#"
use Socket;
socket(my $socket, AF_INET, SOCK_DGRAM, 0) or die;
setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1);
bind($socket, sockaddr_in(5353, INADDR_ANY)) or die "bind: $!";
for my $datagram (0 .. 399) {
    my @records = map { pack "C/a*xnnNn/a*", sprintf("%06d", $datagram * 60 + $_), 1, 0x8001, 3600, "\x0a\x62\0\1" } 0 .. 59;
    send($socket, pack("n6", 0, 0x8400, 0, 60, 0, 0) . join("", @records), 0, sockaddr_in(5353, inet_aton("224.0.0.251")));
    select undef, undef, undef, 0.002;
}
$| = 1;
print "sent\n";
"#;

#[tokio::test]
#[ignore = "it takes a whole processor for a while; run it alone: cargo test --test api flood -- --ignored"]
async fn a_flood_fills_no_memory_and_clients_find_the_service_after_it() {
    let link = Link::new();
    let mut service = discover(&link.server, URL).await;
    let folder = TempDir::new().unwrap();
    link.client.start(folder.path(), &["perl", "-e", FLOOD]).unwrap().line("sent").unwrap();
    service.line(&["WARN", "a host on `eth0` floods it with multicast DNS; the announcement begins anew"]).await;
    service.lines(&[HEARD[0]], 2).await;
    assert_found(&link.client, link.client.ipv4, URL).await;
    service.stop().await;
}
