//! Chat messages from the component to people (RFC 6121 section 5).

use std::collections::VecDeque;

use xmpp_parsers::jid::{BareJid, DomainRef, Jid};
use xmpp_parsers::message::{Lang, Message, MessageType};
use xmpp_parsers::minidom::Element;

/// Why a message was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// The component stream is down.
    #[error("the component stream to the server is down")]
    Disconnected,
    /// The server takes no more bytes.
    #[error("too many stanzas wait to be written to the server")]
    Overloaded,
    /// The text is too long, or holds a character that XML cannot carry.
    #[error("the text is longer than {} bytes, or holds a character that XML cannot carry", MOST_TEXT)]
    Unsendable,
}

/// Longest text of a message, in bytes.
pub(super) const MOST_TEXT: usize = 8 * 1024;

/// Messages whose refusal by the server is noticed.
const REMEMBERED: usize = 64;

/// A message of the type `chat`, from the component itself.
pub(super) fn chat(id: &str, from: &DomainRef, to: &BareJid, text: &str) -> Element {
    let mut message = Message::new(Some(Jid::from(to.clone())));
    message.from = Some(Jid::from(BareJid::from(from)));
    message.id = Some(xmpp_parsers::message::Id(id.to_owned()));
    message.type_ = MessageType::Chat;
    message.bodies.insert(Lang::default(), text.to_owned());
    message.into()
}

/// The last messages that were sent, by their ids. They cannot be guessed, so only the server can refuse one of them.
#[derive(Debug, Default)]
pub(super) struct Sent(VecDeque<(String, BareJid)>);

impl Sent {
    pub(super) fn push(&mut self, id: String, to: BareJid) {
        if self.0.len() >= REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back((id, to));
    }

    /// Whose message it is that came back as an error; each comes back once.
    pub(super) fn take(&mut self, id: &str) -> Option<BareJid> {
        let place = self.0.iter().position(|(sent, _)| sent == id)?;
        self.0.remove(place).map(|(_, to)| to)
    }
}

#[cfg(test)]
mod tests {
    use xmpp_parsers::jid::DomainPart;

    use super::*;
    use crate::openfire::component::stanza;

    #[test]
    fn a_message_is_a_chat_message_with_an_escaped_text() {
        let (from, to) = (DomainPart::new("prov.example.test").unwrap(), BareJid::new("anna@example.test").unwrap());
        let bytes = stanza::encode(&chat("i1", &from, &to, "a < b")).unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        let parsed: Element = text.replacen("<message", "<message xmlns='jabber:client'", 1).parse().unwrap();
        let attributes = ["from", "to", "type", "id"].map(|name| parsed.attr(name).unwrap_or_default());
        assert_eq!(attributes, ["prov.example.test", "anna@example.test", "chat", "i1"]);
        assert!(text.contains(">a &lt; b</body>"), "{text}");
    }

    #[test]
    fn the_last_messages_are_remembered_once_each() {
        let mut sent = Sent::default();
        let to = BareJid::new("anna@example.test").unwrap();
        (0..=REMEMBERED).for_each(|id| sent.push(id.to_string(), to.clone()));
        assert_eq!(sent.take("0"), None, "too old");
        assert_eq!((sent.take("1"), sent.take("1")), (Some(to), None));
        assert_eq!(sent.0.len(), REMEMBERED - 1);
    }
}
