//! What a datagram on the link says about the instance: who announces it, or tries to.

use hickory_resolver::proto::op::{Message, MessageType, OpCode, Query};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};

use super::announcement::{Announcement, INSTANCE};

/// The most claims that are taken from one datagram; more are no honest announcement.
const MOST_CLAIMS: usize = 4;

/// The DNS name of an instance: recognises its records, and builds the question for it.
#[derive(Debug, Clone)]
pub(super) struct InstanceName(Name);

/// A host says that the instance is on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    /// The name of the host, with a dot at its end, in lower case.
    pub(super) host: String,
    /// The port of the service.
    pub(super) port: u16,
    /// For how long it is valid, in seconds. 0: the host withdraws it.
    pub(super) ttl: u32,
    /// Whether the host only asks if the name is free (RFC 6762 section 8.1).
    pub(super) is_probe: bool,
    /// The strings of the TXT record, where the datagram has one.
    pub(super) strings: Option<Vec<Vec<u8>>>,
}

impl InstanceName {
    /// The name of what is announced.
    pub(super) fn of(announcement: &Announcement) -> Self {
        let service_type = announcement.service_type().split('.').map(str::as_bytes);
        let labels = std::iter::once(INSTANCE.as_bytes()).chain(service_type).chain([&b"local"[..]]);
        // Four short labels are always a name.
        Self(Name::from_labels(labels).unwrap_or_default())
    }

    /// The question who announces the instance, ready to be sent. It lists no known answers, so that every owner
    /// answers it.
    pub(super) fn question(&self) -> Vec<u8> {
        let mut message = Message::new(0, MessageType::Query, OpCode::Query);
        message.add_query(Query::query(self.0.clone(), RecordType::SRV));
        message.add_query(Query::query(self.0.clone(), RecordType::TXT));
        message.to_vec().unwrap_or_default()
    }

    /// The claims of a datagram. None for one that is not about the instance, or no DNS message.
    pub(super) fn claims(&self, datagram: &[u8]) -> Vec<Claim> {
        let Ok(message) = Message::from_vec(datagram) else { return Vec::new() };
        let is_probe = message.metadata.message_type == MessageType::Query;
        let records: Vec<&Record> = if is_probe {
            message.authorities.iter().collect()
        } else {
            message.answers.iter().chain(&message.additionals).collect()
        };
        let about: Vec<&Record> = records.into_iter().filter(|record| record.name == self.0).collect();
        let strings = about.iter().find_map(|record| match &record.data {
            RData::TXT(txt) => Some(txt.txt_data.iter().map(|string| string.to_vec()).collect::<Vec<_>>()),
            _ => None,
        });
        let claims = about.iter().filter_map(|record| match &record.data {
            RData::SRV(srv) => Some(Claim {
                // In ASCII, since it comes into the log.
                host: srv.target.to_lowercase().to_ascii(),
                port: srv.port,
                ttl: record.ttl,
                is_probe,
                strings: strings.clone(),
            }),
            _ => None,
        });
        claims.take(MOST_CLAIMS).collect()
    }
}

#[cfg(test)]
mod tests {
    use hickory_resolver::proto::rr::rdata::{SRV, TXT};
    use jitsi_properties::ProvisioningUrl;
    use proptest::prelude::*;

    use super::*;

    fn instance() -> InstanceName {
        let url = ProvisioningUrl::parse("https://a.test/p").unwrap();
        InstanceName::of(&Announcement::of(&url).unwrap())
    }

    fn records(name: &Name, target: &str) -> Vec<Record> {
        let srv = RData::SRV(SRV::new(0, 0, 443, Name::from_ascii(target).unwrap()));
        let txt = RData::TXT(TXT::new(vec!["path=https://b.test/p".to_owned()]));
        vec![Record::from_rdata(name.clone(), 120, srv), Record::from_rdata(name.clone(), 4500, txt)]
    }

    #[test]
    fn the_name_is_the_one_that_clients_ask_for() {
        let question = Message::from_vec(&instance().question()).unwrap();
        assert_eq!(question.metadata.id, 0);
        let labels: Vec<_> = question.queries[0].name.iter().map(|label| str::from_utf8(label).unwrap()).collect();
        assert_eq!(labels, ["Provisioning URL", "_https", "_tcp", "local"]);
        let types: Vec<_> = question.queries.iter().map(Query::query_type).collect();
        assert_eq!(types, [RecordType::SRV, RecordType::TXT]);
    }

    #[test]
    fn answers_and_probes_of_the_instance_are_claims() {
        let instance = instance();
        let mut answer = Message::response(0, OpCode::Query);
        answer.add_answers(records(&instance.0, "Other.local."));
        let mut additional = Message::response(0, OpCode::Query);
        additional.add_additionals(records(&instance.0, "other.local."));
        let mut probe = Message::new(0, MessageType::Query, OpCode::Query);
        probe.add_authorities(records(&instance.0, "other.local."));
        for (message, is_probe) in [(answer, false), (additional, false), (probe, true)] {
            let claim = Claim {
                host: "other.local.".to_owned(),
                port: 443,
                ttl: 120,
                is_probe,
                strings: Some(vec![b"path=https://b.test/p".to_vec()]),
            };
            assert_eq!(instance.claims(&message.to_vec().unwrap()), [claim]);
        }
    }

    #[test]
    fn what_is_about_other_names_is_not_heard() {
        let instance = instance();
        let other = Name::from_labels([&b"Provisioning URL #2"[..], b"_https", b"_tcp", b"local"]).unwrap();
        let mut elsewhere = Message::response(0, OpCode::Query);
        elsewhere.add_answers(records(&other, "other.local."));
        let mut known_answer = Message::new(0, MessageType::Query, OpCode::Query);
        known_answer.add_answers(records(&instance.0, "other.local."));
        for datagram in [elsewhere.to_vec().unwrap(), known_answer.to_vec().unwrap(), Vec::new(), vec![0; 11]] {
            assert_eq!(instance.claims(&datagram), []);
        }
    }

    #[test]
    fn one_datagram_makes_few_claims() {
        let instance = instance();
        let mut answer = Message::response(0, OpCode::Query);
        for number in 0..20 {
            answer.add_answers(records(&instance.0, &format!("host{number}.local.")));
        }
        assert_eq!(instance.claims(&answer.to_vec().unwrap()).len(), MOST_CLAIMS);
    }

    proptest! {
        #[test]
        fn any_datagram_is_read_or_ignored(datagram in prop::collection::vec(any::<u8>(), 0..512)) {
            instance().claims(&datagram);
        }

        #[test]
        fn a_damaged_answer_is_read_or_ignored(at in 0_usize..200, byte: u8, end in 0_usize..200) {
            let instance = instance();
            let mut answer = Message::response(0, OpCode::Query);
            answer.add_answers(records(&instance.0, "other.local."));
            let mut datagram = answer.to_vec().unwrap();
            let length = datagram.len();
            datagram[at % length] = byte;
            datagram.truncate(end);
            instance.claims(&datagram);
        }
    }
}
