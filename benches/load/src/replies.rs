//! Provisioning replies, asked for as Jitsi clients do.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use crate::USERS;
use crate::measure::{Pass, measure};
use crate::service::{Service, Template};

/// Whole replies, over kept connections.
pub(crate) async fn replies(service: &Service, in_flight: usize, length: Duration) -> anyhow::Result<Pass> {
    let template = service.template();
    let mut workers = Vec::new();
    for _ in 0..in_flight {
        let connection = Arc::new(Mutex::new(connect(service).await?));
        workers.push(move |turn: usize| {
            let connection = Arc::clone(&connection);
            async move { reply(&mut *connection.lock().await, turn % USERS, template).await }
        });
    }
    measure(workers, length).await
}

async fn connect(service: &Service) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let socket = TcpStream::connect(service.address()).await.context("the service is not there")?;
    socket.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(socket)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

/// Asks for one user and looks whether account, display name and contacts are in the reply.
async fn reply(connection: &mut SendRequest<Full<Bytes>>, user: usize, template: Template) -> anyhow::Result<()> {
    let form = format!("username=user{user}&password=pw{user}&os=linux&uuid=0");
    let request = Request::builder()
        .method(Method::POST)
        .uri("/provision")
        .header(HOST, "localhost")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::from(form))?;
    connection.ready().await?;
    let response = connection.send_request(request).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    let text = std::str::from_utf8(&body)?;
    ensure!(status.is_success(), "{status}: {}", text.trim());
    ensure!(text.contains("ACCOUNT_UID="), "a reply without an account");
    // Every tenth user has no vCard, and so no full name.
    let named = user % 10 == 9 || text.contains(&format!("full-name=User Number {user}"));
    ensure!(named, "a reply without the name of the vCard");
    let contacts = template == Template::WithoutRoster || text.contains("site.contact.1=User Number ");
    ensure!(contacts, "a reply without contacts");
    Ok(())
}
