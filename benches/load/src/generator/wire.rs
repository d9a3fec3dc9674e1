//! Text on a stream, and what secures it.

use std::path::Path;
use std::sync::Arc;

use anyhow::ensure;
use test_servers::openfire::DOMAIN;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::quick_ack::QuickAck;

/// More than this is not an answer of a server, in bytes: a vCard of 100 KiB and a roster of 2,000 contacts fit.
const ANSWER_LIMIT: usize = 4 * 1024 * 1024;
/// Asks for TLS (RFC 6120 section 5).
pub(super) const STARTTLS: &str = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

/// Secures streams to the server, with a full handshake each: Openfire never resumes a session.
#[derive(Clone)]
pub(super) struct Tls {
    connector: TlsConnector,
    server: ServerName<'static>,
}

impl Tls {
    /// For a server whose certificate an authority of `ca_file` has signed.
    pub(super) fn new(ca_file: &Path) -> anyhow::Result<Self> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(ca_file)? {
            roots.add(certificate?)?;
        }
        let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        config.resumption = Resumption::disabled();
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), server: ServerName::try_from(DOMAIN)? })
    }

    /// Header and `<starttls/>` in one write, then the handshake.
    pub(super) async fn start(&self, mut clear: QuickAck, header: &str) -> anyhow::Result<TlsStream<QuickAck>> {
        send(&mut clear, &format!("{header}{STARTTLS}")).await?;
        let answer = receive(&mut clear, &["<proceed", "<failure"]).await?;
        ensure!(answer.contains("<proceed"), "the server refused STARTTLS: {answer}");
        Ok(self.connector.connect(self.server.clone(), clear).await?)
    }
}

/// Writes a text.
pub(super) async fn send(stream: &mut (impl AsyncWrite + Unpin), text: &str) -> anyhow::Result<()> {
    stream.write_all(text.as_bytes()).await?;
    Ok(stream.flush().await?)
}

/// Reads until one of `ends` has come and its tag is closed. What the server sends behind it, it sends only when asked.
pub(super) async fn receive(stream: &mut (impl AsyncRead + Unpin), ends: &[&str]) -> anyhow::Result<String> {
    let mut answer = Vec::with_capacity(2048);
    loop {
        let read = stream.read_buf(&mut answer).await?;
        if answer.ends_with(b">") {
            let text = String::from_utf8_lossy(&answer);
            if ends.iter().any(|end| text.contains(end)) {
                return Ok(text.into_owned());
            }
        }
        ensure!(read > 0, "the server closed the connection after: {}", String::from_utf8_lossy(&answer));
        ensure!(answer.len() < ANSWER_LIMIT, "the server does not come to an end");
    }
}
