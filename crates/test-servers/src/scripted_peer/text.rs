//! What servers say, and scripts that every login begins with.

use super::Step;
use crate::openfire::DOMAIN;

/// Consent to TLS.
pub const PROCEED: &str = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
/// How a client's first TLS record begins (RFC 8446 section 5.1).
pub const CLIENT_HELLO: &str = "\u{16}\u{3}";
/// PLAIN accepted.
pub const SUCCESS: &str = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";
/// Features with STARTTLS and nothing else.
pub const STARTTLS: &str = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>";

/// The features of Openfire 5.1.1 after the login, byte for byte (as measured on a running server).
pub const OPENFIRE_5_SESSION: &str = r#"<stream:features><compression xmlns="http://jabber.org/features/compress"><method>zlib</method></compression><ver xmlns="urn:xmpp:features:rosterver"/><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/><session xmlns="urn:ietf:params:xml:ns:xmpp-session"><optional/></session><sm xmlns="urn:xmpp:sm:2"/><sm xmlns="urn:xmpp:sm:3"/><csi xmlns="urn:xmpp:csi:0"/><limits xmlns="urn:xmpp:stream-limits:0"><max-bytes>1048576</max-bytes><idle-seconds>360</idle-seconds></limits></stream:features>"#;
/// Its answer to a binding.
pub const OPENFIRE_5_BOUND: &str = r#"<iq type="result" id="bind" to="example.test/RES"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>anna@example.test/RES</jid></bind></iq>"#;
/// Its answer to a query for the roster that overtakes the binding.
pub const OPENFIRE_5_TOO_EARLY: &str = r#"<iq type="error" id="roster" from="example.test"><query xmlns="jabber:iq:roster"/><error code="401" type="auth"><not-authorized xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>"#;

/// A server's stream header.
#[must_use]
pub fn header() -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8'?><stream:stream xmlns:stream=\"http://etherx.jabber.org/streams\" \
         xmlns=\"jabber:client\" from=\"{DOMAIN}\" id=\"8m2rtkbng7\" xml:lang=\"en\" version=\"1.0\">"
    )
}

/// Features with SASL mechanisms.
#[must_use]
pub fn mechanisms(names: &[&str]) -> String {
    let list: Vec<String> = names.iter().map(|name| format!("<mechanism>{name}</mechanism>")).collect();
    let list = list.concat();
    format!(
        "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{list}</mechanisms></stream:features>"
    )
}

/// A SASL failure.
#[must_use]
pub fn failure(condition: &str) -> String {
    format!("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><{condition}/></failure>")
}

/// Header and features for the other side's header.
#[must_use]
pub fn open(features: &str) -> Vec<Step> {
    vec![Step::Expect("<stream:stream"), Step::Expect(">"), Step::Send(header() + features)]
}

/// Everything up to the features inside TLS.
#[must_use]
pub fn secured(features: &str) -> Vec<Step> {
    let mut steps = open(STARTTLS);
    steps.extend([Step::Expect("<starttls"), Step::Expect(">"), Step::Send(PROCEED.to_owned()), Step::Tls]);
    steps.extend(open(features));
    steps
}

/// A whole login by PLAIN inside TLS that succeeds.
#[must_use]
pub fn healthy() -> Vec<Step> {
    let mut steps = secured(&mechanisms(&["PLAIN"]));
    steps.extend([Step::Expect("</auth>"), Step::Send(SUCCESS.to_owned())]);
    steps
}
