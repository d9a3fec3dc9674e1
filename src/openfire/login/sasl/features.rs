//! What a server offers in its stream features (RFC 6120 section 4.3.2).

use std::time::Duration;

use xmpp_parsers::minidom::Element;
use xmpp_parsers::ns;

/// What a server offers before the login, as far as a login needs it.
///
/// It is read leniently from the element: Openfire 5.1 sends `<limits/>` twice, which a strict reader refuses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::openfire::login) struct Offer {
    /// STARTTLS is offered (RFC 6120 section 5.4.1).
    pub(in crate::openfire::login) starttls: bool,
    /// The SASL mechanisms, as far as they are well-formed.
    pub(in crate::openfire::login) mechanisms: Vec<String>,
    /// The types of channel binding (XEP-0440); none when the server does not list them.
    pub(super) bindings: Option<Vec<String>>,
    /// How long a stream may be idle (XEP-0478); none when the server does not say.
    pub(in crate::openfire::login) idle_limit: Option<Duration>,
}

/// XEP-0478.
const STREAM_LIMITS: &str = "urn:xmpp:stream-limits:0";

/// More than any server has; the rest of a list is ignored.
const MAX_NAMES: usize = 64;

impl Offer {
    /// Reads `<stream:features/>`; none when the element is another one.
    pub(in crate::openfire::login) fn parse(features: &Element) -> Option<Self> {
        if !features.is("features", ns::STREAM) {
            return None;
        }
        let mut mechanisms: Vec<String> = features
            .children()
            .filter(|child| child.is("mechanisms", ns::SASL))
            .flat_map(Element::children)
            .map(|mechanism| mechanism.text().trim().to_owned())
            .filter(|name| is_mechanism_name(name))
            .take(MAX_NAMES)
            .collect();
        mechanisms.sort_unstable();
        mechanisms.dedup();
        let bindings = features.children().find(|child| child.is("sasl-channel-binding", ns::SASL_CB));
        let bindings = bindings.map(|list| {
            let types = list.children().filter_map(|child| child.attr("type"));
            types.take(MAX_NAMES).map(str::to_owned).collect()
        });
        let starttls = features.children().any(|child| child.is("starttls", ns::TLS));
        Some(Self { starttls, mechanisms, bindings, idle_limit: idle_limit(features) })
    }

    pub(in crate::openfire::login) fn offers(&self, mechanism: &str) -> bool {
        self.mechanisms.iter().any(|offered| offered == mechanism)
    }

    /// Whether a mechanism with channel binding is among them (RFC 5801 section 4).
    pub(in crate::openfire::login) fn offers_channel_binding(&self) -> bool {
        self.mechanisms.iter().any(|offered| offered.ends_with("-PLUS"))
    }
}

/// XEP-0478 section 3; the shortest of several.
fn idle_limit(features: &Element) -> Option<Duration> {
    let limits = features.children().filter(|child| child.is("limits", STREAM_LIMITS));
    let idle = limits.filter_map(|limits| limits.get_child("idle-seconds", STREAM_LIMITS));
    let seconds = idle.filter_map(|idle| idle.text().trim().parse().ok());
    seconds.filter(|seconds| *seconds > 0).map(Duration::from_secs).min()
}

/// RFC 4422 section 3.1: at most 20 characters of `A-Z`, `0-9`, `-` and `_`. So a name is safe in a log.
fn is_mechanism_name(name: &str) -> bool {
    (1..=20).contains(&name.len()) && name.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Openfire 5.1.1, before TLS.
    const OPENFIRE_5: &str = r#"<stream:features xmlns:stream="http://etherx.jabber.org/streams" xmlns="jabber:client"><starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/><limits xmlns="urn:xmpp:stream-limits:0"><max-bytes>1048576</max-bytes><idle-seconds>360</idle-seconds></limits><sasl-channel-binding xmlns="urn:xmpp:sasl-cb:0"><channel-binding type="tls-server-end-point"/></sasl-channel-binding><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism><mechanism>SCRAM-SHA-1</mechanism><mechanism>SCRAM-SHA-1-PLUS</mechanism></mechanisms><limits xmlns="urn:xmpp:stream-limits:0"><max-bytes>1048576</max-bytes><idle-seconds>360</idle-seconds></limits></stream:features>"#;

    #[test]
    fn the_features_of_openfire_5_are_read_although_limits_stand_there_twice() {
        let offer = Offer::parse(&OPENFIRE_5.parse().unwrap()).unwrap();
        assert!(offer.starttls);
        assert_eq!(offer.mechanisms, ["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"]);
        assert_eq!(offer.bindings, Some(vec!["tls-server-end-point".to_owned()]));
        assert_eq!(offer.idle_limit, Some(Duration::from_mins(6)));
    }

    #[test]
    fn names_that_are_no_mechanism_names_are_left_out() {
        let text = "<features xmlns='http://etherx.jabber.org/streams'><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>plain\nx</mechanism><mechanism/><mechanism>EXTERNAL</mechanism></mechanisms></features>";
        let offer = Offer::parse(&text.parse().unwrap()).unwrap();
        let mechanisms = vec!["EXTERNAL".to_owned()];
        assert_eq!(offer, Offer { mechanisms, ..Offer::default() });
    }

    #[test]
    fn another_element_is_no_offer() {
        assert_eq!(Offer::parse(&"<features xmlns='jabber:client'/>".parse().unwrap()), None);
    }
}
