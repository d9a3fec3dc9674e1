//! Provisioning replies, asked for as Jitsi clients do.

use std::net::SocketAddr;
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

use crate::measure::{Pass, measure, paced};
use crate::service::{Service, Template};
use crate::users::Users;

type Connection = SendRequest<Full<Bytes>>;

/// Whole replies, over kept connections.
pub(crate) async fn replies(service: &Service, in_flight: usize, length: Duration) -> anyhow::Result<Pass> {
    let (template, users) = (service.template(), service.users());
    let mut workers = Vec::new();
    for _ in 0..in_flight {
        let connection = Arc::new(Mutex::new(connect(service.address()).await?));
        workers.push(move |turn: usize| {
            let connection = Arc::clone(&connection);
            async move { reply(&mut *connection.lock().await, users, users.number(turn), template).await }
        });
    }
    measure(workers, length).await
}

/// Whole replies, `pace` in a second, each over a connection of its own as at the start of a client.
pub(crate) async fn paced_replies(service: &Service, pace: f64, length: Duration) -> anyhow::Result<Pass> {
    let (template, users, address) = (service.template(), service.users(), service.address());
    let ask = move |turn: usize| async move {
        reply(&mut connect(address).await?, users, users.number(turn), template).await
    };
    paced(pace, length, ask).await
}

async fn connect(address: SocketAddr) -> anyhow::Result<Connection> {
    let socket = TcpStream::connect(address).await.context("the service is not there")?;
    socket.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(socket)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

/// Asks for one user and looks whether account, display name and contacts are in the reply.
async fn reply(connection: &mut Connection, users: Users, user: usize, template: Template) -> anyhow::Result<()> {
    let (name, password) = (Users::name(user), users.password(user));
    let form = format!("username={name}&password={password}&os=linux&uuid=0");
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
