//! A buffered byte stream to the server, in the clear or inside TLS.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::connect::{ReadLimit, Tcp};
use super::tls::{Secured, TlsError, Trust};

/// A buffered byte stream to the server, in the clear or inside TLS.
///
/// What is written goes out at a flush and not before, in one piece, so that a stream header is one segment.
#[derive(Debug)]
pub struct Link {
    io: Io,
    read: BytesMut,
    write: BytesMut,
    /// Sent together with whatever is flushed next.
    trailer: BytesMut,
    keepalive: Option<WhitespaceKeepalive>,
    /// The end of the connection, seen and not yet reported.
    end: Option<io::Result<()>>,
}

/// Why a link could not be secured.
#[derive(Debug, thiserror::Error)]
pub enum SecureError {
    /// The peer sent something after its `<proceed/>` in the clear: what TLS protects must not be mixed with it
    /// (RFC 6120 section 5.4.3.3).
    #[error("the server sent unencrypted text after it agreed to TLS")]
    Injected,
    /// The link is inside TLS already.
    #[error("the stream is inside TLS already")]
    Already,
    /// The handshake failed.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

#[derive(Debug)]
enum Io {
    Clear(Tcp),
    Secured(Secured),
}

/// White space that is sent while the peer stays silent (RFC 6120 section 4.6.1).
#[derive(Debug)]
struct WhitespaceKeepalive {
    pause: Duration,
    timer: Option<Pin<Box<Sleep>>>,
}

/// Room for one read. Most answers have less than half of it; more would be memory for each of the logins that run.
const READ_BYTES: usize = 4 * 1024;
/// Written bytes that are held back for the flush; more go out before it.
const WRITE_BYTES: usize = 64 * 1024;

impl Link {
    fn new(io: Io) -> Self {
        Self { io, read: BytesMut::new(), write: BytesMut::new(), trailer: BytesMut::new(), keepalive: None, end: None }
    }

    /// A link in the clear.
    #[must_use]
    pub fn clear(tcp: Tcp) -> Self {
        Self::new(Io::Clear(tcp))
    }

    /// A link inside TLS.
    #[must_use]
    pub fn secured(secured: Secured) -> Self {
        Self::new(Io::Secured(secured))
    }

    /// Starts TLS on a link in the clear. Dropping the future closes the connection.
    ///
    /// # Errors
    ///
    /// [`SecureError::Injected`] when the peer has already sent more than what was read.
    pub async fn secure(self, trust: &Trust) -> Result<Self, SecureError> {
        match self.io {
            Io::Secured(_) => Err(SecureError::Already),
            Io::Clear(_) if !self.read.is_empty() => Err(SecureError::Injected),
            Io::Clear(tcp) => Ok(Self::secured(trust.secure(tcp).await?)),
        }
    }

    /// The TLS connection, when there is one.
    #[must_use]
    pub fn tls(&self) -> Option<&Secured> {
        match &self.io {
            Io::Clear(_) => None,
            Io::Secured(secured) => Some(secured),
        }
    }

    /// What the peer sent, and how much it may send.
    #[must_use]
    pub fn read_limit(&self) -> &ReadLimit {
        match &self.io {
            Io::Clear(tcp) => tcp.read_limit(),
            Io::Secured(secured) => secured.read_limit(),
        }
    }

    /// Sends `bytes` behind whatever is flushed next, in the same piece.
    pub fn append_to_next_flush(&mut self, bytes: &[u8]) {
        self.trailer.extend_from_slice(bytes);
    }

    /// Sends white space, the keepalive of RFC 6120 section 4.6.1, until something arrives: the first `pause` after the next
    /// flush, each further one after twice the time.
    ///
    /// Openfire 4.2 under TLS 1.3 answers a stream header that arrived together with the client's Finished only when
    /// something more arrives.
    pub fn keep_alive(&mut self, pause: Duration) {
        self.keepalive = Some(WhitespaceKeepalive { pause, timer: None });
    }

