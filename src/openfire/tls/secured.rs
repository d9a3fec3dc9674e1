//! A connection inside TLS.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::SystemTime;

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::{Error, ProtocolVersion};

use super::{TlsError, end_point, verifier};
use crate::model::certificate;
use crate::model::config::Fingerprint;
use crate::openfire::connect::{ReadLimit, Tcp};

/// A connection inside TLS, with a trusted server at its other end.
#[derive(Debug)]
pub struct Secured {
    stream: Box<TlsStream<Tcp>>,
    certificate: Arc<[u8]>,
}

impl Secured {
    pub(super) fn new(stream: TlsStream<Tcp>) -> Result<Self, TlsError> {
        let leaf = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let certificate = leaf.ok_or(TlsError::Handshake(Error::NoCertificatesPresented))?.as_ref().into();
        Ok(Self { stream: Box::new(stream), certificate })
    }

    /// The server's own certificate in DER.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// SHA-1 of the server's certificate, 20 bytes: what a Jitsi client pins.
    #[must_use]
    pub fn sha1(&self) -> [u8; 20] {
        let mut bytes = [0; 20];
        for (byte, hashed) in bytes.iter_mut().zip(digest(&SHA1_FOR_LEGACY_USE_ONLY, &self.certificate).as_ref()) {
            *byte = *hashed;
        }
        bytes
    }

    /// SHA-256 of the server's certificate.
    #[must_use]
    pub fn sha256(&self) -> Fingerprint {
        verifier::fingerprint(&self.certificate)
    }

    /// The end of the certificate's validity; none when the certificate cannot be read.
    #[must_use]
    pub fn not_after(&self) -> Option<SystemTime> {
        certificate::not_after(&self.certificate)
    }

    /// Whether the connection speaks TLS 1.3; otherwise it is 1.2.
    #[must_use]
    pub fn is_tls13(&self) -> bool {
        self.stream.get_ref().1.protocol_version() == Some(ProtocolVersion::TLSv1_3)
    }

    /// Channel binding data of type `tls-exporter` (RFC 9266); only under TLS 1.3.
    #[must_use]
    pub fn exporter(&self) -> Option<[u8; 32]> {
        if !self.is_tls13() {
            return None;
        }
        let (_, connection) = self.stream.get_ref();
        connection.export_keying_material([0; 32], b"EXPORTER-Channel-Binding", Some(b"")).ok()
    }

    /// Channel binding data of type `tls-server-end-point` (RFC 5929 section 4).
    #[must_use]
    pub fn end_point(&self) -> Option<Vec<u8>> {
        end_point::hash(&self.certificate)
    }

    /// The count of what the peer sent.
    #[must_use]
    pub fn read_limit(&self) -> &ReadLimit {
        self.stream.get_ref().0.read_limit()
    }
}

impl AsyncRead for Secured {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Secured {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
