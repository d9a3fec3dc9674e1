//! The driver: one for each test program, which starts and ends the browsers. Commands are W3C `WebDriver`.

use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpStream;
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Value, json};

use crate::process::{AtEnd, Process, loopback};

/// What it says when it is ready, before the port and a full stop.
const READY: &str = "ChromeDriver was started successfully on port ";

/// Longer than any limit of the driver's own.
const ANSWER_LIMIT: Duration = Duration::from_mins(2);

static DRIVER: OnceLock<Result<(Process, u16), String>> = OnceLock::new();

/// A browser, by the driver's name for it. It ends when this is dropped.
pub(super) struct Session {
    port: u16,
    path: String,
}

impl Session {
    /// Starts a browser, and the driver when it does not run yet.
    pub(super) async fn start(capabilities: Value) -> Self {
        let port = tokio::task::spawn_blocking(port).await.expect("starting a server does not panic");
        let port = port.unwrap_or_else(|why| {
            panic!("{why}; are the Debian packages `chromium` and `chromium-driver` installed?");
        });
        let asked = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let answer = command(port, "POST", "/session".to_owned(), Some(asked)).await;
        let id = answer["sessionId"].as_str().expect("every session has an id");
        Self { port, path: format!("/session/{id}") }
    }

    /// Gives a command; gives its answer. A command that fails ends the test.
    pub(super) async fn post(&self, name: &str, parameters: Value) -> Value {
        command(self.port, "POST", format!("{}/{name}", self.path), Some(parameters)).await
    }

    /// The same for a command that may fail, such as a script in a page that is being left.
    pub(super) async fn try_post(&self, name: &str, parameters: Value) -> Result<Value, String> {
        try_command(self.port, "POST", format!("{}/{name}", self.path), Some(parameters)).await
    }

    pub(super) async fn get(&self, name: &str) -> Value {
        command(self.port, "GET", format!("{}/{name}", self.path), None).await
    }

    /// What came into a log since the last call.
    pub(super) async fn log(&self, kind: &str) -> Vec<Value> {
        self.post("se/log", json!({ "type": kind })).await.as_array().expect("a list").clone()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // In the worst case the browser ends with the driver.
        let _ = exchange(self.port, "DELETE", &self.path, None);
    }
}

fn port() -> Result<u16, &'static str> {
    DRIVER.get_or_init(launch).as_ref().map(|(_, port)| *port).map_err(String::as_str)
}

fn launch() -> Result<(Process, u16), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?.keep();
    // So that the profiles of the browsers lie in a folder that is removed in the end.
    let temporary = format!("TMPDIR={}", folder.display());
    let process = Process::start(&folder, AtEnd::Remove, &["env", &temporary, "chromedriver", "--port=0"])?;
    let line = process.line(READY)?;
    let port =
        line.trim_start_matches(READY).trim_end_matches('.').parse().map_err(|error| format!("{line}: {error}"))?;
    Ok((process, port))
}

async fn command(port: u16, method: &'static str, path: String, body: Option<Value>) -> Value {
    let shown = format!("{method} {path} {:.200}", body.as_ref().map(ToString::to_string).unwrap_or_default());
    try_command(port, method, path, body).await.unwrap_or_else(|why| panic!("Chromium: {shown}: {why}"))
}

async fn try_command(port: u16, method: &'static str, path: String, body: Option<Value>) -> Result<Value, String> {
    let answer = tokio::task::spawn_blocking(move || exchange(port, method, &path, body.as_ref()));
    answer.await.expect("it does not panic")
}

/// One command on its own connection. It blocks, since a session that is dropped cannot wait otherwise.
fn exchange(port: u16, method: &str, path: &str, body: Option<&Value>) -> Result<Value, String> {
    let body = body.map(ToString::to_string).unwrap_or_default();
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {length}\r\n\r\n");
    let answer = TcpStream::connect(loopback(port)).and_then(|mut socket| {
        socket.set_read_timeout(Some(ANSWER_LIMIT))?;
        socket.write_all((head + &body).as_bytes())?;
        answer(&mut BufReader::new(socket))
    });
    let answer = answer.map_err(|error| error.to_string())?;
    let mut answer: Value = serde_json::from_slice(&answer).map_err(|error| error.to_string())?;
    let value = answer["value"].take();
    match value.get("error") {
        Some(error) => Err(format!("{error}: {}", value["message"])),
        None => Ok(value),
    }
}

/// The body of an answer. Its length says where it ends: the driver leaves the connection open.
fn answer(socket: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        socket.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().map_err(std::io::Error::other)?;
            }
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    socket.read_exact(&mut body)?;
    Ok(body)
}
