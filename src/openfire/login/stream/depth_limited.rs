//! A guard in front of the stream's parser: what nests too deep, has too many parts or is no XML does not reach it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};
use xmpp_parsers::minidom::rxml::error::EndOrError;
use xmpp_parsers::minidom::rxml::{Parse, RawEvent, RawParser};
use xmpp_parsers::ns;

use crate::openfire::link::{Link, read_buffered};
use crate::openfire::stanza_limits::{MAX_DEPTH, MAX_PARTS, begins_xml};

/// A [`Link`] that fails with [`io::ErrorKind::InvalidData`] when the peer's elements nest deeper than 128, when a stanza has
/// more than 300,000 elements and attributes, or when what comes first cannot become XML.
///
/// `tokio_xmpp` and `minidom` would exhaust the stack on the first, and the memory on the second; the third they would wait
/// for. What arrives is therefore parsed here first, without recursion. It is the parser of `tokio_xmpp` below its
/// namespaces, so both see the same elements.
pub(super) struct DepthLimited {
    link: Link,
    /// Bytes at the front of the link's buffer that may be handed out.
    cleared: usize,
    limit: DepthLimit,
}

/// What a guard has seen. It can still be asked when the stream is gone.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen(Arc<Sights>);

#[derive(Debug, Default)]
struct Sights {
    /// The outermost element is a stream's.
    stream: AtomicBool,
    header: AtomicBool,
    for_clients: AtomicBool,
    too_many: AtomicBool,
}

impl Seen {
    /// Whether the header of a stream came and does not name the namespace of clients (RFC 6120 section 4.8.2).
    pub(super) fn is_for_others(&self) -> bool {
        let saw = |sight: &AtomicBool| sight.load(Ordering::Relaxed);
        saw(&self.0.stream) && saw(&self.0.header) && !saw(&self.0.for_clients)
    }

    /// Whether a stanza had too many parts.
    pub(super) fn too_many(&self) -> bool {
        self.0.too_many.load(Ordering::Relaxed)
    }
}

/// Follows the depth of a text and the number of its parts.
struct DepthLimit {
    parser: RawParser,
    depth: usize,
    /// Elements and attributes of the stanza that is being read.
    parts: usize,
    /// Nothing has come yet.
    fresh: bool,
    passage: Passage,
    seen: Seen,
}

/// Whether further bytes are let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passage {
    /// They are followed, and let through.
    Guarded,
    /// The text is not well-formed from some byte on. The parser behind stops at the same byte.
    Unguarded,
    /// They are not.
    Closed,
}

impl DepthLimited {
    /// Begins in front of a stream header.
    pub(super) fn new(link: Link) -> Self {
        Self { link, cleared: 0, limit: DepthLimit::new() }
    }

    /// What it sees from now on.
    pub(super) fn seen(&self) -> Seen {
        self.limit.seen.clone()
    }

    pub(super) fn link(&self) -> &Link {
        &self.link
    }

    /// The link with all that was not consumed.
    pub(super) fn into_link(self) -> Link {
        self.link
    }
}

impl DepthLimit {
    fn new() -> Self {
        Self {
            parser: RawParser::new(),
            depth: 0,
            parts: 0,
            fresh: true,
            passage: Passage::Guarded,
            seen: Seen::default(),
        }
    }

    /// Follows `bytes` up to where they may not go on; how many of them that are.
    fn follow(&mut self, bytes: &[u8]) -> usize {
        if let (true, Some(first)) = (self.fresh, bytes.first()) {
            self.fresh = false;
            if !begins_xml(*first) {
                self.passage = Passage::Closed;
            }
        }
        let mut rest = bytes;
        while self.passage == Passage::Guarded {
            let before = bytes.len() - rest.len();
            match self.parser.parse(&mut rest, false) {
                Ok(Some(event)) => self.take(&event),
                Err(EndOrError::NeedMoreData) => break,
                Ok(None) | Err(EndOrError::Error(_)) => self.passage = Passage::Unguarded,
            }
            if self.passage == Passage::Closed {
                return before;
            }
        }
        if self.passage == Passage::Closed { 0 } else { bytes.len() }
    }

    fn take(&mut self, event: &RawEvent) {
        match event {
            RawEvent::ElementHeadOpen(_, (_, name)) => {
                if self.depth == 0 && name.as_str() == "stream" {
                    self.seen.0.stream.store(true, Ordering::Relaxed);
                }
                self.depth += 1;
                self.parts += 1;
            }
            RawEvent::Attribute(_, (prefix, name), value) => {
                self.parts += 1;
                let declares = prefix.as_ref().unwrap_or(name).as_str() == "xmlns";
                if self.depth == 1 && declares && value == ns::JABBER_CLIENT {
                    self.seen.0.for_clients.store(true, Ordering::Relaxed);
                }
            }
            RawEvent::ElementHeadClose(_) if self.depth == 1 => {
                self.parts = 0;
                self.seen.0.header.store(true, Ordering::Relaxed);
            }
            RawEvent::ElementFoot(_) => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 1 {
                    self.parts = 0;
                }
            }
            _ => {}
        }
        let too_many = self.parts > MAX_PARTS;
        if too_many {
            self.seen.0.too_many.store(true, Ordering::Relaxed);
        }
        if too_many || self.depth > MAX_DEPTH {
            self.passage = Passage::Closed;
        }
    }
}

