//! Bytes to the items of a stream, a user's or the component's: the header, whole elements, the footer.
//!
//! Not `tokio_xmpp::xmlstream`, for three reasons: it refuses a header without `version`, which is what Openfire sends
//! on a component stream; it recurses with the depth of what it reads; and it has no limit on the size of an element.

use std::io;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::Instant;
use xmpp_parsers::minidom::Element;
use xmpp_parsers::minidom::rxml::error::EndOrError;
use xmpp_parsers::minidom::rxml::parser::CommentMode;
use xmpp_parsers::minidom::rxml::{AttrMap, Event, Namespace, Options, Parse, Parser, QName, WithOptions};
use xmpp_parsers::ns;

/// Largest stanza, in bytes.
const MAX_STANZA: usize = 10 * 1024 * 1024;
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

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// A component's stream (XEP-0114). Its stanzas are given out in `jabber:client`, and one over the limits is passed over:
    /// any user can cause one, so it must not end the stream of all.
    Component,
    /// A user's own stream (RFC 6120). A stanza over the limits ends it at once, since it can only be an answer to us.
    Client,
}

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

/// Why nothing more can be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    /// The connection ended.
    #[error("the connection is closed")]
    Closed,
    /// The connection broke.
    #[error(transparent)]
    Io(io::Error),
    /// Not XML, or not a stream (RFC 6120 section 4.9.3.13).
    #[error("not well-formed XML of a stream")]
    NotWellFormed,
    /// A stanza of more bytes than are read.
    #[error("a stanza is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// Elements within elements, deeper than they are read.
    #[error("a stanza is deeper than {limit} elements")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// A stanza of more elements than are read.
    #[error("a stanza has more than {limit} elements")]
    TooMany {
        /// The limit.
        limit: usize,
    },
}

/// Reads one stream.
#[derive(Debug)]
pub(super) struct StreamReader<R> {
    io: R,
    dialect: Dialect,
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
    heard: Instant,
}

impl<R: AsyncRead + Unpin> StreamReader<R> {
    /// Begins with the header.
    pub(super) fn new(io: R, dialect: Dialect) -> Self {
        Self {
            io,
            dialect,
            parser: parser(),
            buffer: BytesMut::new(),
            opened: false,
            open: Vec::new(),
            skipped: 0,
            size: 0,
            elements: 0,
            heard: Instant::now(),
        }
    }

    /// Begins again with a header, on the same connection (RFC 6120 section 4.3.3). What was read ahead belongs to the new stream.
    pub(super) fn restart(&mut self) {
        self.parser = parser();
        self.opened = false;
        self.open.clear();
        self.skipped = 0;
        self.begin();
        // Blanks between the streams would stand before the XML declaration.
        let blanks = self.buffer.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.buffer.advance(blanks);
    }

    /// The connection.
    pub(super) fn io(&self) -> &R {
        &self.io
    }

    /// The connection, to be written to.
    pub(super) fn io_mut(&mut self) -> &mut R {
        &mut self.io
    }