    /// Waits until the peer has sent something inside TLS, or until `limit`: under TLS 1.3 its session tickets show
    /// that it has read our Finished. What arrives is kept for the next read.
    ///
    /// Returns whether something arrived.
    pub async fn peer_finished(&mut self, limit: Duration) -> bool {
        let Some(secured) = self.tls() else { return true };
        if !secured.is_tls13() {
            return true;
        }
        let before = secured.read_limit().received();
        let deadline = sleep_until(Instant::now() + limit);
        tokio::pin!(deadline);
        std::future::poll_fn(|cx| {
            let outcome = Pin::new(&mut *self).poll_fill_buf(cx).map(|_| ());
            if outcome.is_ready() || self.read_limit().received() > before {
                return Poll::Ready(true);
            }
            deadline.as_mut().poll(cx).map(|()| false)
        })
        .await
    }

    fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.write.is_empty() {
            let written = ready!(Pin::new(&mut self.io).poll_write(cx, &self.write))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.write.advance(written);
        }
        Poll::Ready(Ok(()))
    }

    /// Sends the next space when it is due. Pending until something arrives.
    fn poll_keepalive(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(WhitespaceKeepalive { pause, timer: Some(timer) }) = &mut self.keepalive {
            ready!(timer.as_mut().poll(cx));
            *pause *= 2;
            timer.as_mut().reset(Instant::now() + *pause);
            tracing::debug!("the server is silent after the stream header; sending a keep-alive");
            self.write.extend_from_slice(b" ");
            ready!(Pin::new(&mut *self).poll_flush(cx))?;
        }
        Poll::Pending
    }
}

/// [`AsyncRead::poll_read`] of a reader with a buffer of its own.
pub(super) fn read_buffered(
    mut reader: Pin<&mut impl AsyncBufRead>,
    cx: &mut Context<'_>,
    buffer: &mut ReadBuf<'_>,
) -> Poll<io::Result<()>> {
    let available = ready!(reader.as_mut().poll_fill_buf(cx))?;
    let length = available.len().min(buffer.remaining());
    buffer.put_slice(available.get(..length).unwrap_or_default());
    reader.consume(length);
    Poll::Ready(Ok(()))
}

impl AsyncRead for Link {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        read_buffered(self, cx, buffer)
    }
}

impl AsyncBufRead for Link {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        if let Some(end) = this.end.take() {
            end?;
        } else if this.read.is_empty() {
            let mut room = [0; READ_BYTES];
            let mut buffer = ReadBuf::new(&mut room);
            let Poll::Ready(outcome) = Pin::new(&mut this.io).poll_read(cx, &mut buffer) else {
                ready!(this.poll_keepalive(cx))?;
                return Poll::Pending;
            };
            this.keepalive = None;
            if outcome.is_err() || buffer.filled().is_empty() {
                // The parser gives the end of `<a/>` out only when there is nothing to read. It must not see the end of
                // the connection first, or the peer's last element would be lost.
                this.end = Some(outcome);
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            this.read.extend_from_slice(buffer.filled());
        }
        Poll::Ready(Ok(&this.read))
    }

    fn consume(mut self: Pin<&mut Self>, amount: usize) {
        let amount = amount.min(self.read.len());
        self.read.advance(amount);
    }
}

impl AsyncWrite for Link {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.write.len() >= WRITE_BYTES {
            ready!(self.poll_drain(cx))?;
        }
        self.write.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        this.write.unsplit(this.trailer.split());
        ready!(this.poll_drain(cx))?;
        ready!(Pin::new(&mut this.io).poll_flush(cx))?;
        if let Some(keepalive) = &mut this.keepalive
            && keepalive.timer.is_none()
        {
            keepalive.timer = Some(Box::pin(sleep_until(Instant::now() + keepalive.pause)));
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_flush(cx))?;
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

impl AsyncRead for Io {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clear(tcp) => Pin::new(tcp).poll_read(cx, buffer),
            Self::Secured(secured) => Pin::new(secured).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Io {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Clear(tcp) => Pin::new(tcp).poll_write(cx, bytes),
            Self::Secured(secured) => Pin::new(secured).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clear(tcp) => Pin::new(tcp).poll_flush(cx),
            Self::Secured(secured) => Pin::new(secured).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clear(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Self::Secured(secured) => Pin::new(secured).poll_shutdown(cx),
        }
    }
}
