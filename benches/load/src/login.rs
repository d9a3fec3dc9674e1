//! Raw logins: connect, STARTTLS, SCRAM-SHA-1, close.
//!
//! Each takes the fewest round trips that work on Openfire: TCP, header with `<starttls/>`, TLS, header with `<auth/>`,
//! SCRAM's last message. To send ahead of the features is allowed to one who knows the server (XEP-0305).

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use test_servers::openfire::DOMAIN;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::quick_ack::QuickAck;
use crate::scram::Scram;

/// More than this is no answer of a server to a login, in bytes.
const ANSWER_LIMIT: usize = 64 * 1024;

/// Logs in, again and again.
pub(crate) struct RawLogin {
    address: SocketAddr,
    tls: TlsConnector,
    server: ServerName<'static>,
    begun: AtomicU64,
}

impl RawLogin {
    /// For a server that listens at `address`, with a certificate by an authority of `ca_file`.
    pub(crate) fn new(address: SocketAddr, ca_file: &Path) -> anyhow::Result<Self> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(ca_file)? {
            roots.add(certificate?)?;
        }
        let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        // Openfire never resumes a session.
        config.resumption = Resumption::disabled();
        let server = ServerName::try_from(DOMAIN)?;
        Ok(Self { address, tls: TlsConnector::from(Arc::new(config)), server, begun: AtomicU64::new(0) })
    }

    /// One login. `Ok` means that the server took the password and has proved that it knows it.
    pub(crate) async fn log_in(&self, user: &str, password: &str) -> anyhow::Result<()> {
        let mut clear = QuickAck::connect(self.address).await?;
        send(&mut clear, &format!("{}<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", header())).await?;
        let answer = receive(&mut clear, &["<proceed", "<failure"]).await?;
        ensure!(answer.contains("<proceed"), "the server refused STARTTLS: {answer}");

        let mut stream = self.tls.connect(self.server.clone(), clear).await?;
        // A nonce must be new; no one attacks these logins, so it need not be secret.
        let number = self.begun.fetch_add(1, Ordering::Relaxed);
        let scram = Scram::new(user, format!("load{:x}x{number:x}", std::process::id()));
        let first = STANDARD.encode(scram.first());
        let auth = format!("<auth xmlns='{SASL}' mechanism='SCRAM-SHA-1'>{first}</auth>");
        send(&mut stream, &(header() + &auth)).await?;
        let challenge = receive(&mut stream, &["</challenge>", "<failure"]).await?;
        let last = scram.answer(&content(&challenge, "challenge")?, password)?;
        let response = format!("<response xmlns='{SASL}'>{}</response>", STANDARD.encode(&last.message));
        send(&mut stream, &response).await?;
        let success = receive(&mut stream, &["</success>", "<failure"]).await?;
        last.verify(&content(&success, "success")?)?;

        send(&mut stream, "</stream:stream>").await?;
        Ok(stream.shutdown().await?)
    }
}

const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";

fn header() -> String {
    format!(
        "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='{DOMAIN}' version='1.0'>"
    )
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), text: &str) -> anyhow::Result<()> {
    stream.write_all(text.as_bytes()).await?;
    Ok(stream.flush().await?)
}

/// Reads until one of `ends` has come and its tag is closed. What the server sends behind it, it sends only when asked.
async fn receive(stream: &mut (impl AsyncRead + Unpin), ends: &[&str]) -> anyhow::Result<String> {
    let mut answer = Vec::with_capacity(2048);
    loop {
        let read = stream.read_buf(&mut answer).await?;
        let text = String::from_utf8_lossy(&answer);
        if text.ends_with('>') && ends.iter().any(|end| text.contains(end)) {
            return Ok(text.into_owned());
        }
        ensure!(read > 0, "the server closed the connection after: {text}");
        ensure!(answer.len() < ANSWER_LIMIT, "the server does not come to an end");
    }
}

/// What an element holds, taken out of its base64.
fn content(answer: &str, element: &str) -> anyhow::Result<String> {
    let text = answer
        .rsplit_once(&format!("</{element}>"))
        .and_then(|(before, _)| before.rsplit_once('>'))
        .map(|(_, text)| text);
    let Some(text) = text else { bail!("the server refused: {answer}") };
    let bytes = STANDARD.decode(text.trim()).with_context(|| format!("no base64 in {answer}"))?;
    Ok(String::from_utf8(bytes)?)
}
