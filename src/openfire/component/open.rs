//! The opening of a component stream (XEP-0114 section 3).
//!
//! 1. [`open`]: our header with our name, the server's header with an id. A server that refuses us leaves the id
//!    out, with a stream error (Openfire 4.2, Prosody) or without (Openfire 5).
//! 2. [`starttls`], where it is wanted: sent unasked, since no server announces it here; then TLS and step 1 again.
//! 3. [`handshake`]: the digest of id and secret, and an empty `<handshake/>` in return.
//!
//! None of these has a time limit of its own; the caller sets one around all of them.

use std::time::Duration;

use ring::digest;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncWrite, ReadHalf, WriteHalf, split};
use tokio::time::{sleep, timeout};
use xmpp_parsers::jid::DomainPart;
use xmpp_parsers::minidom::Element;
use xmpp_parsers::ns;

use super::error::ComponentError;
use super::loss::Loss;
use super::stream::{Header, Stream, StreamItem, StreamReader, StreamWriter, stanza};
use crate::model::bytes::hex;
use crate::openfire::server_text::ServerText;

/// Pause after which a space follows a header that is not answered: Openfire 4.2 on a Java with TLS 1.3 overlooks a
/// header that comes together with the end of the TLS handshake, until another byte comes.
const KEEPALIVE: Duration = Duration::from_millis(50);
/// Time for the reason behind a header that has no id; most servers send none and close.
const REASON: Duration = Duration::from_secs(1);
/// Time without a byte moving after which a connection that takes no more counts as dead.
const WRITE_PATIENCE: Duration = Duration::from_secs(10);
const STARTTLS: &[u8] = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

/// Our name and the server's domain.
#[derive(Debug, Clone)]
pub(super) struct ComponentNames {
    /// `component.name`.
    pub(super) name: DomainPart,
    /// `openfire.domain`.
    pub(super) domain: DomainPart,
}

/// Step 1. Gives the stream and its id.
pub(super) async fn open<Io>(
    io: Io,
    names: &ComponentNames,
) -> Result<(Stream<ReadHalf<Io>, WriteHalf<Io>>, String), ComponentError>
where
    Io: AsyncRead + AsyncWrite,
{
    let (read, write) = split(io);
    let mut stream = Stream { reader: StreamReader::new(read), writer: StreamWriter::new(write, WRITE_PATIENCE) };
    // A domain part has no character that XML could not carry.
    let header = stanza::header(&names.name).map_err(|_| ComponentError::NoStream(Loss::NotWellFormed))?;
    stream.writer.push(&header);
    stream.writer.drain().await.map_err(ComponentError::NoStream)?;
    let header = await_header(&mut stream).await?;
    check_domain(header.from.as_deref(), names)?;
    match header.id {
        Some(id) => Ok((stream, id)),
        None => Err(refusal_without_id(&mut stream, names).await),
    }
}

/// Step 2. Gives the connection, ready for the first byte of TLS.
pub(super) async fn starttls<Io>(
    mut stream: Stream<ReadHalf<Io>, WriteHalf<Io>>,
    names: &ComponentNames,
) -> Result<Io, ComponentError>
where
    Io: AsyncRead + AsyncWrite + Unpin,
{
    stream.writer.push(STARTTLS);
    stream.writer.drain().await?;
    loop {
        match stream.reader.next().await {
            Ok(StreamItem::Element(element)) if element.is("proceed", ns::TLS) => break,
            Ok(StreamItem::Element(element)) if element.is("features", ns::STREAM) => {}
            // It may be an answer to the header: a port for clients opens a stream and then refuses the namespace.
            Ok(StreamItem::Element(element)) if element.is("error", ns::STREAM) => {
                return Err(stream_error(&element, names));
            }
            Ok(_) | Err(Loss::Closed | Loss::Io(_)) => return Err(ComponentError::NoTls),
            Err(loss) => return Err(loss.into()),
        }
    }
    let read = stream.reader.into_inner().ok_or(Loss::NotWellFormed)?;
    Ok(read.unsplit(stream.writer.into_inner()))
}

/// Step 3. After it stanzas may be sent.
pub(super) async fn handshake<R, W>(
    stream: &mut Stream<R, W>,
    id: &str,
    secret: &SecretString,
    names: &ComponentNames,
) -> Result<(), ComponentError>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    stream.writer.push(format!("<handshake>{}</handshake>", proof(id, secret)).as_bytes());
    stream.writer.drain().await?;
    loop {
        match stream.reader.next().await? {
            StreamItem::Element(element) if element.is("handshake", ns::DEFAULT_NS) => return Ok(()),
            StreamItem::Element(element) if element.is("error", ns::STREAM) => {
                return Err(stream_error(&element, names));
            }
            StreamItem::Element(element) if logs_clients_in(&element) => {
                return Err(ComponentError::NoStream(Loss::NoComponentPort { text: None }));
            }
            // Features, which Openfire sends after STARTTLS.
            StreamItem::Element(_) => {}
            StreamItem::Header(_) | StreamItem::Footer => return Err(Loss::Closed.into()),
        }
    }
}

