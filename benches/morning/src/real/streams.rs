//! Client streams that are opened and closed again: what a pool of idle streams does ahead of logins.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use test_servers::openfire::DOMAIN;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// More than this is not an answer of a server to a header, in bytes.
const ANSWER_LIMIT: usize = 64 * 1024;

/// Opens streams to one server.
#[derive(Clone)]
pub struct Streams {
    address: SocketAddr,
    tls: TlsConnector,
    server: ServerName<'static>,
}

impl Streams {
    /// For a server that listens at `address`, with a certificate by an authority of `ca_file`.
    pub fn new(address: SocketAddr, ca_file: &Path) -> anyhow::Result<Self> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(ca_file)? {
            roots.add(certificate?)?;
        }
        Ok(Self { address, tls: connector(roots), server: ServerName::try_from(DOMAIN)? })
    }

    /// Opens one, reads its features after STARTTLS (RFC 6120 section 5), and closes it.
    pub async fn open(&self) -> anyhow::Result<()> {
        let mut clear = TcpStream::connect(self.address).await?;
        clear.set_nodelay(true)?;
        let start = format!("{}<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", header());
        clear.write_all(start.as_bytes()).await?;
        receive(&mut clear, "<proceed").await?;
        let mut stream = self.tls.connect(self.server.clone(), clear).await?;
        stream.write_all(header().as_bytes()).await?;
        receive(&mut stream, "</stream:features>").await?;
        stream.write_all(b"</stream:stream>").await?;
        Ok(stream.shutdown().await?)
    }
}

/// TLS without resumption, which neither Openfire has nor a client that has just started.
pub(super) fn connector(roots: RootCertStore) -> TlsConnector {
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.resumption = Resumption::disabled();
    TlsConnector::from(Arc::new(config))
}

fn header() -> String {
    format!(
        "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='{DOMAIN}' version='1.0'>"
    )
}

/// Reads until `end` has come and its tag is closed.
async fn receive(stream: &mut (impl AsyncRead + Unpin), end: &str) -> anyhow::Result<()> {
    let mut answer = Vec::with_capacity(2048);
    loop {
        let read = stream.read_buf(&mut answer).await.context("the server closed the connection")?;
        let text = String::from_utf8_lossy(&answer);
        if text.ends_with('>') && text.contains(end) {
            return Ok(());
        }
        ensure!(read > 0, "the server closed the stream after: {text}");
        ensure!(answer.len() < ANSWER_LIMIT, "the server does not come to an end");
    }
}
