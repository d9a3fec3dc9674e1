//! The certificate of the HTTP front, and the one that takes its place.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::watch;
use tokio_rustls::rustls::ServerConfig;

use super::contents::Contents;
use crate::http::server::tls::{self, HttpTlsError};
use crate::model::config::HttpTls;

/// Certificate and key in force, and their files.
#[derive(Debug)]
pub(super) struct Certificate {
    settings: HttpTls,
    held: Contents,
    in_force: watch::Sender<Arc<ServerConfig>>,
}

/// What a look at the files brought; none when they hold what they held.
pub(super) type Found = Option<Result<Renewed, HttpTlsError>>;

/// Another certificate and key.
pub(super) struct Renewed {
    tls: Arc<ServerConfig>,
    held: Contents,
}

impl Certificate {
    /// Reads the files.
    pub(super) fn load(settings: &HttpTls) -> Result<Self, HttpTlsError> {
        let Renewed { tls, held } = read(settings)?;
        Ok(Self { settings: settings.clone(), held, in_force: watch::Sender::new(tls) })
    }

    /// What new connections are secured with.
    pub(super) fn in_force(&self) -> watch::Receiver<Arc<ServerConfig>> {
        self.in_force.subscribe()
    }

    /// Its files.
    pub(super) fn files(&self) -> [PathBuf; 2] {
        let HttpTls { certificate, key } = self.settings.clone();
        [certificate, key]
    }

    /// A look at the files, which blocks.
    pub(super) fn looking(&self) -> impl FnOnce() -> Found + Send + 'static {
        let (settings, held) = (self.settings.clone(), self.held.clone());
        move || (contents(&settings) != held).then(|| read(&settings))
    }

    /// Connections that begin from now on are secured with this.
    pub(super) fn renew(&mut self, renewed: Renewed) {
        self.held = renewed.held;
        self.in_force.send_replace(renewed.tls);
    }
}

fn read(settings: &HttpTls) -> Result<Renewed, HttpTlsError> {
    let held = contents(settings);
    Ok(Renewed { tls: tls::load(settings)?, held })
}

fn contents(settings: &HttpTls) -> Contents {
    Contents::of([&settings.certificate, &settings.key].map(|file| -> &Path { file }))
}
