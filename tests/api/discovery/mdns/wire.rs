//! What is on the wire.

use hickory_resolver::proto::rr::{DNSClass, Name, RData, RecordType};
use test_servers::link::{INTERFACE, Link};

use super::{HEARD, ID, URL, answer_to, ask, assert_found, config, discover};
use crate::support::service::Program;

#[tokio::test]
async fn a_resolver_that_knows_no_multicast_dns_gets_an_answer_of_its_own() {
    let link = Link::new();
    let service = discover(&link.server, URL).await;
    let name = Name::from_ascii("_https._tcp.local.").unwrap();
    for group in ["224.0.0.251", "ff02::fb%eth0"] {
        let message = answer_to(&link.client, group, &name).await;
        // RFC 6762 section 6.7.
        assert_eq!(message.metadata.id, ID);
        assert_eq!(message.queries.iter().map(|query| &query.name).collect::<Vec<_>>(), [&name]);
        let records: Vec<_> = message.all_sections().collect();
        for kind in [RecordType::PTR, RecordType::SRV, RecordType::TXT] {
            assert!(records.iter().any(|record| record.record_type() == kind), "{kind}: {message:?}");
        }
        for record in records {
            // The bit that clears caches would make the class another one.
            assert_eq!((record.ttl, record.dns_class), (10, DNSClass::IN), "{record:?}");
            if let RData::PTR(instance) = &record.data {
                assert_eq!(instance.0.iter().next(), Some(&b"Provisioning URL"[..]));
            }
        }
    }
    service.stop().await;
}

#[tokio::test]
async fn nothing_is_announced_on_an_interface_that_is_not_named() {
    let link = Link::new();
    link.join_again("other0");
    let service = discover(&link.server, URL).await;
    assert_eq!(ask(&link.client, &["once", "10.98.0.2"]).await, "nothing\n");
    service.stop().await;
    let both = config(URL, INTERFACE).replace("[\"eth0\"]", "[\"eth0\", \"other0\"]");
    let mut service = Program::on(&link.server, &["discover"]).file("config.toml", &both).start();
    service.line(&["announced on `other0` over IPv4"]).await;
    service.line(&[HEARD[0]]).await;
    assert_found(&link.client, "10.98.0.2", URL).await;
    assert_found(&link.client, link.client.ipv4, URL).await;
    service.stop().await;
}
