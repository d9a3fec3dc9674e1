//! An HTTP client that hides nothing: hyper's for what is well-formed, a bare socket for the rest.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{HeaderMap, Request};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than any answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

pub const FORM: &str = "application/x-www-form-urlencoded";

/// An answer; `Display` shows it without its date, for snapshots.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    #[must_use]
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    #[must_use]
    #[track_caller]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.status)?;
        let mut names: Vec<_> = self.headers.keys().filter(|name| *name != "date").collect();
        names.sort_by_key(|name| name.as_str());
        for name in names {
            writeln!(f, "{name}: {}", self.header(name.as_str()).unwrap())?;
        }
        write!(f, "\n{}", String::from_utf8_lossy(&self.body))
    }
}

/// A connection that stays open.
pub struct Connection(SendRequest<Full<Bytes>>);

impl Connection {
    pub async fn open(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.unwrap()).await
    }

    pub async fn over(io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Self {
        let (sender, connection) = handshake(TokioIo::new(io)).await.unwrap();
        tokio::spawn(connection);
        Self(sender)
    }

    pub async fn send(&mut self, request: Request<Full<Bytes>>) -> Answer {
        let exchange = async {
            self.0.ready().await.unwrap();
            let (head, body) = self.0.send_request(request).await.unwrap().into_parts();
            let body = body.collect().await.unwrap().to_bytes().to_vec();
            Answer { status: head.status.as_u16(), headers: head.headers, body }
        };
        timeout(PATIENCE, exchange).await.expect("an answer in time")
    }
}

/// One request on its own connection.
pub async fn send(address: SocketAddr, request: Request<Full<Bytes>>) -> Answer {
    Connection::open(address).await.send(request).await
}

/// A form as a Jitsi client posts it.
#[must_use]
pub fn post(path: &str, form: &str) -> Request<Full<Bytes>> {
    request("POST", path, &[("content-type", FORM)], form)
}

#[must_use]
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Request<Full<Bytes>> {
    let mut builder = Request::builder().method(method).uri(path);
    if headers.iter().all(|(name, _)| *name != "host") {
        builder = builder.header("host", "localhost");
    }
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Full::from(body.to_owned())).unwrap()
}

/// A bare socket.
pub struct Raw(pub(crate) TcpStream);

impl Raw {
    pub async fn open(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }

    pub async fn write(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// All that comes until the other end closes or resets the connection.
    pub async fn read_to_end(&mut self) -> String {
        let mut text = Vec::new();
        let end = timeout(PATIENCE, self.0.read_to_end(&mut text)).await.expect("an end in time");
        if let Err(error) = end {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        }
        String::from_utf8(text).unwrap()
    }

    /// What comes until this text has come.
    pub async fn read_until(&mut self, mark: &str) -> String {
        let mut text = String::new();
        while !text.contains(mark) {
            let mut part = [0; 4096];
            let read = timeout(PATIENCE, self.0.read(&mut part)).await.expect("a text in time").unwrap();
            assert_ne!(read, 0, "closed after {text:?}");
            text.push_str(std::str::from_utf8(&part[..read]).unwrap());
        }
        text
    }
}

/// A request as text, to be sent whole or in parts.
#[must_use]
pub fn raw_post(form: &str) -> String {
    format!(
        "POST /provision HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
}