    /// The next item. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Result<StreamItem, ReadError> {
        loop {
            if let Some(item) = self.parse()? {
                return Ok(item);
            }
            self.buffer.reserve(CHUNK);
            if self.io.read_buf(&mut self.buffer).await.map_err(ReadError::of_io)? == 0 {
                return Err(ReadError::Closed);
            }
            self.heard = Instant::now();
        }
    }

    /// When the last byte came.
    pub(super) fn heard(&self) -> Instant {
        self.heard
    }

    /// The connection, unless bytes were read that belong to nobody: before TLS those would be from an intruder.
    pub(super) fn into_inner(self) -> Option<R> {
        self.buffer.is_empty().then_some(self.io)
    }

    fn parse(&mut self) -> Result<Option<StreamItem>, ReadError> {
        loop {
            let mut rest: &[u8] = &self.buffer;
            let before = rest.len();
            let event = self.parser.parse(&mut rest, false);
            let used = before - rest.len();
            self.buffer.advance(used);
            self.size += used;
            if self.size > MAX_STANZA {
                return Err(ReadError::TooLarge { limit: MAX_STANZA });
            }
            match event {
                Ok(Some(event)) => {
                    if let Some(item) = self.feed(event)? {
                        return Ok(Some(item));
                    }
                }
                Ok(None) => return Err(ReadError::Closed),
                Err(EndOrError::NeedMoreData) => return Ok(None),
                Err(EndOrError::Error(_)) => return Err(ReadError::NotWellFormed),
            }
        }
    }

    fn feed(&mut self, event: Event) -> Result<Option<StreamItem>, ReadError> {
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

    fn start(&mut self, (namespace, name): &QName, attributes: AttrMap) -> Result<(), ReadError> {
        let depth = self.open.len() + self.skipped;
        self.elements += 1;
        let unwanted =
            depth == 0 && *namespace == self.dialect.namespace() && matches!(name.as_str(), "message" | "presence");
        if unwanted || self.skipped > 0 || depth >= MAX_DEPTH || self.elements > MAX_ELEMENTS {
            self.skipped = depth + 1;
            self.open.clear();
            return self.over_limit(depth);
        }
        let mut element = Element::bare(name.as_str(), self.dialect.inward(namespace));
        *element.attrs_mut() = attributes;
        self.open.push(element);
        Ok(())
    }

    /// Whether a stanza that is not built ends the stream.
    fn over_limit(&self, depth: usize) -> Result<(), ReadError> {
        match self.dialect {
            _ if depth >= FATAL_DEPTH => Err(ReadError::TooDeep { limit: FATAL_DEPTH }),
            Dialect::Client if depth >= MAX_DEPTH => Err(ReadError::TooDeep { limit: MAX_DEPTH }),
            Dialect::Client if self.elements > MAX_ELEMENTS => Err(ReadError::TooMany { limit: MAX_ELEMENTS }),
            Dialect::Client | Dialect::Component => Ok(()),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), ReadError> {
        match self.open.last_mut() {
            Some(element) => element.append_text(text),
            None if self.skipped > 0 => {}
            // Blanks between stanzas are a sign of life (RFC 6120 section 4.6.1).
            None if text.chars().all(|c| c.is_ascii_whitespace()) => self.begin(),
            None => return Err(ReadError::NotWellFormed),
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
        self.begin();
        Some(StreamItem::Element(element))
    }

    /// The next stanza has its limits to itself.
    fn begin(&mut self) {
        self.size = 0;
        self.elements = 0;
    }
}

fn header((namespace, name): &QName, mut attributes: AttrMap) -> Result<Header, ReadError> {
    if *namespace != ns::STREAM || *name != "stream" {
        return Err(ReadError::NotWellFormed);
    }
    let mut take = |name| attributes.remove(Namespace::none(), name).filter(|value| !value.is_empty());
    Ok(Header { from: take("from"), id: take("id") })
}

impl Dialect {
    /// What stanzas stand in on the wire.
    fn namespace(self) -> &'static str {
        match self {
            Self::Component => ns::COMPONENT,
            Self::Client => ns::DEFAULT_NS,
        }
    }

    fn inward(self, namespace: &str) -> &str {
        if namespace == self.namespace() { ns::DEFAULT_NS } else { namespace }
    }
}

impl ReadError {
    fn of_io(error: io::Error) -> Self {
        // A peer that goes away without the words of TLS has still gone away.
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Closed } else { Self::Io(error) }
    }
}

