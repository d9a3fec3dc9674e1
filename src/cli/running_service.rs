//! Whether the service of a configuration runs on this machine, and what it says of its component.
//!
//! 1. The address that the configuration listens on is connected to; a wildcard stands for loopback.
//! 2. With `http.tls` the other side must hold the key of the configured certificate; no other is trusted.
//! 3. `/readyz` is asked, and must name the component of the configuration: another service may have the address.
//!
//! Without TLS any local program could answer so. All that it could reach is a note in place of an error.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use anyhow::Context as _;
use futures::future::{Either, select};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONNECTION, HOST, HeaderValue};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use ring::digest::{SHA256, digest};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use crate::http::{self, COMPONENT_HEADER, COMPONENT_LINE};
use crate::model::causes::with_causes;
use crate::model::config::{self, Config, Fingerprint};
use crate::openfire::connect::{ConnectError, Dialer, Target};
use crate::openfire::link::Link;
use crate::openfire::tls::Trust;

/// Time for connection, TLS and answer. `/readyz` itself takes up to 2 s.
const LIMIT: Duration = Duration::from_secs(4);

/// Most bytes of an answer.
const MAX_ANSWER: usize = 16 * 1024;

/// What is at the address that the service would listen on.
#[derive(Debug)]
pub(super) enum Running {
    /// The service of this configuration.
    Ours {
        /// Whether its component is connected; else why not.
        component: Result<(), String>,
    },
    /// Something else: the rest of a sentence about it.
    Foreign(String),
    /// It accepts no connection; why.
    Closed(String),
    /// Cannot be known, since the certificate by which the service would be recognised cannot be read; why.
    Unknown(String),
}

/// The service of a configuration, found running.
pub(super) struct Healthy {
    /// A sentence about it, without its subject.
    pub(super) line: String,
    /// Whether its component is connected; else why not. That Openfire is away is no fault of the service.
    pub(super) component: Result<(), String>,
}

/// What `/readyz` answered.
struct ReadyzAnswer {
    /// The component that the service names.
    component: Option<HeaderValue>,
    body: String,
}

/// Asks what runs at `config.http.listen`.
pub(super) async fn ask(config: &Config) -> Running {
    let pin = match config.http.tls.as_ref().map(http::server::tls::certificate).transpose() {
        Ok(certificate) => certificate.as_deref().map(fingerprint),
        Err(error) => return Running::Unknown(with_causes(&error)),
    };
    let address = address(config.http.listen);
    let target = Target::Host { host: address.ip().to_string(), port: address.port() };
    let link = match Dialer::new(LIMIT).dial(&target).await {
        Ok(stream) => Link::clear(stream),
        // Its own text is about Openfire.
        Err(ConnectError::Failed { source, .. }) => return Running::Closed(source.to_string()),
        Err(error) => return Running::Closed(with_causes(&error)),
    };
    let answer = match timeout(LIMIT, answer(link, pin, config)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Running::Foreign(format!("does not answer as this service would: {error:#}")),
        Err(_) => return Running::Foreign(format!("gives no answer within {} s", LIMIT.as_secs())),
    };
    judge(&answer, config)
}

/// Whether the service of the configuration runs and answers.
///
/// # Errors
///
/// What is wrong, as a sentence without its subject, which is the service.
pub(super) async fn health(config: &Config) -> Result<Healthy, String> {
    let address = config.http.listen;
    if address.port() == 0 {
        return Err(
            "cannot be found: `http.listen` has port 0, which means a different port at every start; set a fixed one"
                .to_owned(),
        );
    }
    match ask(config).await {
        Running::Ours { component } => Ok(Healthy { line: format!("runs and answers on {address}"), component }),
        Running::Foreign(what) => Err(format!("is not what listens on {address}: the program there {what}")),
        Running::Closed(why) => Err(format!("does not accept connections on {address} ({why}); start it")),
        Running::Unknown(why) => Err(format!("cannot be recognised: {why}")),
    }
}

fn judge(answer: &ReadyzAnswer, config: &Config) -> Running {
    let ours = &config.component.name;
    let Some(line) = answer.body.lines().find_map(|line| line.strip_prefix(COMPONENT_LINE)) else {
        return Running::Foreign("is not openfire-provisioner".to_owned());
    };
    match &answer.component {
        Some(name) if !name.as_bytes().eq_ignore_ascii_case(ours.as_bytes()) => {
            let name = String::from_utf8_lossy(name.as_bytes()).replace(char::is_control, " ");
            Running::Foreign(format!("is an openfire-provisioner with another component, {name}"))
        }
        // It has shown by its key whose service it is.
        None if config.http.tls.is_none() => Running::Foreign("does not say that it is this service".to_owned()),
        _ => {
            let line = line.replace(char::is_control, " ");
            Running::Ours { component: if line == "ok" { Ok(()) } else { Err(line) } }
        }
    }
}

fn fingerprint(certificate: &[u8]) -> Fingerprint {
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(digest(&SHA256, certificate).as_ref());
    Fingerprint::from(sha256)
}

/// What the other end of `link` answers; with a pin, only inside TLS with the key of this certificate.
async fn answer(link: Link, pin: Option<Fingerprint>, config: &Config) -> anyhow::Result<ReadyzAnswer> {
    let Some(pin) = pin else { return exchange(link).await };
    // Nothing but the pin is trusted, whatever is trusted of Openfire.
    let trusted = config::Openfire { certificate_sha256: vec![pin], certificate_name: None, ..config.openfire.clone() };
    let link = link.secure(&Trust::load(&trusted)?).await.context("no TLS with the key of `http.tls`")?;
    exchange(link).await
}

/// The address to connect to.
fn address(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

async fn exchange(stream: impl AsyncRead + AsyncWrite + Unpin) -> anyhow::Result<ReadyzAnswer> {
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    // The connection does its work only while it is awaited, so both go on at the same time.
    let answer = pin!(async { read(send(sender).await?).await });
    match select(answer, pin!(connection)).await {
        Either::Left((answer, _)) => answer,
        Either::Right((_, answer)) => answer.await,
    }
}

async fn send(mut sender: SendRequest<Empty<Bytes>>) -> hyper::Result<Response<Incoming>> {
    let mut request = Request::new(Empty::new());
    *request.uri_mut() = hyper::Uri::from_static("/readyz");
    let headers = request.headers_mut();
    // Every request for this name gets the causes.
    headers.insert(HOST, HeaderValue::from_static("localhost"));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    sender.send_request(request).await
}

async fn read(response: Response<Incoming>) -> anyhow::Result<ReadyzAnswer> {
    let component = response.headers().get(COMPONENT_HEADER).cloned();
    let body = Limited::new(response.into_body(), MAX_ANSWER).collect().await;
    let body = body.map_err(|error| anyhow::anyhow!("{error}"))?.to_bytes();
    Ok(ReadyzAnswer { component, body: String::from_utf8_lossy(&body).into_owned() })
}
