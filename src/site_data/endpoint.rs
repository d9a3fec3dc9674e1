//! An HTTP endpoint of the site's own that answers with JSON.
//!
//! 1. A connection of its own is opened, with TLS unless the endpoint is on this machine.
//! 2. One GET is sent. Nothing but a 200 counts, and no redirect is followed.
//! 3. The body is read as it comes, up to a limit.

use std::fmt;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::{Either, select};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{ACCEPT, AUTHORIZATION, CONNECTION, HOST, HeaderValue, USER_AGENT};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use secrecy::ExposeSecret as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::ServerName;

use super::wiped::{MAX_DELIVERED_BYTES, Wiped};
use crate::model::causes::with_causes;
use crate::model::config::{Data, EndpointUrl};
use crate::model::files::authorities;
use crate::model::files::name_service;

/// An endpoint and what it wants to see.
pub(super) struct Endpoint {
    url: EndpointUrl,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    authorization: Option<HeaderValue>,
    timeout: Duration,
}

impl Endpoint {
    /// The endpoint at `url`. An error is the setting that is wrong, and what is wrong with it.
    pub(super) fn new(url: &EndpointUrl, settings: &Data) -> Result<Self, (&'static str, String)> {
        let tls = if url.is_plain() { None } else { Some(tls(url, settings)?) };
        let authorization = settings.authorization.as_ref().map(|secret| {
            let mut value = HeaderValue::from_str(secret.expose_secret())
                .map_err(|_| ("authorization", "it holds a character that no header can have".to_owned()))?;
            value.set_sensitive(true);
            Ok(value)
        });
        Ok(Self { url: url.clone(), tls, authorization: authorization.transpose()?, timeout: settings.timeout })
    }

    /// Asks it. An error is the rest of a sentence about it.
    ///
    /// Dropping the future closes the connection.
    pub(super) async fn get(&self) -> Result<Wiped, String> {
        let Ok(result) = timeout(self.timeout, self.ask()).await else {
            let time = humantime::format_duration(self.timeout);
            return Err(format!("did not answer within {time} (`timeout`)"));
        };
        result
    }

    async fn ask(&self) -> Result<Wiped, String> {
        let tcp = self.connect().await.map_err(|error| format!("cannot be reached: {error}"))?;
        match &self.tls {
            None => self.exchange(tcp).await,
            Some((connector, name)) => {
                let tls = connector.connect(name.clone(), tcp).await;
                let tls = tls.map_err(|error| format!("TLS with it failed (`ca_file`): {}", with_causes(&error)))?;
                self.exchange(tls).await
            }
        }
    }

    /// Tries the addresses one after the other. Each gets its share of the time, so that one that is silent is not all.
    async fn connect(&self) -> io::Result<TcpStream> {
        let addresses = name_service::addresses(self.url.host(), self.url.port()).await?;
        let share = self.timeout / u32::try_from(addresses.len() + 1).unwrap_or(u32::MAX);
        let mut failed = io::Error::other("its host name has no address");
        for address in addresses {
            match timeout(share, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => failed = error,
                Err(_) => failed = io::Error::other(format!("{address} does not answer")),
            }
        }
        Err(failed)
    }

    async fn exchange(&self, stream: impl AsyncRead + AsyncWrite + Unpin) -> Result<Wiped, String> {
        let broken = |error: hyper::Error| format!("the answer broke off or is not HTTP: {}", with_causes(&error));
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(broken)?;
        // The connection does its work only while it is awaited, so both go on at the same time.
        let answer = pin!(async {
            let response = self.send(sender).await.map_err(broken)?;
            body(response).await
        });
        match select(answer, pin!(connection)).await {
            Either::Left((answer, _)) => answer,
            Either::Right((_, answer)) => answer.await,
        }
    }

    async fn send(&self, mut sender: SendRequest<Empty<Bytes>>) -> hyper::Result<Response<hyper::body::Incoming>> {
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = self.url.path_and_query();
        let headers = request.headers_mut();
        headers.insert(HOST, self.url.authority());
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        headers
            .insert(USER_AGENT, HeaderValue::from_static(concat!("openfire-provisioner/", env!("CARGO_PKG_VERSION"))));
        if let Some(authorization) = &self.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        sender.send_request(request).await
    }
}

/// The body of an answer that is what it should be.
async fn body(response: Response<hyper::body::Incoming>) -> Result<Wiped, String> {
    let status = response.status();
    if status != StatusCode::OK {
        let advice = match status {
            _ if status.is_redirection() => "; redirects are not followed: set `url` to where the data are",
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "; see `authorization`",
            _ => "",
        };
        return Err(format!("answered {status}{advice}"));
    }
    let mut body = response.into_body();
    let mut output = Wiped::default();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| format!("the answer broke off: {}", with_causes(&error)))?;
        let Ok(data) = frame.into_data() else { continue };
        if output.len() + data.len() > MAX_DELIVERED_BYTES {
            return Err(format!("answers with more than {} MiB", MAX_DELIVERED_BYTES >> 20));
        }
        output.push(&data);
    }
    Ok(output)
}

fn tls(url: &EndpointUrl, settings: &Data) -> Result<(TlsConnector, ServerName<'static>), (&'static str, String)> {
    let roots = match &settings.ca_file {
        Some(path) => authorities::of_file(path),
        None => authorities::of_system(),
    };
    let roots = roots.map_err(|error| ("ca_file", with_causes(&error)))?;
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| ("url", format!("TLS cannot be set up: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(url.host().to_owned())
        .map_err(|_| ("url", format!("`{}` cannot be a name in a certificate", url.host())))?;
    Ok((TlsConnector::from(Arc::new(config)), name))
}

/// Leaves out what is secret or long.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({})", self.url)
    }
}
