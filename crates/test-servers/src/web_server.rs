//! A web server with the pages of a test: another site beside ours, or pages to try a browser on.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The longest head of a request that is read.
const LONGEST_HEAD: usize = 64 * 1024;

/// What is answered.
#[derive(Debug, Clone)]
pub struct Answer {
    status: &'static str,
    headers: String,
    body: String,
}

impl Answer {
    /// A page of HTML.
    #[must_use]
    pub fn page(html: &str) -> Self {
        Self::file("text/html; charset=utf-8", html)
    }

    /// A file of this type.
    #[must_use]
    pub fn file(content_type: &str, text: &str) -> Self {
        let answer = Self { status: "200 OK", headers: String::new(), body: text.to_owned() };
        answer.header("Content-Type", content_type)
    }

    /// A redirect to this address (RFC 9110 section 15.4.3).
    #[must_use]
    pub fn redirect(to: &str) -> Self {
        Self { status: "302 Found", headers: String::new(), body: String::new() }.header("Location", to)
    }

    /// With this header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        write!(self.headers, "{name}: {value}\r\n").expect("a text takes everything");
        self
    }
}

/// A web server on the loopback address, under every name; it ends when it is dropped.
#[derive(Debug)]
pub struct WebServer {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl WebServer {
    /// Starts a server of these pages by their paths; all others are 404.
    pub async fn start(pages: HashMap<String, Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let pages = Arc::new(pages);
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, Arc::clone(&pages)));
            }
        });
        Self { address, task }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a page under this name of the server.
    #[must_use]
    pub fn url(&self, name: &str, path: &str) -> String {
        format!("http://{name}:{}{path}", self.address.port())
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One request on each connection. A browser that goes away is no error.
async fn serve(mut socket: TcpStream, pages: Arc<HashMap<String, Answer>>) -> Option<()> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() > LONGEST_HEAD || socket.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let head = String::from_utf8_lossy(&head);
    let target = head.split(' ').nth(1)?;
    let path = target.split('?').next()?;
    let unknown = Answer { status: "404 Not Found", headers: String::new(), body: String::new() };
    let Answer { status, headers, body } = pages.get(path).unwrap_or(&unknown);
    let answer =
        format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    socket.write_all(answer.as_bytes()).await.ok()
}
