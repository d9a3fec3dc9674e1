//! What others ask us, and what we say.
//!
//! The server asks for disco#info and version as soon as the stream stands; users may ask as well. Queries we do not
//! know get `service-unavailable` (RFC 6120 section 8.4).

use std::collections::BTreeMap;

use xmpp_parsers::disco::{DiscoInfoResult, Identity};
use xmpp_parsers::iq::Iq;
use xmpp_parsers::jid::{BareJid, DomainPart, Jid};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::minidom::rxml::{NcNameStr, xml_ncname};
use xmpp_parsers::ns;
use xmpp_parsers::stanza_error::{DefinedCondition, ErrorType, StanzaError};
use xmpp_parsers::version::VersionResult;

/// XEP-0012.
const LAST_ACTIVITY: &str = "jabber:iq:last";

const SECONDS: &NcNameStr = xml_ncname!("seconds");

/// What of ours stands in the answers.
#[derive(Debug)]
pub(super) struct SelfPortrait {
    /// The component's name.
    pub(super) name: DomainPart,
    /// Where answers go whose query had no sender: to the server.
    pub(super) server: DomainPart,
}

impl SelfPortrait {
    /// The answer to an IQ of another's; None for one that asks nothing or cannot be answered.
    ///
    /// `uptime` is the whole seconds since the component was started.
    pub(super) fn answer(&self, iq: &Element, uptime: u64) -> Option<Element> {
        let kind = iq.attr("type");
        // Answering an answer would let two sides talk for ever (RFC 6120 section 8.2.3, rule 5).
        if matches!(kind, Some("result" | "error")) {
            return None;
        }
        let id = iq.attr("id")?;
        let mut payloads = iq.children();
        let outcome = match (kind, payloads.next(), payloads.next()) {
            (Some("get"), Some(payload), None) if self.is_asked(iq) => result(payload, uptime),
            (Some("get" | "set"), Some(_), None) => Err(DefinedCondition::ServiceUnavailable),
            // Section 8.2.3, rules 2 and 4: no such type, or not one child.
            _ => Err(DefinedCondition::BadRequest),
        };
        let (id, from) = (id.to_owned(), Some(self.own_address(iq)));
        let to = Some(Jid::new(iq.attr("from").unwrap_or(self.server.as_str())).ok()?);
        let answer = match outcome {
            Ok(payload) => Iq::Result { from, to, id, payload },
            Err(condition) => Iq::Error { from, to, id, error: error(condition), payload: None },
        };
        Some(answer.into())
    }

    /// Whether the query is to the component itself, not to a node or resource, of which there are none.
    fn is_asked(&self, iq: &Element) -> bool {
        iq.attr("to").is_none_or(|to| Jid::new(to).is_ok_and(|to| to.as_str() == self.name.as_str()))
    }

