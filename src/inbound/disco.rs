//! What everyone may ask a component: service discovery (XEP-0030), version (XEP-0092), last activity (XEP-0012), ping
//! (XEP-0199).
//!
//! Openfire asks for disco#info and version as soon as the stream is open, and routes by the answers. Everything unknown
//! gets `service-unavailable` (RFC 6120 section 8.4).

use tokio::time::Instant;
use xmpp_parsers::disco::{DiscoInfoResult, Identity};
use xmpp_parsers::jid::DomainPart;
use xmpp_parsers::minidom::Element;
use xmpp_parsers::minidom::rxml::{NcNameStr, xml_ncname};
use xmpp_parsers::ns;
use xmpp_parsers::stanza_error::DefinedCondition;
use xmpp_parsers::version::VersionResult;

use crate::openfire::component::{InboundIq, IqKind};

/// XEP-0012.
const LAST_ACTIVITY: &str = "jabber:iq:last";

const SECONDS: &NcNameStr = xml_ncname!("seconds");

/// The identity that our answers disclose.
#[derive(Debug)]
pub struct DiscoIdentity {
    /// The component's name.
    name: DomainPart,
    started: Instant,
}

impl DiscoIdentity {
    /// Of the component with this name, which starts now.
    #[must_use]
    pub fn new(name: DomainPart) -> Self {
        Self { name, started: Instant::now() }
    }

    /// The payload of the result, or the condition of the error.
    pub(super) fn response(&self, iq: &InboundIq) -> Result<Option<Element>, DefinedCondition> {
        // There are no accounts or resources below the component's name.
        if iq.kind == IqKind::Get && iq.to.as_str() == self.name.as_str() {
            result(&iq.payload, self.started.elapsed().as_secs())
        } else {
            Err(DefinedCondition::ServiceUnavailable)
        }
    }
}

fn result(payload: &Element, uptime: u64) -> Result<Option<Element>, DefinedCondition> {
    match (payload.name(), payload.ns().as_str()) {
        ("query", ns::DISCO_INFO | ns::DISCO_ITEMS) if payload.attr("node").is_some() => {
            Err(DefinedCondition::ItemNotFound)
        }
        ("query", ns::DISCO_INFO) => Ok(Some(disco_info())),
        ("query", ns::DISCO_ITEMS) => Ok(Some(Element::bare("query", ns::DISCO_ITEMS))),
        ("query", ns::VERSION) => Ok(Some(version())),
        ("query", LAST_ACTIVITY) => Ok(Some(last_activity(uptime))),
        ("ping", ns::PING) => Ok(None),
        _ => Err(DefinedCondition::ServiceUnavailable),
    }
}

/// XEP-0030. `component/generic` is the registered identity for a component that no other identity describes. We are no
/// gateway, since we translate to no other network.
fn disco_info() -> Element {
    let features = [ns::DISCO_INFO, ns::DISCO_ITEMS, ns::VERSION, ns::PING, LAST_ACTIVITY];
    DiscoInfoResult {
        node: None,
        identities: vec![Identity {
            category: "component".to_owned(),
            type_: "generic".to_owned(),
            lang: None,
            name: Some("Jitsi provisioning".to_owned()),
        }],
        features: features.into_iter().map(str::to_owned).collect(),
        extensions: Vec::new(),
    }
    .into()
}

/// XEP-0092. The operating system stays private.
fn version() -> Element {
    VersionResult { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned(), os: None }
        .into()
}

/// XEP-0012 section 4: of a server or component, how long it has been running.
fn last_activity(uptime: u64) -> Element {
    Element::builder("query", LAST_ACTIVITY).attr(SECONDS.to_owned(), uptime.to_string()).build()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    type Response = Result<Option<Element>, DefinedCondition>;

    const NAME: &str = "prov.example.test";

    fn ask(to: &str, kind: IqKind, payload: &str) -> Response {
        let name = DomainPart::new(NAME).unwrap().into_owned();
        let identity = DiscoIdentity { name, started: Instant::now() - Duration::from_secs(903) };
        identity.response(&InboundIq::sample(to, kind, payload.parse().unwrap()).0)
    }

    fn get(payload: &str) -> Response {
        ask(NAME, IqKind::Get, payload)
    }

    /// XEP-0030 section 3.1: an identity, and every feature that is there, disco#info itself among them.
    #[test]
    fn disco_info_lists_what_is_answered_and_nothing_more() {
        let answer = get("<query xmlns='http://jabber.org/protocol/disco#info'/>").unwrap().unwrap();
        let info = DiscoInfoResult::try_from(answer).unwrap();
        assert_eq!((&*info.identities[0].category, &*info.identities[0].type_), ("component", "generic"));
        for feature in info.features {
            let name = if feature == ns::PING { "ping" } else { "query" };
            assert!(get(&format!("<{name} xmlns='{feature}'/>")).is_ok(), "{feature}");
        }
    }

    #[test]
    fn disco_items_are_empty_and_nodes_are_not_found() {
        let items = get("<query xmlns='http://jabber.org/protocol/disco#items'/>");
        assert_eq!(items, Ok(Some(Element::bare("query", ns::DISCO_ITEMS))));
        let node = get("<query xmlns='http://jabber.org/protocol/disco#items' node='x'/>");
        assert_eq!(node, Err(DefinedCondition::ItemNotFound));
    }

    #[test]
    fn the_version_is_the_crates_and_names_no_system() {
        let answer = get("<query xmlns='jabber:iq:version'/>").unwrap().unwrap();
        let version = VersionResult::try_from(answer).unwrap();
        assert_eq!(version.name, "openfire-provisioner");
        assert_eq!(version.version, env!("CARGO_PKG_VERSION"));
        assert_eq!(version.os, None);
    }

    /// XEP-0012 section 4, XEP-0199 section 4.
    #[test]
    fn last_activity_is_the_uptime_and_a_ping_gets_an_empty_result() {
        let answer = get("<query xmlns='jabber:iq:last'/>").unwrap().unwrap();
        assert_eq!(answer.attr("seconds"), Some("903"));
        assert_eq!(get("<ping xmlns='urn:xmpp:ping'/>"), Ok(None));
    }

    /// RFC 6120 section 8.4.
    #[test]
    fn everything_else_is_unavailable() {
        let unavailable = Err(DefinedCondition::ServiceUnavailable);
        assert_eq!(get("<x xmlns='urn:unknown'/>"), unavailable);
        assert_eq!(ask(NAME, IqKind::Set, "<query xmlns='jabber:iq:version'/>"), unavailable);
        let below = ["anna@prov.example.test", "prov.example.test/phone"];
        assert!(below.iter().all(|to| ask(to, IqKind::Get, "<ping xmlns='urn:xmpp:ping'/>") == unavailable));
    }
}
