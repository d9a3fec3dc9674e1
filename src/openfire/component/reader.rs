//! Bytes to the items of a component stream: the header, whole elements, the footer.
//!
//! Not `tokio_xmpp::xmlstream`, for three reasons: it refuses a header without `version`, which is what Openfire sends
//! here; it recurses with the depth of what it reads; and it has no limit on the size of an element.

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::Instant;
use xmpp_parsers::minidom::Element;
use xmpp_parsers::minidom::rxml::error::EndOrError;
use xmpp_parsers::minidom::rxml::parser::CommentMode;
use xmpp_parsers::minidom::rxml::{AttrMap, Event, Namespace, Options, Parse, Parser, QName, WithOptions};
use xmpp_parsers::ns;

use super::loss::Loss;

/// Largest stanza, in bytes.
pub(super) const MAX_STANZA: usize = 10 * 1024 * 1024;
/// Deepest nesting within a stanza that is built. Forms within commands within stanzas need about ten.
const MAX_DEPTH: usize = 128;
/// Deepest nesting that is read at all: the parser's work grows with the square of it, and 100,000 levels, which fit into
/// a stanza of an ordinary user, keep it busy for seconds.
const FATAL_DEPTH: usize = 1024;
/// Most elements of a stanza that are built; a roster of 2,000 contacts has about 6,000. In memory an element takes some
/// 200 bytes where `<a/>` has four.
const MAX_ELEMENTS: usize = 200_000;
/// Bytes read at one time.
const CHUNK: usize = 16 * 1024;

/// What a stream consists of.
#[derive(Debug, PartialEq)]
pub(super) enum StreamItem {
    /// The server's stream header.
    Header(Header),
    /// A whole element of the first level; stanzas in `jabber:client`.
    Element(Element),
    /// `</stream:stream>`.
    Footer,
}

/// What counts in a stream header (XEP-0114 section 3, step 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// Whom the server takes us for; its own name after STARTTLS.
    pub(super) from: Option<String>,
    /// The stream id that goes into the handshake. None when it is missing or empty, which is how a server says no.
    pub(super) id: Option<String>,
}

/// Reads one stream.
#[derive(Debug)]
pub(super) struct StreamReader<R> {
    io: R,
    parser: Parser,
    buffer: BytesMut,
    /// Inside the stream's own element.
    opened: bool,
    /// The elements that are open, the outermost first.
    open: Vec<Element>,
    /// Depth within a stanza that is read and not built: messages and presences, which nobody wants, and what is over
    /// the limits. Any user can send those, so they must not end the stream.
    skipped: usize,
    /// Bytes of the stanza that is being read.
    size: usize,
    /// Elements of it.
    elements: usize,
    /// Bytes of the element that was read last.
    item_size: usize,
    heard: Instant,
}

impl<R: AsyncRead + Unpin> StreamReader<R> {
    /// Begins with the header.
    pub(super) fn new(io: R) -> Self {
        Self {
            io,
            parser: Parser::with_options(Options {
                // The size of the stanza is the limit, also for a single attribute.
                max_token_length: MAX_STANZA,
                context: None,
                // Not allowed (RFC 6120 section 11.1), and not worth losing the stream for.
                comments: CommentMode::Discard,
            }),
            buffer: BytesMut::new(),
            opened: false,
            open: Vec::new(),
            skipped: 0,
            size: 0,
            elements: 0,
            item_size: 0,
            heard: Instant::now(),
        }
    }