/// What a stream error says about us; with the stream up as well as before.
pub(super) fn stream_error(error: &Element, names: &ComponentNames) -> ComponentError {
    let name = names.name.clone();
    let text = ServerText::in_error(error, ns::XMPP_STREAMS);
    match (condition(error), text) {
        ("not-authorized" | "policy-violation", Some(text)) if asks_for_tls(&text) => {
            ComponentError::TlsRequired { name, text }
        }
        ("not-authorized", text) => ComponentError::WrongSecret { name, text },
        ("conflict", text) => ComponentError::NameTaken { name, text },
        ("host-unknown", text) => ComponentError::NameNotAllowed { name, text },
        ("invalid-namespace", text) => ComponentError::NoStream(Loss::NoComponentPort { text }),
        (condition, text) => Loss::StreamError { condition, text }.into(),
    }
}

/// Whether a server means that TLS is missing. Openfire 5 says so only in these words: "TLS is mandatory,
/// but was not established."
fn asks_for_tls(text: &ServerText) -> bool {
    let text = text.as_str().to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    says(&["tls", "encrypt"]) && says(&["mandatory", "required", "must"])
}

/// Whether these are the features of a port for clients (RFC 6120 section 6.3.3): components have no SASL here.
fn logs_clients_in(element: &Element) -> bool {
    element.is("features", ns::STREAM) && element.has_child("mechanisms", ns::SASL)
}

/// Fails when the server gives us another name: Openfire puts its domain behind one that does not end in it.
pub(super) fn check_domain(claimed: Option<&str>, names: &ComponentNames) -> Result<(), ComponentError> {
    let Some(claimed) = claimed.and_then(|claimed| DomainPart::new(claimed).ok()) else { return Ok(()) };
    if claimed.as_str() == names.name.as_str() || claimed.as_str() == names.domain.as_str() {
        return Ok(());
    }
    Err(ComponentError::WrongDomain {
        name: names.name.clone(),
        domain: names.domain.clone(),
        bound: claimed.into_owned(),
    })
}

async fn await_header<R, W>(stream: &mut Stream<R, W>) -> Result<Header, ComponentError>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    loop {
        tokio::select! {
            biased;
            item = stream.reader.next() => return match item {
                Ok(StreamItem::Header(header)) => Ok(header),
                Ok(_) => Err(ComponentError::NoStream(Loss::NotWellFormed)),
                Err(loss) => Err(ComponentError::NoStream(loss)),
            },
            () = sleep(KEEPALIVE) => {
                stream.writer.push(b" ");
                stream.writer.drain().await.map_err(ComponentError::NoStream)?;
            }
        }
    }
}

/// The reason, if one follows.
async fn refusal_without_id<R: AsyncRead + Unpin, W>(
    stream: &mut Stream<R, W>,
    names: &ComponentNames,
) -> ComponentError {
    let not_admitted = |text| ComponentError::NotAdmitted { name: names.name.clone(), text };
    match timeout(REASON, stream.reader.next()).await {
        Ok(Ok(StreamItem::Element(element))) if element.is("error", ns::STREAM) => {
            match stream_error(&element, names) {
                // Openfire means by it that there is no secret for the name.
                ComponentError::Lost(Loss::StreamError { condition: "internal-server-error", text }) => {
                    not_admitted(text)
                }
                refusal => refusal,
            }
        }
        _ => not_admitted(None),
    }
}

/// XEP-0114 section 3, step 3: SHA-1 of id and secret, in lower-case hexadecimal digits.
fn proof(id: &str, secret: &SecretString) -> String {
    let mut sha1 = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
    sha1.update(id.as_bytes());
    sha1.update(secret.expose_secret().as_bytes());
    hex(sha1.finish().as_ref())
}

/// RFC 6120 section 4.9.3.
fn condition(error: &Element) -> &'static str {
    const CONDITIONS: [&str; 24] = [
        "bad-format",
        "bad-namespace-prefix",
        "conflict",
        "connection-timeout",
        "host-gone",
        "host-unknown",
        "improper-addressing",
        "internal-server-error",
        "invalid-from",
        "invalid-namespace",
        "invalid-xml",
        "not-authorized",
        "not-well-formed",
        "policy-violation",
        "remote-connection-failed",
        "reset",
        "resource-constraint",
        "restricted-xml",
        "see-other-host",
        "system-shutdown",
        "unsupported-encoding",
        "unsupported-feature",
        "unsupported-stanza-type",
        "unsupported-version",
    ];
    error
        .children()
        .filter(|child| child.has_ns(ns::XMPP_STREAMS))
        .find_map(|child| CONDITIONS.into_iter().find(|condition| *condition == child.name()))
        .unwrap_or("undefined-condition")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with `sha1sum` over `2c59gvolofs3cret`.
    #[test]
    fn the_proof_is_the_sha1_of_id_and_secret() {
        assert_eq!(proof("2c59gvolof", &"s3cret".to_owned().into()), "148dd9843a18d5643ffa10a59f9462f00871ff3a");
    }

    /// RFC 6120 section 4.9.3.
    #[test]
    fn a_condition_that_is_not_in_the_rfc_is_undefined() {
        let error = |name: &str| -> Element {
            let streams = ns::XMPP_STREAMS;
            format!("<e xmlns='x'><text xmlns='{streams}'>t</text><{name} xmlns='{streams}'/></e>").parse().unwrap()
        };
        assert_eq!(condition(&error("system-shutdown")), "system-shutdown");
        assert_eq!(condition(&error("made-up")), "undefined-condition");
    }
}
