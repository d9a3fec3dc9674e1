//! One attempt at a link: connect, secure, open, prove the secret.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::io::{ReadHalf, WriteHalf};
use tokio::time::timeout;
use tokio_rustls::rustls;

use super::error::{ComponentError, StartError};
use super::loss::Loss;
use super::open::{self, ComponentNames};
use super::stream::Stream;
use super::supervisor::Accepted;
use crate::model::config::{self, TlsMode};
use crate::openfire::connect::{Dialer, Target};
use crate::openfire::link::{Link, SecureError};
use crate::openfire::tls::{TlsError, Trust};

/// Time from the connection to the accepted handshake.
const OPENING: Duration = Duration::from_secs(5);
/// Ports of Openfire.
const PORT: u16 = 5275;
const PORT_DIRECT_TLS: u16 = 5276;

/// Where the component connects to, and how.
pub(super) struct Connector {
    dialer: Dialer,
    host: String,
    port: u16,
    security: Security,
    names: ComponentNames,
    secret: SecretString,
}

enum Security {
    None,
    Starttls(Trust),
    Direct(Trust),
}

impl Connector {
    /// Takes the settings apart and loads the certificates that are trusted, if there is to be TLS.
    pub(super) fn new(
        settings: &config::Component,
        openfire: &config::Openfire,
        names: ComponentNames,
    ) -> Result<Self, StartError> {
        if settings.secret.expose_secret().is_empty() {
            return Err(StartError::NoSecret);
        }
        let security = match settings.tls {
            TlsMode::None => Security::None,
            TlsMode::Starttls => Security::Starttls(Trust::load(openfire)?),
            TlsMode::Direct => Security::Direct(Trust::load(openfire)?),
        };
        let default_port = if settings.tls == TlsMode::Direct { PORT_DIRECT_TLS } else { PORT };
        let host = settings.host.as_deref().or(openfire.host.as_deref()).unwrap_or(openfire.domain.as_str());
        Ok(Self {
            dialer: Dialer::new(openfire.connect_timeout),
            host: host.to_owned(),
            port: settings.port.unwrap_or(default_port),
            security,
            names,
            secret: settings.secret.clone(),
        })
    }

    /// Makes one attempt. Dropping the future closes the connection.
    pub(super) async fn connect(&self) -> Result<Accepted<ReadHalf<Link>, WriteHalf<Link>>, ComponentError> {
        let target = Target::Host { host: self.host.clone(), port: self.port };
        let tcp = self.dialer.dial(&target).await.map_err(|cause| ComponentError::Unreachable {
            host: self.host.clone(),
            port: self.port,
            cause,
        })?;
        let read_limit = tcp.read_limit().clone();
        let direct = matches!(self.security, Security::Direct(_));
        let opened = timeout(OPENING, self.open(Link::clear(tcp))).await;
        let stream = opened.map_err(|_| ComponentError::TooSlow(OPENING))?.map_err(|error| match error {
            ComponentError::NoStream(loss) => ComponentError::NoStream(loss.given(read_limit.spoken(), direct)),
            error => error,
        })?;
        // From here on the reader has a limit of its own, per stanza.
        read_limit.allow(u64::MAX);
        Ok(Accepted { stream, peer: self.describe() })
    }

    async fn open(&self, link: Link) -> Result<Stream<ReadHalf<Link>, WriteHalf<Link>>, ComponentError> {
        let (mut stream, id) = match &self.security {
            Security::None => open::open(link, &self.names).await?,
            Security::Direct(trust) => open::open(secure(link, trust).await?, &self.names).await?,
            Security::Starttls(trust) => {
                let (stream, _) = open::open(link, &self.names).await?;
                let link = open::starttls(stream, &self.names).await?;
                open::open(secure(link, trust).await?, &self.names).await?
            }
        };
        open::handshake(&mut stream, &id, &self.secret, &self.names).await?;
        Ok(stream)
    }

    fn describe(&self) -> String {
        let tls = match self.security {
            Security::None => "without TLS",
            Security::Starttls(_) => "with STARTTLS",
            Security::Direct(_) => "with TLS",
        };
        format!("{}:{} {tls}", self.host, self.port)
    }
}

async fn secure(link: Link, trust: &Trust) -> Result<Link, ComponentError> {
    link.secure(trust).await.map_err(|error| match error {
        // Cut off, or answered in the clear: most likely a port that does not expect TLS.
        SecureError::Tls(TlsError::Lost(error)) => ComponentError::NoStream(error.into()),
        SecureError::Tls(TlsError::Handshake(rustls::Error::InvalidMessage(_))) => {
            ComponentError::NoStream(Loss::NotTls)
        }
        SecureError::Tls(error) => ComponentError::Tls(error),
        SecureError::Injected | SecureError::Already => Loss::NotWellFormed.into(),
    })
}
