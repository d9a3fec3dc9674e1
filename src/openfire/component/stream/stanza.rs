//! Stanzas to bytes, and the header and footer of the stream around them.
//!
//! Within the service, stanzas are in the namespace `jabber:client`, as `xmpp_parsers` has them; on a component stream the
//! same elements are in `jabber:component:accept` (XEP-0114 section 3). The name is changed here on the way out and in
//! [`super::reader`] on the way in. No stanza of ours contains another one, which would
//! have to keep its namespace.

use bytes::{Bytes, BytesMut};
use xmpp_parsers::iq::Iq;
use xmpp_parsers::jid::{BareJid, DomainRef, Jid};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::minidom::rxml::writer::{SimpleNamespaces, TrackNamespace};
use xmpp_parsers::minidom::rxml::{Encoder, Error, Item, Namespace, NcNameStr, XmlVersion, xml_ncname};
use xmpp_parsers::ns;
use xso::AsXml;

/// Ends the stream.
pub(in crate::openfire::component) const FOOTER: &[u8] = b"</stream:stream>";

const STREAM: &NcNameStr = xml_ncname!("stream");
const TO: &NcNameStr = xml_ncname!("to");

/// A stanza that cannot be written as XML.
#[derive(Debug)]
pub(in crate::openfire::component) struct Unsendable;

/// The two types of an IQ that asks for an answer (RFC 6120 section 8.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IqKind {
    /// Asks for something.
    Get,
    /// Changes something, or runs a command.
    Set,
}

/// The stream header that names us (XEP-0114 section 3, step 1).
pub(in crate::openfire::component) fn header(name: &DomainRef) -> Result<Bytes, Unsendable> {
    let mut out = BytesMut::new();
    open(name.as_str(), &mut out).map_err(|_| Unsendable)?;
    Ok(out.freeze())
}

/// One element in the stream's encoding.
pub(in crate::openfire::component) fn encode(element: &Element) -> Result<Bytes, Unsendable> {
    let mut out = BytesMut::new();
    // An encoder writes one document; the header gives it the namespaces that need no declaration any more.
    let mut encoder = open("", &mut out).map_err(|_| Unsendable)?;
    out.clear();
    // It writes the `>` of the header only when it knows that content follows; without this the stanza would begin with it.
    encoder.encode_into_bytes(Item::Text(""), &mut out).map_err(|_| Unsendable)?;
    out.clear();
    for item in element.as_xml_iter().map_err(|_| Unsendable)? {
        let item = outward(item.map_err(|_| Unsendable)?);
        encoder.encode_into_bytes(item.as_rxml_item(), &mut out).map_err(|_| Unsendable)?;
    }
    Ok(out.freeze())
}

/// A query with our own `from`: Openfire 4.2 fails inside on a component's stanza without it.
pub(in crate::openfire::component) fn query(
    kind: IqKind,
    id: &str,
    from: &DomainRef,
    to: &Jid,
    payload: Element,
) -> Element {
    let (id, from, to) = (id.to_owned(), Some(Jid::from(BareJid::from(from))), Some(to.clone()));
    match kind {
        IqKind::Get => Iq::Get { from, to, id, payload },
        IqKind::Set => Iq::Set { from, to, id, payload },
    }
    .into()
}

/// An id that cannot be guessed, since an answer with the right id and sender is believed.
pub(in crate::openfire::component) fn random_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}

fn open(to: &str, out: &mut BytesMut) -> Result<Encoder<SimpleNamespaces>, Error> {
    let mut encoder = Encoder::new();
    encoder.ns_tracker_mut().declare_fixed(Some(STREAM), ns::STREAM.into());
    encoder.ns_tracker_mut().declare_fixed(None, ns::COMPONENT.into());
    for item in [
        Item::XmlDeclaration(XmlVersion::V1_0),
        Item::ElementHeadStart(Namespace::from(ns::STREAM), STREAM),
        Item::Attribute(Namespace::NONE, TO, to),
        Item::ElementHeadEnd,
    ] {
        encoder.encode_into_bytes(item, out)?;
    }
    Ok(encoder)
}

fn outward(item: xso::Item<'_>) -> xso::Item<'_> {
    match item {
        xso::Item::ElementHeadStart(namespace, name) if namespace == ns::JABBER_CLIENT => {
            xso::Item::ElementHeadStart(ns::COMPONENT.into(), name)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use xmpp_parsers::jid::DomainPart;

    use super::*;

    fn text(bytes: &Bytes) -> &str {
        std::str::from_utf8(bytes).unwrap()
    }

    /// XEP-0114 section 3, example 1.
    #[test]
    fn the_header_names_the_component() {
        let header = header(&DomainPart::new("plays.shakespeare.lit").unwrap()).unwrap();
        assert!(text(&header).ends_with("to='plays.shakespeare.lit'>"), "{header:?}");
        assert!(text(&header).contains("xmlns='jabber:component:accept'"), "{header:?}");
        assert!(text(&header).contains("xmlns:stream='http://etherx.jabber.org/streams'"), "{header:?}");
    }

    #[test]
    fn a_stanza_carries_no_namespace_of_its_own_but_its_payload_does() {
        let name = DomainPart::new("prov.example.test").unwrap();
        let to = Jid::new("anna@example.test").unwrap();
        let query = query(IqKind::Get, "i1", &name, &to, Element::bare("vCard", ns::VCARD));
        assert_eq!(
            text(&encode(&query).unwrap()),
            "<iq from='prov.example.test' id='i1' to='anna@example.test' type='get'><vCard xmlns='vcard-temp'></vCard></iq>"
        );
    }

    #[test]
    fn a_control_character_is_refused() {
        let mut element = Element::bare("iq", ns::DEFAULT_NS);
        element.append_text("\u{1}");
        assert!(encode(&element).is_err());
    }

    #[test]
    fn ids_do_not_repeat() {
        assert_ne!(random_id(), random_id());
        assert_eq!(random_id().len(), 32);
    }
}
