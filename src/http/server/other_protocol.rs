//! Plain HTTP on a port that speaks TLS, and TLS on one that speaks plain HTTP.

use std::io;
use std::net::IpAddr;

use http::header::HOST;
use http::{HeaderMap, HeaderValue, StatusCode};
use tokio::net::TcpStream;

use super::head::is_host;
use crate::http::answer::{self, Response};
use crate::http::arrival::Arrival;
use crate::http::request_guard::user_agent;
use crate::http::setup_mistakes::SetupMistakes;
use crate::telemetry::SetupMistake;
use crate::telemetry::fields::given;

/// Where this file logged before it had its present place; administrators filter by it.
const TARGET: &str = "openfire_provisioner::http::other_protocol";

/// What a client speaks, as its first byte shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spoken {
    /// The letter of a method.
    Http,
    /// A TLS record with a handshake (RFC 8446 section 5.1).
    Tls,
    /// Something else.
    Other,
}

/// Waits for the first byte and leaves it where it is; none when the connection ends before.
pub(super) async fn spoken(stream: &TcpStream) -> io::Result<Option<Spoken>> {
    let mut first = [0];
    let count = stream.peek(&mut first).await?;
    Ok(first.get(..count).and_then(<[u8]>::first).map(|byte| match byte {
        b'A'..=b'Z' => Spoken::Http,
        0x16 => Spoken::Tls,
        _ => Spoken::Other,
    }))
}

/// TLS came on a port that speaks plain HTTP. The client could not read any answer, so only the log can
/// say what is wrong.
pub(super) fn tls_on_plain(mistakes: &SetupMistakes, peer: IpAddr) {
    let peer = peer.to_canonical();
    if mistakes.note(peer, SetupMistake::TlsOnPlain, "") {
        tracing::warn!(
            target: TARGET,
            { client.address = %peer },
            "{peer} speaks TLS to a port that serves plain HTTP: set `http.tls`, or point clients and proxy to http:// (plain \
             HTTP is for a reverse proxy on the same machine)"
        );
    }
}

/// Answers plain HTTP on a port that speaks TLS, in the clear: 400 with the address that is right.
pub(super) fn plain_on_tls(mistakes: &SetupMistakes, arrival: Arrival, headers: &HeaderMap) -> Response {
    let peer = arrival.peer.ip().to_canonical();
    if mistakes.note(peer, SetupMistake::PlainOnTls, "") {
        let agent = user_agent(headers);
        tracing::warn!(
            target: TARGET,
            {
                client.address = %peer,
                client.agent = given(&agent),
                http.status = StatusCode::BAD_REQUEST.as_u16(),
            },
            "{peer} speaks plain HTTP to a port that serves TLS, so a user name and a password may have crossed the \
             network in the clear: write https:// in its provisioning URI"
        );
    }
    answer::line(StatusCode::BAD_REQUEST, &right_address(headers.get(HOST)), true)
}

fn right_address(host: Option<&HeaderValue>) -> String {
    let host = host.filter(|host| !host.is_empty() && is_host(host.as_bytes())).and_then(|host| host.to_str().ok());
    let address =
        host.map_or_else(|| "https:// instead of http://".to_owned(), |host| format!("https://{host}/provision"));
    format!("IllegalArgumentException: This port serves TLS only. Write {address} in the client's provisioning URI.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_host_is_repeated() {
        for (host, shown) in [
            ("prov.example.org:8443", "https://prov.example.org:8443/provision"),
            ("[::1]", "https://[::1]/provision"),
            ("", "https:// instead of"),
            ("<b>x</b>", "https:// instead of"),
        ] {
            let sentence = right_address(Some(&HeaderValue::from_static(host)));
            assert!(sentence.contains(shown), "{host}: {sentence}");
        }
    }
}
