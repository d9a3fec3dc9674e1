//! A browser as far as the bench needs one: one connection at a time, cookies, and the token of a form.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use anyhow::{Context as _, ensure};

/// Speaks to the service.
pub(crate) struct Client {
    socket: BufReader<TcpStream>,
    host: String,
    cookies: BTreeMap<String, String>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Client {
    pub(crate) fn connect(host: &str) -> anyhow::Result<Self> {
        Ok(Self { socket: open(host)?, host: host.to_owned(), cookies: BTreeMap::new() })
    }

    pub(crate) fn get(&mut self, path: &str) -> anyhow::Result<Answer> {
        self.exchange(&format!("GET {path} HTTP/1.1\r\n"), "")
    }

    pub(crate) fn post(&mut self, path: &str, form: &str) -> anyhow::Result<Answer> {
        let kind = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
        self.exchange(&format!("POST {path} HTTP/1.1\r\n{kind}"), form)
    }

    /// Signs in; the cookie goes along from then on.
    pub(crate) fn sign_in(&mut self, name: &str, password: &str) -> anyhow::Result<()> {
        let page = self.get("/admin/sign-in")?.body;
        let token =
            page.split("action=\"/admin/sign-in\"").nth(1).and_then(|form| form.split("name=\"csrf\" value=\"").nth(1));
        let token = token.and_then(|rest| rest.split('"').next()).context("a form with a token")?;
        let form = format!("csrf={token}&to=%2Fadmin%2F&username={name}&password={password}");
        let answer = self.post("/admin/sign-in", &form)?;
        ensure!(answer.status == 303, "signing in: {} {}", answer.status, answer.body);
        Ok(())
    }

    fn exchange(&mut self, head: &str, body: &str) -> anyhow::Result<Answer> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let (host, cookies, length) = (&self.host, cookies.join("; "), body.len());
        let request = format!("{head}Host: {host}\r\nCookie: {cookies}\r\nContent-Length: {length}\r\n\r\n{body}");
        self.socket.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        self.socket.read_line(&mut line)?;
        let status = line.split(' ').nth(1).context("a status")?.parse()?;
        let (mut length, mut closes) = (0, false);
        loop {
            line.clear();
            self.socket.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse()?,
                "set-cookie" => self.keep(value),
                "connection" => closes = value == "close",
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.socket.read_exact(&mut body)?;
        if closes {
            self.socket = open(&self.host)?;
        }
        Ok(Answer { status, body: String::from_utf8(body)? })
    }

    fn keep(&mut self, cookie: &str) {
        let pair = cookie.split(';').next().and_then(|pair| pair.split_once('='));
        if let Some((name, value)) = pair {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

fn open(host: &str) -> anyhow::Result<BufReader<TcpStream>> {
    let socket = TcpStream::connect(host)?;
    socket.set_nodelay(true)?;
    Ok(BufReader::new(socket))
}
