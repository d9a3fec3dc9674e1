//! A guard in front of the stream's parser: what nests too deep does not reach it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};
use xmpp_parsers::minidom::rxml::error::EndOrError;
use xmpp_parsers::minidom::rxml::{Parse, RawEvent, RawParser};

use crate::openfire::link::Link;

/// Deepest nesting that is let through, the stream's own element included. A roster needs five.
const MAX_DEPTH: usize = 128;

/// A [`Link`] that fails with [`io::ErrorKind::InvalidData`] when the peer's elements nest deeper than 128.
///
/// `tokio_xmpp` and `minidom` recurse with the depth of an element, while it is read and when it is dropped: some
/// thousands of levels, which fit into 16 KiB, exhaust the stack of a worker and so abort the process. What arrives is
/// therefore parsed here first, without recursion. It is the parser of `tokio_xmpp` below its namespaces, so both see
/// the same elements.
pub(super) struct Shallow {
    link: Link,
    /// Bytes at the front of the link's buffer that may be handed out.
    cleared: usize,
    gauge: Gauge,
}

/// Follows the depth of a text.
struct Gauge {
    parser: RawParser,
    depth: usize,
    /// The text is not well-formed from some byte on. The parser behind stops at the same byte.
    broken: bool,
}

impl Shallow {
    /// Begins in front of a stream header.
    pub(super) fn new(link: Link) -> Self {
        Self { link, cleared: 0, gauge: Gauge::new() }
    }

    /// The link.
    pub(super) fn link(&self) -> &Link {
        &self.link
    }

    /// The link with all that was not consumed.
    pub(super) fn into_link(self) -> Link {
        self.link
    }
}

impl Gauge {
    fn new() -> Self {
        Self { parser: RawParser::new(), depth: 0, broken: false }
    }

    /// Follows `bytes` up to where they go too deep; how many of them that are.
    fn follow(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        while !self.broken && self.depth <= MAX_DEPTH {
            let before = bytes.len() - rest.len();
            match self.parser.parse(&mut rest, false) {
                Ok(Some(RawEvent::ElementHeadOpen(..))) => self.depth += 1,
                Ok(Some(RawEvent::ElementFoot(_))) => self.depth = self.depth.saturating_sub(1),
                Ok(Some(_)) => {}
                Err(EndOrError::NeedMoreData) => break,
                Ok(None) | Err(EndOrError::Error(_)) => self.broken = true,
            }
            if self.depth > MAX_DEPTH {
                return before;
            }
        }
        if self.depth > MAX_DEPTH { 0 } else { bytes.len() }
    }
}

impl AsyncBufRead for Shallow {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let Self { link, cleared, gauge } = self.get_mut();
        let bytes = ready!(Pin::new(link).poll_fill_buf(cx))?;
        *cleared += gauge.follow(bytes.get(*cleared..).unwrap_or_default());
        match bytes.get(..*cleared) {
            // Nothing at all is the end of the connection.
            Some(cleared) if !cleared.is_empty() || bytes.is_empty() => Poll::Ready(Ok(cleared)),
            _ => Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "the peer's elements nest too deep"))),
        }
    }

    fn consume(mut self: Pin<&mut Self>, amount: usize) {
        self.cleared = self.cleared.saturating_sub(amount);
        Pin::new(&mut self.link).consume(amount);
    }
}

impl AsyncRead for Shallow {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let available = ready!(self.as_mut().poll_fill_buf(cx))?;
        let length = available.len().min(buffer.remaining());
        buffer.put_slice(available.get(..length).unwrap_or_default());
        self.consume(length);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Shallow {
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
        let mut gauge = Gauge::new();
        text.as_bytes().chunks(size).all(|piece| gauge.follow(piece) == piece.len())
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
