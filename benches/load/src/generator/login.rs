//! Raw logins: connect, STARTTLS, SCRAM-SHA-1, close.
//!
//! Each takes the fewest round trips that work on Openfire: TCP, header with `<starttls/>`, TLS, header with `<auth/>`,
//! SCRAM's last message. To send ahead of the features is allowed to one who knows the server (XEP-0305).

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use test_servers::openfire::DOMAIN;
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::client::TlsStream;

use super::quick_ack::QuickAck;
use super::scram::{Final, Scram};
use super::wire::{Tls, receive, send};

/// A client's stream.
pub(super) type Stream = TlsStream<QuickAck>;

/// Logs in, again and again.
pub(crate) struct RawLogin {
    address: SocketAddr,
    tls: Tls,
    begun: AtomicU64,
}

/// A login that waits for the server's proof.
pub(super) struct Proof {
    last: Final,
    /// The client's last message.
    pub(super) response: String,
}

impl RawLogin {
    /// For a server that listens at `address`, with a certificate by an authority of `ca_file`.
    pub(crate) fn new(address: SocketAddr, ca_file: &Path) -> anyhow::Result<Self> {
        Ok(Self { address, tls: Tls::new(ca_file)?, begun: AtomicU64::new(0) })
    }

    /// One login. `Ok` means that the server took the password and has proved that it knows it.
    pub(crate) async fn log_in(&self, user: &str, password: &str) -> anyhow::Result<()> {
        let (mut stream, proof) = self.challenge(user, password).await?;
        send(&mut stream, &proof.response).await?;
        proof.verify(&receive(&mut stream, &["</success>", "<failure"]).await?)?;
        close(stream).await
    }

    /// A login up to the client's last message, which is not sent yet.
    pub(super) async fn challenge(&self, user: &str, password: &str) -> anyhow::Result<(Stream, Proof)> {
        let mut stream = self.tls.start(QuickAck::connect(self.address).await?, &header()).await?;
        // A nonce must be new; no one attacks these logins, so it need not be secret.
        let number = self.begun.fetch_add(1, Ordering::Relaxed);
        let scram = Scram::new(user, format!("load{:x}x{number:x}", std::process::id()));
        let first = STANDARD.encode(scram.first());
        let auth = format!("<auth xmlns='{SASL}' mechanism='SCRAM-SHA-1'>{first}</auth>");
        send(&mut stream, &(header() + &auth)).await?;
        let challenge = receive(&mut stream, &["</challenge>", "<failure"]).await?;
        let last = scram.answer(&content(&challenge, "challenge")?, password)?;
        let response = format!("<response xmlns='{SASL}'>{}</response>", STANDARD.encode(&last.message));
        Ok((stream, Proof { last, response }))
    }
}

impl Proof {
    /// Checks the server's last message, which is somewhere in `answer`.
    pub(super) fn verify(&self, answer: &str) -> anyhow::Result<()> {
        self.last.verify(&content(answer, "success")?)
    }
}

const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";

/// The header of a client's stream.
pub(super) fn header() -> String {
    format!(
        "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='{DOMAIN}' version='1.0'>"
    )
}

/// Ends a stream.
pub(super) async fn close(mut stream: Stream) -> anyhow::Result<()> {
    send(&mut stream, "</stream:stream>").await?;
    Ok(stream.shutdown().await?)
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
