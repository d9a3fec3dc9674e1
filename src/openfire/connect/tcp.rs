//! A TCP connection to the server, tuned for short exchanges.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::ReadLimit;

/// A TCP connection to the server.
///
/// Our own small writes go out at once (`TCP_NODELAY`). The server's do so too: Openfire 4.2 leaves Nagle's algorithm
/// on, so the second of two small segments waits until the first is acknowledged, and Linux puts that off by 40 ms.
/// Each read therefore asks for an acknowledgement at once (`TCP_QUICKACK`, which the kernel resets automatically).
///
/// Reading fails with [`io::ErrorKind::InvalidData`] when the peer sends more than its [`ReadLimit`] allows.
#[derive(Debug)]
pub struct Tcp {
    stream: TcpStream,
    read_limit: ReadLimit,
}

impl Tcp {
    pub(super) fn new(stream: TcpStream) -> Self {
        // Without the option the stream is slower, not wrong.
        let _ = stream.set_nodelay(true);
        let tcp = Self { stream, read_limit: ReadLimit::new() };
        tcp.acknowledge_at_once();
        tcp
    }

    /// What the peer sent, and how much it may send.
    #[must_use]
    pub fn read_limit(&self) -> &ReadLimit {
        &self.read_limit
    }

    #[cfg(target_os = "linux")]
    fn acknowledge_at_once(&self) {
        let _ = socket2::SockRef::from(&self.stream).set_tcp_quickack(true);
    }

    #[cfg(not(target_os = "linux"))]
    fn acknowledge_at_once(&self) {}
}

impl AsyncRead for Tcp {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = ready!(Pin::new(&mut self.stream).poll_read(cx, buffer));
        let read = buffer.filled().get(before..).unwrap_or_default();
        if outcome.is_err() || (read.is_empty() && buffer.remaining() > 0) {
            self.read_limit.end();
            return Poll::Ready(outcome);
        }
        self.acknowledge_at_once();
        if self.read_limit.count(read) {
            Poll::Ready(Ok(()))
        } else {
            Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "the peer sent more than it may")))
        }
    }
}

impl AsyncWrite for Tcp {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
