//! A Jitsi client at its start: a connection, TLS, one form, one reply.

use std::net::SocketAddr;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::handshake;
use hyper::header::{CONNECTION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::ServerName;

use super::service::Service;
use super::streams::connector;

/// Clients of one service.
#[derive(Clone)]
pub struct Clients {
    address: SocketAddr,
    tls: TlsConnector,
    users: usize,
}

impl Clients {
    /// Clients of so many users: `user0` with password `pw0` and so on.
    pub fn new(service: &Service, users: usize) -> anyhow::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(service.certificate.clone())?;
        Ok(Self { address: service.address, tls: connector(roots), users: users.max(1) })
    }

    /// The status of the answer to one client, the whole reply read. The number says which user it is.
    pub async fn ask(&self, number: usize) -> anyhow::Result<StatusCode> {
        let user = number % self.users;
        let socket = TcpStream::connect(self.address).await.context("the service is not there")?;
        socket.set_nodelay(true)?;
        let stream = self.tls.connect(ServerName::try_from("localhost")?, socket).await?;
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let request = Request::builder()
            .method(Method::POST)
            .uri("/provision")
            .header(HOST, "localhost")
            .header(CONNECTION, "close")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::<Bytes>::from(format!("username=user{user}&password=pw{user}&os=linux&uuid=0")))?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        drop(sender);
        connection.await?.ok();
        if status.is_success() {
            let text = std::str::from_utf8(&body)?;
            ensure!(text.contains("ACCOUNT_UID=") && text.contains("site.contact.1="), "a reply without its contents");
        }
        Ok(status)
    }
}
