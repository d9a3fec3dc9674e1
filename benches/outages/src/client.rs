//! One request, as a Jitsi client makes it: a connection of its own, and not longer than the client waits.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio::time::timeout;

use crate::site::Account;

/// A Jitsi client gives up after 10 s.
const PATIENCE: Duration = Duration::from_secs(9);
/// More than any reply has, in bytes.
const MOST_BYTES: u64 = 1024 * 1024;

/// What a client heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// 200 with the account of the user who asked, complete.
    Reply,
    /// 401: the client deletes the password that it saved.
    Refused,
    /// 429.
    Throttled,
    /// 503.
    Undecided,
    /// Any other status, or a 200 that is not a whole reply for this user (then 200).
    Other(u16),
    /// Nothing in time, or the connection ended before.
    Nothing,
}

/// Asks for `account`. `from` is the address of the client.
pub async fn ask(service: SocketAddr, from: IpAddr, account: &Account) -> Answer {
    match timeout(PATIENCE, exchange(service, from, account)).await {
        Ok(Ok(text)) => answer(&text, &account.name),
        Ok(Err(_)) | Err(_) => Answer::Nothing,
    }
}

async fn exchange(service: SocketAddr, from: IpAddr, account: &Account) -> anyhow::Result<String> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from, 0))?;
    let mut stream = socket.connect(service).await?;
    let form = format!("username={}&password={}&os=linux&uuid=0", account.name, account.password);
    let request = format!(
        "POST /provision HTTP/1.1\r\nHost: {service}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len(),
    );
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.take(MOST_BYTES).read_to_end(&mut bytes).await?;
    let text = String::from_utf8(bytes)?;
    let (head, body) = text.split_once("\r\n\r\n").context("the answer has no whole head")?;
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(str::to_owned));
    let length: usize = length.context("the answer has no length")?.trim().parse()?;
    ensure!(body.len() == length, "the answer is cut short");
    Ok(text)
}

fn answer(text: &str, user: &str) -> Answer {
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    match status {
        200 if text.contains(&format!(".USER_ID={user}@")) => Answer::Reply,
        401 => Answer::Refused,
        429 => Answer::Throttled,
        503 => Answer::Undecided,
        other => Answer::Other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_for_another_user_is_no_reply() {
        let reply = "HTTP/1.1 200 OK\r\n\r\nnet.java.accTest.USER_ID=u01@example.test\n";
        assert_eq!(answer(reply, "u01"), Answer::Reply);
        assert_eq!(answer(reply, "u02"), Answer::Other(200));
        assert_eq!(answer(reply, "u0"), Answer::Other(200));
        assert_eq!(answer("HTTP/1.1 401 Unauthorized\r\n\r\n", "u01"), Answer::Refused);
    }
}