    /// The address that was asked when it is one of ours: an answer from another is not recognised as one.
    fn own_address(&self, iq: &Element) -> Jid {
        iq.attr("to")
            .and_then(|to| Jid::new(to).ok())
            .filter(|to| to.domain().as_str() == self.name.as_str())
            .unwrap_or_else(|| BareJid::from_parts(None, &self.name).into())
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

/// XEP-0030. `component/generic` is the registered identity for a component that none of the others describes; we are
/// no gateway, since we translate to no other network.
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

/// XEP-0092; the operating system is nobody's business.
fn version() -> Element {
    VersionResult { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned(), os: None }
        .into()
}

/// XEP-0012 section 4: of a server or component, how long it has been running.
fn last_activity(uptime: u64) -> Element {
    Element::builder("query", LAST_ACTIVITY).attr(SECONDS.to_owned(), uptime.to_string()).build()
}

/// No text: what to say in which language is for the other side.
fn error(condition: DefinedCondition) -> StanzaError {
    let type_ = match condition {
        DefinedCondition::BadRequest => ErrorType::Modify,
        _ => ErrorType::Cancel,
    };
    StanzaError { type_, by: None, defined_condition: condition, texts: BTreeMap::new(), other: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(query: &str) -> Option<Element> {
        let part = |text| DomainPart::new(text).unwrap().into_owned();
        let portrait = SelfPortrait { name: part("prov.example.test"), server: part("example.test") };
        portrait.answer(&query.parse().unwrap(), 903)
    }

    fn get(payload: &str) -> Element {
        let query = format!(
            "<iq xmlns='jabber:client' type='get' id='570-1' from='component.example.test' to='prov.example.test'>{payload}</iq>"
        );
        let answer = answer(&query).unwrap();
        assert_eq!(answer.attr("id"), Some("570-1"));
        assert_eq!(answer.attr("from"), Some("prov.example.test"));
        assert_eq!(answer.attr("to"), Some("component.example.test"));
        answer
    }

    fn condition(answer: &Element) -> DefinedCondition {
        assert_eq!(answer.attr("type"), Some("error"));
        StanzaError::try_from(answer.get_child("error", ns::DEFAULT_NS).unwrap().clone()).unwrap().defined_condition
    }

    /// XEP-0030 section 3.1: an identity, and every feature that is there, disco#info itself among them.
    #[test]
    fn disco_info_lists_what_is_answered_and_nothing_else() {
        let answer = get("<query xmlns='http://jabber.org/protocol/disco#info'/>");
        let info = DiscoInfoResult::try_from(answer.children().next().unwrap().clone()).unwrap();
        assert_eq!((&*info.identities[0].category, &*info.identities[0].type_), ("component", "generic"));
        for feature in info.features {
            let name = if feature == ns::PING { "ping" } else { "query" };
            let answer = get(&format!("<{name} xmlns='{feature}'/>"));
            assert_eq!(answer.attr("type"), Some("result"), "{feature}");
        }
    }

    #[test]
    fn disco_items_are_empty_and_nodes_are_not_found() {
        let answer = get("<query xmlns='http://jabber.org/protocol/disco#items'/>");
        assert_eq!(answer.children().next(), Some(&Element::bare("query", ns::DISCO_ITEMS)));
        let answer = get("<query xmlns='http://jabber.org/protocol/disco#items' node='x'/>");
        assert_eq!(condition(&answer), DefinedCondition::ItemNotFound);
    }

    #[test]
    fn the_version_is_the_crates_and_names_no_system() {
        let answer = get("<query xmlns='jabber:iq:version'/>");
        let version = VersionResult::try_from(answer.children().next().unwrap().clone()).unwrap();
        assert_eq!(version.name, "openfire-provisioner");
        assert_eq!(version.version, env!("CARGO_PKG_VERSION"));
        assert_eq!(version.os, None);
    }

    /// XEP-0012 section 4, XEP-0199 section 4.
    #[test]
    fn last_activity_is_the_uptime_and_a_ping_gets_an_empty_result() {
        let answer = get("<query xmlns='jabber:iq:last'/>");
        assert_eq!(answer.children().next().unwrap().attr("seconds"), Some("903"));
        let answer = get("<ping xmlns='urn:xmpp:ping'/>");
        assert_eq!(answer.attr("type"), Some("result"));
        assert_eq!(answer.children().count(), 0);
    }

    /// RFC 6120 sections 8.2.3 and 8.4.
    #[test]
    fn what_is_unknown_or_malformed_gets_the_error_of_the_rfc() {
        assert_eq!(condition(&get("<x xmlns='urn:unknown'/>")), DefinedCondition::ServiceUnavailable);
        assert_eq!(condition(&get("")), DefinedCondition::BadRequest);
        assert_eq!(condition(&get("<a xmlns='x'/><b xmlns='x'/>")), DefinedCondition::BadRequest);
        let set = "<iq xmlns='jabber:client' type='set' id='1' from='a@b'><query xmlns='jabber:iq:version'/></iq>";
        assert_eq!(condition(&answer(set).unwrap()), DefinedCondition::ServiceUnavailable);
        let odd = "<iq xmlns='jabber:client' type='push' id='1' from='a@b'><x xmlns='y'/></iq>";
        assert_eq!(condition(&answer(odd).unwrap()), DefinedCondition::BadRequest);
    }

    /// RFC 6120 section 8.2.3, rule 5.
    #[test]
    fn answers_are_never_answered() {
        for kind in ["result", "error"] {
            let text = format!("<iq xmlns='jabber:client' type='{kind}' id='1' from='a@b'><x xmlns='y'/></iq>");
            assert_eq!(answer(&text), None);
        }
    }

    #[test]
    fn an_answer_comes_from_the_address_that_was_asked() {
        let ask = |to: &str| {
            let text = format!(
                "<iq xmlns='jabber:client' type='get' id='1' from='a@b/c' to='{to}'><ping xmlns='urn:xmpp:ping'/></iq>"
            );
            answer(&text).unwrap()
        };
        let node = ask("anna@prov.example.test");
        assert_eq!(node.attr("from"), Some("anna@prov.example.test"));
        assert_eq!(condition(&node), DefinedCondition::ServiceUnavailable);
        assert_eq!(ask("other.test").attr("from"), Some("prov.example.test"));
    }

    #[test]
    fn a_query_without_a_sender_is_the_servers() {
        let text = "<iq xmlns='jabber:client' type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>";
        assert_eq!(answer(text).unwrap().attr("to"), Some("example.test"));
    }
}