fn parser() -> Parser {
    Parser::with_options(Options {
        // The size of the stanza is the limit, also for a single attribute.
        max_token_length: MAX_STANZA,
        context: None,
        // Not allowed (RFC 6120 section 11.1), and not worth losing the stream for.
        comments: CommentMode::Discard,
    })
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::*;

    const HEADER: &str = "<?xml version='1.0' encoding='UTF-8'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' \
                          xmlns='jabber:component:accept' from='prov.example.test' id='2c59gvolof'>";

    /// All items of a stream, read byte by byte so that every place is once the end of a read.
    async fn read(text: &str) -> (Vec<StreamItem>, ReadError) {
        let (mut server, client) = tokio::io::duplex(1);
        let text = text.to_owned();
        let sent = tokio::spawn(async move { server.write_all(text.as_bytes()).await });
        let mut reader = StreamReader::new(client, Dialect::Component);
        let mut items = Vec::new();
        let end = loop {
            match reader.next().await {
                Ok(item) => items.push(item),
                Err(error) => break error,
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
        assert!(matches!(end, ReadError::Closed), "{end}");
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
        assert!(matches!(end, ReadError::Closed), "{end}");
        let (_, end) = read_fast(&[HEADER, &deep(100_000)]).await;
        assert!(matches!(end, ReadError::TooDeep { .. }), "{end}");
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
        assert!(matches!(end, ReadError::TooLarge { .. }), "{end}");
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

    /// RFC 6120 section 4.9.3.13.
    #[tokio::test]
    async fn what_is_not_xml_ends_the_stream() {
        for text in ["garbage>", "HTTP/1.1 400 Bad Request\r\n\r\n<html>", "<html>", "\u{0}\u{1}"] {
            let (items, end) = read(text).await;
            assert!(items.is_empty());
            assert!(matches!(end, ReadError::NotWellFormed | ReadError::Closed), "{text}: {end}");
        }
        for text in ["<iq></query>", "words <iq/>", "<iq>&unknown;</iq>"] {
            let (items, end) = read(&format!("{HEADER}{text}")).await;
            assert_eq!(items.len(), 1, "{text}");
            assert!(matches!(end, ReadError::NotWellFormed), "{text}: {end}");
        }
    }

    const CLIENT_HEADER: &str = "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' \
                                 xmlns='jabber:client' from='example.test' id='1' version='1.0'>";

    #[tokio::test]
    async fn on_a_users_stream_a_stanza_over_the_limits_is_the_end() {
        let open = |elements| format!("<iq id='many'>{}", "<item/>".repeat(elements));
        let (items, end) = read_all(&[CLIENT_HEADER, &open(MAX_ELEMENTS)], Dialect::Client).await;
        assert!(items.len() == 1 && matches!(end, ReadError::TooMany { .. }), "{end}");
        let (items, end) = read_all(&[CLIENT_HEADER, &open(MAX_ELEMENTS - 1), "</iq>"], Dialect::Client).await;
        assert!(elements(&items) == ["many"] && matches!(end, ReadError::Closed), "{end}");
        let (_, end) = read_all(&[CLIENT_HEADER, &"<a>".repeat(MAX_DEPTH + 1)], Dialect::Client).await;
        assert!(matches!(end, ReadError::TooDeep { limit: MAX_DEPTH }), "{end}");
        let much = "<message><body>x</body></message><presence/>".repeat(MAX_ELEMENTS);
        let (items, _) = read_all(&[CLIENT_HEADER, &much, "<iq id='1'/>"], Dialect::Client).await;
        assert_eq!(elements(&items), ["1"]);
    }

    #[tokio::test]
    async fn a_stream_begins_anew_with_what_was_read_ahead() {
        let text = [CLIENT_HEADER, "<success xmlns='x'/>", " \n", CLIENT_HEADER, "<iq id='2'/>"].concat();
        let mut reader = StreamReader::new(text.as_bytes(), Dialect::Client);
        let mut read = Vec::new();
        for number in 0..4 {
            read.push(reader.next().await.unwrap());
            if number == 1 {
                reader.restart();
            }
        }
        assert!(matches!(&read[2], StreamItem::Header(header) if header.from.as_deref() == Some("example.test")));
        assert_eq!(elements(&read), ["2"]);
    }

    async fn read_fast(parts: &[&str]) -> (Vec<StreamItem>, ReadError) {
        read_all(parts, Dialect::Component).await
    }

    async fn read_all(parts: &[&str], dialect: Dialect) -> (Vec<StreamItem>, ReadError) {
        let text = parts.concat();
        let mut reader = StreamReader::new(text.as_bytes(), dialect);
        let mut items = Vec::new();
        loop {
            match reader.next().await {
                Ok(item) => items.push(item),
                Err(error) => return (items, error),
            }
        }
    }
}
