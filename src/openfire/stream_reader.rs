//! Bytes to the items of a stream, a user's or the component's: the header, whole elements, the footer.
//!
//! Not `tokio_xmpp::xmlstream`, for three reasons: it refuses a header without `version`, which is what Openfire sends
//! on a component stream; it recurses with the depth of what it reads; and it has no limit on the size of an element.

#[cfg(test)]
mod tests;

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
    /// The stream header as it came, with what stood before it; its namespaces are not among its attributes.
    preamble: Vec<u8>,
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
            preamble: Vec::new(),
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
        self.preamble.clear();
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

    /// Whether the stream header names a namespace.
    pub(super) fn declares(&self, namespace: &str) -> bool {
        let mut places = self.preamble.windows(namespace.len() + 2);
        places.any(|place| matches!(place, [b'\'' | b'"', name @ .., b'\'' | b'"'] if name == namespace.as_bytes()))
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
            // The parser would wait for more of what cannot become XML, for instance of a record of TLS.
            if !self.opened && self.size == 0 && rest.first().is_some_and(|first| !b"<\xef \t\r\n".contains(first)) {
                return Err(ReadError::NotWellFormed);
            }
            let event = self.parser.parse(&mut rest, false);
            let used = before - rest.len();
            if !self.opened {
                self.preamble.extend_from_slice(self.buffer.get(..used).unwrap_or_default());
            }
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