    /// The next item. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Result<StreamItem, Loss> {
        loop {
            if let Some(item) = self.parse()? {
                return Ok(item);
            }
            self.buffer.reserve(CHUNK);
            if self.io.read_buf(&mut self.buffer).await? == 0 {
                return Err(Loss::Closed);
            }
            self.heard = Instant::now();
        }
    }

    /// When the last byte came.
    pub(super) fn heard(&self) -> Instant {
        self.heard
    }

    /// Bytes that the last element took on the wire.
    pub(super) fn item_size(&self) -> usize {
        self.item_size
    }

    /// The connection, unless bytes were read that belong to nobody: before TLS those would be from an intruder.
    pub(super) fn into_inner(self) -> Option<R> {
        self.buffer.is_empty().then_some(self.io)
    }

    fn parse(&mut self) -> Result<Option<StreamItem>, Loss> {
        loop {
            let mut rest: &[u8] = &self.buffer;
            let before = rest.len();
            // The parser would wait for more of what cannot become XML, for instance of a record of TLS.
            let is_first = !self.opened && self.size == 0;
            if is_first && rest.first().is_some_and(|first| !b"<\xef \t\r\n".contains(first)) {
                return Err(Loss::NotWellFormed);
            }
            let event = self.parser.parse(&mut rest, false);
            let used = before - rest.len();
            self.buffer.advance(used);
            self.size += used;
            if self.size > MAX_STANZA {
                return Err(Loss::TooLarge { limit: MAX_STANZA });
            }
            match event {
                Ok(Some(event)) => {
                    if let Some(item) = self.feed(event)? {
                        return Ok(Some(item));
                    }
                }
                Ok(None) => return Err(Loss::Closed),
                Err(EndOrError::NeedMoreData) => return Ok(None),
                Err(EndOrError::Error(_)) => return Err(Loss::NotWellFormed),
            }
        }
    }

    fn feed(&mut self, event: Event) -> Result<Option<StreamItem>, Loss> {
        match event {
            Event::XmlDeclaration(..) => Ok(None),
            Event::StartElement(_, name, attributes) if !self.opened => {
                self.opened = true;
                self.begin();
                header(&name, attributes).map(|header| Some(StreamItem::Header(header)))
            }
            Event::StartElement(_, name, attributes) => self.start(&name, attributes).map(|()| None),
            Event::Text(_, text) => self.text(&text).map(|()| None),
            Event::EndElement(_) => Ok(self.end()),
        }
    }

    fn start(&mut self, (namespace, name): &QName, attributes: AttrMap) -> Result<(), Loss> {
        let depth = self.open.len() + self.skipped;
        self.elements += 1;
        let unwanted = depth == 0 && *namespace == ns::COMPONENT && matches!(name.as_str(), "message" | "presence");
        if unwanted || self.skipped > 0 || depth >= MAX_DEPTH || self.elements > MAX_ELEMENTS {
            self.skipped = depth + 1;
            self.open.clear();
            return if depth < FATAL_DEPTH { Ok(()) } else { Err(Loss::TooDeep { limit: FATAL_DEPTH }) };
        }
        let mut element = Element::bare(name.as_str(), inward(namespace));
        *element.attrs_mut() = attributes;
        self.open.push(element);
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Loss> {
        match self.open.last_mut() {
            Some(element) => element.append_text(text),
            None if self.skipped > 0 => {}
            // Blanks between stanzas are a sign of life (RFC 6120 section 4.6.1).
            None if text.chars().all(|c| c.is_ascii_whitespace()) => self.begin(),
            None => return Err(Loss::NotWellFormed),
        }
        Ok(())
    }

    fn end(&mut self) -> Option<StreamItem> {
        if self.skipped > 0 {
            self.skipped -= 1;
            if self.skipped == 0 {
                self.begin();
            }
            return None;
        }
        let Some(element) = self.open.pop() else { return Some(StreamItem::Footer) };
        if let Some(parent) = self.open.last_mut() {
            parent.append_child(element);
            return None;
        }
        self.item_size = self.size;
        self.begin();
        Some(StreamItem::Element(element))
    }

    /// The next stanza has its limits to itself.
    fn begin(&mut self) {
        self.size = 0;
        self.elements = 0;
    }
}

fn header((namespace, name): &QName, mut attributes: AttrMap) -> Result<Header, Loss> {
    if *namespace != ns::STREAM || *name != "stream" {
        return Err(Loss::NotWellFormed);
    }
    let mut take = |name| attributes.remove(Namespace::none(), name).filter(|value| !value.is_empty());
    Ok(Header { from: take("from"), id: take("id") })
}