impl AsyncBufRead for DepthLimited {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let Self { link, cleared, limit } = self.get_mut();
        let bytes = ready!(Pin::new(link).poll_fill_buf(cx))?;
        *cleared += limit.follow(bytes.get(*cleared..).unwrap_or_default());
        match bytes.get(..*cleared) {
            // Nothing at all is the end of the connection.
            Some(cleared) if !cleared.is_empty() || bytes.is_empty() => Poll::Ready(Ok(cleared)),
            _ => Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "what the peer sent is not let through"))),
        }
    }

    fn consume(mut self: Pin<&mut Self>, amount: usize) {
        self.cleared = self.cleared.saturating_sub(amount);
        Pin::new(&mut self.link).consume(amount);
    }
}

impl AsyncRead for DepthLimited {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        read_buffered(self, cx, buffer)
    }
}

impl AsyncWrite for DepthLimited {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.link).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.link).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.link).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a text gets through in pieces of `size` bytes.
    fn passes(text: &str, size: usize) -> bool {
        let mut limit = DepthLimit::new();
        text.as_bytes().chunks(size).all(|piece| limit.follow(piece) == piece.len())
    }

    #[test]
    fn nesting_is_let_through_up_to_the_limit_however_the_text_is_cut() {
        let nested = |levels: usize| format!("<s>{}{}", "<a b='>'>".repeat(levels), "</a>".repeat(levels));
        for size in [1, 2, 3, 7, 8192] {
            assert!(passes(&nested(MAX_DEPTH - 1), size), "{size}");
            assert!(!passes(&nested(MAX_DEPTH), size), "{size}");
        }
    }

    #[test]
    fn a_stanza_of_too_many_parts_is_stopped_and_the_next_one_has_the_limit_to_itself() {
        let stanza = |parts: usize| format!("<iq>{}</iq>", "<a b=''/>".repeat(parts / 2));
        let header = "<s a='' b=''>";
        assert!(passes(&(header.to_owned() + &stanza(MAX_PARTS - 2) + &stanza(MAX_PARTS - 2)), 8192));
        let mut limit = DepthLimit::new();
        let text = header.to_owned() + &stanza(MAX_PARTS + 2);
        assert!(limit.follow(text.as_bytes()) < text.len());
        assert_eq!(limit.follow(b"<a/>"), 0);
        assert!(limit.seen.too_many());
        let attributes = (0..=MAX_PARTS).fold(String::new(), |text, number| text + &format!(" a{number}=''"));
        assert!(!passes(&format!("<s{attributes}>"), 8192));
    }

    #[test]
    fn what_cannot_become_xml_is_stopped_at_its_first_byte() {
        for text in ["\u{15}\u{3}\u{3}", "HTTP/1.1", "220 mail"] {
            assert_eq!(DepthLimit::new().follow(text.as_bytes()), 0, "{text}");
        }
        for text in [" <a>", "<?xml version='1.0'?>", "\u{feff}<a>"] {
            assert!(passes(text, 1), "{text}");
        }
    }

    #[test]
    fn the_header_says_for_whom_the_port_is() {
        let is_for_others = |header: &str| {
            let mut limit = DepthLimit::new();
            limit.follow(header.as_bytes());
            limit.seen.is_for_others()
        };
        assert!(!is_for_others("<?xml version='1.0'?><stream:stream"));
        assert!(!is_for_others("<stream:stream xmlns='jabber:client' xmlns:stream='x'>"));
        assert!(!is_for_others("<stream:stream xmlns:stream='x' xmlns:c=\"jabber:client\">"));
        assert!(is_for_others(
            "<stream:stream xmlns='jabber:component:accept' xmlns:stream='x'><a xmlns='jabber:client'/>"
        ));
        assert!(!is_for_others("<a>") && !is_for_others("<html><body>"));
        assert!(!is_for_others("<html><stream:stream xmlns='jabber:server'>"));
        assert!(is_for_others("<stream:stream xmlns='jabber:server' note='jabber:client' xmlns:stream='x'>"));
    }

    #[test]
    fn what_only_looks_like_nesting_is_not_counted() {
        for text in ["<a/>", "<a b='&lt;a>'/>", "<a></a >", "<![CDATA[<a><a>]]>", "&lt;a&gt;", "<a b=\"'>'\"></a>"] {
            assert!(passes(&format!("<s>{}", text.repeat(1000)), 8192), "{text}");
        }
    }

    #[test]
    fn attributes_that_look_like_ends_hide_no_nesting() {
        for text in ["<a b='/>'>", "<a b=\"&lt;/a>\">", "<a><![CDATA[</a>]]>", "<a\n>&lt;/a>"] {
            assert!(!passes(&format!("<s>{}", text.repeat(MAX_DEPTH)), 8192), "{text}");
        }
    }
}
