//! Clients that are served while a host floods: each request on a connection of its own, as at the start of a client.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::USERS;
use crate::measure::{Pass, measure};
use crate::service::Service;

/// Clients of one service, from an address that does not flood.
pub(crate) struct Clients {
    address: SocketAddr,
    tls: Option<TlsConnector>,
}

impl Clients {
    pub(crate) fn of(service: &Service) -> anyhow::Result<Self> {
        Ok(Self { address: service.address(), tls: service.connector()? })
    }

    /// So many ask at the same time, for a while.
    pub(crate) async fn ask(&self, in_flight: usize, length: Duration) -> anyhow::Result<Pass> {
        let workers = (0..in_flight).map(|_| {
            let (address, tls) = (self.address, self.tls.clone());
            move |turn: usize| {
                let tls = tls.clone();
                async move {
                    let stream = TcpStream::connect(address).await.context("no connection")?;
                    match tls {
                        None => ask(stream, USERS.number(turn)).await,
                        Some(tls) => {
                            let name = ServerName::try_from("localhost")?;
                            ask(tls.connect(name, stream).await.context("no TLS")?, USERS.number(turn)).await
                        }
                    }
                }
            }
        });
        measure(workers.collect(), length).await
    }
}

async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin, user: usize) -> anyhow::Result<()> {
    let form = format!("username=user{user}&password=pw{user}&os=linux&uuid=0");
    let request = format!(
        "POST /provision HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    stream.write_all(request.as_bytes()).await.context("the request was not taken")?;
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer).await;
    let text = Arc::<str>::from(String::from_utf8_lossy(&answer));
    // All of it has come, even if the connection is not closed as TLS wants it.
    let is_whole = text.starts_with("HTTP/1.1 200") && text.contains("ACCOUNT_UID=");
    if !is_whole {
        read.context("the answer broke off")?;
    }
    ensure!(is_whole, "not a whole answer: {}", text.chars().take(200).collect::<String>());
    Ok(())
}