fn inward(namespace: &str) -> &str {
    if namespace == ns::COMPONENT { ns::DEFAULT_NS } else { namespace }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::*;

    const HEADER: &str = "<?xml version='1.0' encoding='UTF-8'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' \
                          xmlns='jabber:component:accept' from='prov.example.test' id='2c59gvolof'>";

    /// All items of a stream, read byte by byte so that every place is once the end of a read.
    async fn read(text: &str) -> (Vec<StreamItem>, Loss) {
        let (mut server, client) = tokio::io::duplex(1);
        let text = text.to_owned();
        let sent = tokio::spawn(async move { server.write_all(text.as_bytes()).await });
        let mut reader = StreamReader::new(client);
        let mut items = Vec::new();
        let end = loop {
            match reader.next().await {
                Ok(item) => items.push(item),
                Err(loss) => break loss,
            }
        };
        drop(reader);
        drop(sent.await.unwrap());
        (items, end)
    }

    fn elements(items: &[StreamItem]) -> Vec<&str> {
        items.iter().filter_map(|item| if let StreamItem::Element(e) = item { e.attr("id") } else { None }).collect()
    }

    /// Facts: Openfire 4.2's header has no `version`.
    #[tokio::test]
    async fn header_stanzas_and_footer_are_told_apart() {
        let (items, end) =
            read(&format!("{HEADER}<handshake></handshake> <iq id='1'><a xmlns='x'>t</a></iq></stream:stream>")).await;
        let header = Header { from: Some("prov.example.test".into()), id: Some("2c59gvolof".into()) };
        assert_eq!(items[0], StreamItem::Header(header));
        assert_eq!(items[1], StreamItem::Element(Element::bare("handshake", "jabber:client")));
        let iq: Element = "<iq xmlns='jabber:client' id='1'><a xmlns='x'>t</a></iq>".parse().unwrap();
        assert_eq!(items[2], StreamItem::Element(iq));
        assert_eq!(items[3], StreamItem::Footer);
        assert!(matches!(end, Loss::Closed), "{end}");
    }

    /// Facts: Prosody refuses a name with an empty id, Openfire 5.1 without one.
    #[tokio::test]
    async fn an_empty_id_is_no_id() {
        let (items, _) = read(&HEADER.replace("2c59gvolof", "")).await;
        assert_eq!(items, [StreamItem::Header(Header { from: Some("prov.example.test".into()), id: None })]);
    }

    #[tokio::test]
    async fn messages_and_presences_are_passed_over() {
        let (items, _) =
            read(&format!("{HEADER}<message id='m'><body>x</body></message><presence id='p'/><iq id='1'/>")).await;
        assert_eq!(elements(&items), ["1"]);
    }

    #[tokio::test]
    async fn a_stanza_that_is_too_deep_is_passed_over_and_the_stream_goes_on() {
        let deep = |levels| format!("<iq id='deep'>{}{}</iq>", "<a>".repeat(levels), "</a>".repeat(levels));
        let (items, end) = read_fast(&[HEADER, &deep(FATAL_DEPTH - 1), "<iq id='1'/></stream:stream>"]).await;
        assert_eq!(elements(&items), ["1"]);
        assert!(matches!(end, Loss::Closed), "{end}");
        let (_, end) = read_fast(&[HEADER, &deep(100_000)]).await;
        assert!(matches!(end, Loss::TooDeep { .. }), "{end}");
    }

    #[tokio::test]
    async fn a_stanza_of_too_many_elements_is_passed_over_and_the_stream_goes_on() {
        let many = format!("<iq id='many'>{}</iq>", "<a/>".repeat(MAX_ELEMENTS));
        let (items, _) = read_fast(&[HEADER, &many, "<iq id='1'/>"]).await;
        assert_eq!(elements(&items), ["1"]);
    }

    #[tokio::test]
    async fn two_mebibytes_pass_and_over_ten_end_the_stream() {
        let stanza = |mebibytes: usize| format!("<iq id='big'><v>{}</v></iq>", "x".repeat(mebibytes * 1024 * 1024));
        let (items, end) = read_fast(&[HEADER, &stanza(2), &stanza(11)]).await;
        assert_eq!(elements(&items), ["big"]);
        assert!(matches!(end, Loss::TooLarge { .. }), "{end}");
    }

    /// Openfire 4.2 passes both on as they stand, so that any user can put them into a vCard.
    #[tokio::test]
    async fn comments_and_long_attributes_do_not_end_the_stream() {
        let vcard = format!(
            "<iq id='1'><vCard xmlns='vcard-temp'><FN a='{}'>A<!-- c -->B</FN></vCard></iq>",
            "x".repeat(20_000)
        );
        let (items, _) = read_fast(&[HEADER, &vcard]).await;
        let Some(StreamItem::Element(iq)) = items.last() else { panic!("{items:?}") };
        let name = iq.children().next().and_then(|vcard| vcard.children().next()).unwrap();
        assert_eq!(name.text(), "AB");
    }

    /// A server that expects TLS answers a header by an alert, and may leave the connection open.
    #[tokio::test]
    async fn what_cannot_become_xml_is_not_waited_for() {
        let (mut server, client) = tokio::io::duplex(64);
        server.write_all(&[0x15, 3, 3, 0, 2, 2, 80]).await.unwrap();
        let read = StreamReader::new(client).next().await;
        assert!(matches!(read, Err(Loss::NotWellFormed)), "{read:?}");
        drop(server);
    }

    /// RFC 6120 section 4.9.3.13.
    #[tokio::test]
    async fn what_is_not_xml_ends_the_stream() {
        for text in ["garbage>", "HTTP/1.1 400 Bad Request\r\n\r\n<html>", "<html>", "\u{0}\u{1}"] {
            let (items, end) = read(text).await;
            assert!(items.is_empty());
            assert!(matches!(end, Loss::NotWellFormed | Loss::Closed), "{text}: {end}");
        }
        for text in ["<iq></query>", "words <iq/>", "<iq>&unknown;</iq>"] {
            let (items, end) = read(&format!("{HEADER}{text}")).await;
            assert_eq!(items.len(), 1, "{text}");
            assert!(matches!(end, Loss::NotWellFormed), "{text}: {end}");
        }
    }

    async fn read_fast(parts: &[&str]) -> (Vec<StreamItem>, Loss) {
        let text = parts.concat();
        let mut reader = StreamReader::new(text.as_bytes());
        let mut items = Vec::new();
        loop {
            match reader.next().await {
                Ok(item) => items.push(item),
                Err(loss) => return (items, loss),
            }
        }
    }
}
