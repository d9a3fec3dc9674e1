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

use crate::openfire::component::loss::Loss;
use crate::openfire::stanza_limits::{MAX_BYTES, MAX_DEPTH, MAX_PARTS, begins_xml};

/// Deepest nesting that is read at all: the parser's work grows with the square of it, and 100,000 levels, which fit into a
/// stanza of an ordinary user, keep it busy for seconds.
const FATAL_DEPTH: usize = 1024;
/// Bytes read at one time.
const CHUNK: usize = 16 * 1024;

/// The parts of a stream.
#[derive(Debug, PartialEq)]
pub(in crate::openfire::component) enum StreamItem {
    /// The server's stream header.
    Header(Header),
    /// A whole element of the first level; stanzas in `jabber:client`.
    Element(Element),
    /// `</stream:stream>`.
    Footer,
}

/// What we use of a stream header (XEP-0114 section 3, step 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::openfire::component) struct Header {
    /// The name that the server gives us; its own name after STARTTLS.
    pub(in crate::openfire::component) from: Option<String>,
    /// The stream id that goes into the handshake. None when it is missing or empty, which is how a server refuses us.
    pub(in crate::openfire::component) id: Option<String>,
}

/// Reads one stream.
#[derive(Debug)]
pub(in crate::openfire::component) struct StreamReader<R> {
    io: R,
    parser: Parser,
    buffer: BytesMut,
    /// Inside the stream's own element.
    opened: bool,
    /// The elements that are open, the outermost first.
    open: Vec<Element>,
    /// Depth within a stanza that is read and not built: messages and presences, which we do not use, and what is over
    /// the limits. Any user can send those, so they must not end the stream.
    skipped: usize,
    /// Bytes of the stanza that is being read.
    size: usize,
    /// Its elements and attributes.
    parts: usize,
    /// Bytes of the element that was read last.
    item_size: usize,
    heard: Instant,
}

impl<R: AsyncRead + Unpin> StreamReader<R> {
    /// Begins with the header.
    pub(in crate::openfire::component) fn new(io: R) -> Self {
        Self {
            io,
            parser: Parser::with_options(Options {
                // The size of the stanza is the limit, also for a single attribute.
                max_token_length: MAX_BYTES,
                context: None,
                // Not allowed (RFC 6120 section 11.1), and not worth losing the stream for.
                comments: CommentMode::Discard,
            }),
            buffer: BytesMut::new(),
            opened: false,
            open: Vec::new(),
            skipped: 0,
            size: 0,
            parts: 0,
            item_size: 0,
            heard: Instant::now(),
        }
    }

    /// The next item. Dropping the future loses nothing.
    pub(in crate::openfire::component) async fn next(&mut self) -> Result<StreamItem, Loss> {
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
    pub(in crate::openfire::component) fn heard(&self) -> Instant {
        self.heard
    }

    /// Bytes that the last element took on the wire.
    pub(in crate::openfire::component) fn item_size(&self) -> usize {
        self.item_size
    }

    /// The connection, unless bytes were read behind the last item: before TLS those would be an intruder's.
    pub(in crate::openfire::component) fn into_inner(self) -> Option<R> {
        self.buffer.is_empty().then_some(self.io)
    }

    fn parse(&mut self) -> Result<Option<StreamItem>, Loss> {
        loop {
            let mut rest: &[u8] = &self.buffer;
            let before = rest.len();
            let is_first = !self.opened && self.size == 0;
            if is_first && rest.first().is_some_and(|first| !begins_xml(*first)) {
                return Err(Loss::NotWellFormed);
            }
            let event = self.parser.parse(&mut rest, false);
            let used = before - rest.len();
            self.buffer.advance(used);
            self.size += used;
            if self.size > MAX_BYTES {
                return Err(Loss::TooLarge { limit: MAX_BYTES });
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
        self.parts += 1 + attributes.len();
        let is_wanted = match name.as_str() {
            // One of ours that cannot be delivered.
            "message" => attributes.get(Namespace::none(), "type").is_some_and(|kind| kind == "error"),
            name => name != "presence",
        };
        let unwanted = depth == 0 && *namespace == ns::COMPONENT && !is_wanted;
        if unwanted || self.skipped > 0 || depth >= MAX_DEPTH || self.parts > MAX_PARTS {
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
            // White space between stanzas is a keepalive (RFC 6120 section 4.6.1).
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
        self.parts = 0;
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
mod tests;
