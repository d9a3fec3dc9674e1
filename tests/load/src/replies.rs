//! Provisioning replies, asked for as Jitsi clients do.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::measure::{Pass, measure};
use super::service::Service;
use super::{TIME_LIMIT, USERS};

/// Whole replies with vCard and roster, over kept connections.
pub async fn replies(service: &Service, in_flight: usize, length: Duration) -> anyhow::Result<Pass> {
    let mut workers = Vec::new();
    for _ in 0..in_flight {
        let connection = Arc::new(Mutex::new(connect(service).await?));
        workers.push(move |turn: usize| {
            let connection = Arc::clone(&connection);
            async move {
                let mut connection = connection.lock().await;
                matches!(timeout(TIME_LIMIT, reply(&mut connection, turn % USERS)).await, Ok(Ok(true)))
            }
        });
    }
    Ok(measure(workers, length).await)
}

async fn connect(service: &Service) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let socket = TcpStream::connect(service.address()).await.context("the service is not there")?;
    socket.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(socket)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

/// Asks for one user and looks whether account, display name and contacts are in the reply.
async fn reply(connection: &mut SendRequest<Full<Bytes>>, user: usize) -> anyhow::Result<bool> {
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
    // Every tenth user has no vCard, and so no full name.
    let named = user % 10 == 9 || text.contains(&format!("full-name=User Number {user}"));
    Ok(status.is_success() && text.contains("ACCOUNT_UID=") && text.contains("site.contact.1=User Number ") && named)
}
