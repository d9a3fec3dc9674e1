//! The certificate of the HTTP front, and the one that replaces it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio_rustls::rustls::ServerConfig;

use super::file_digests::FileDigests;
use crate::http::server::tls::{self, HttpTlsError};
use crate::model::certificate;
use crate::model::config::HttpTls;

/// Certificate and key in force, and their files.
#[derive(Debug)]
pub(super) struct Certificate {
    settings: HttpTls,
    files: FileDigests,
    ends: Option<Timestamp>,
    in_force: watch::Sender<Arc<ServerConfig>>,
}

/// What reading the files again brought; `None` when they have not changed.
pub(super) type Reread = Option<Result<NewCertificate, HttpTlsError>>;

/// Another certificate and key.
pub(super) struct NewCertificate {
    tls: Arc<ServerConfig>,
    files: FileDigests,
    ends: Option<Timestamp>,
}

impl Certificate {
    /// Reads the files.
    pub(super) fn load(settings: &HttpTls) -> Result<Self, HttpTlsError> {
        let NewCertificate { tls, files, ends } = read(settings)?;
        Ok(Self { settings: settings.clone(), files, ends, in_force: watch::Sender::new(tls) })
    }

    /// What new connections are secured with.
    pub(super) fn in_force(&self) -> watch::Receiver<Arc<ServerConfig>> {
        self.in_force.subscribe()
    }

    /// When it expires; none when it does not say so in a way that can be read.
    pub(super) fn ends(&self) -> Option<Timestamp> {
        self.ends
    }

    /// The files of certificate and key.
    pub(super) fn files(&self) -> [PathBuf; 2] {
        let HttpTls { certificate, key } = self.settings.clone();
        [certificate, key]
    }

    /// Reads the files again; the function blocks.
    pub(super) fn reread(&self) -> impl FnOnce() -> Reread + Send + 'static {
        let (settings, files) = (self.settings.clone(), self.files.clone());
        move || (digests(&settings) != files).then(|| read(&settings))
    }

    /// Secures connections that begin from now on with `new`.
    pub(super) fn replace(&mut self, new: NewCertificate) {
        self.files = new.files;
        self.ends = new.ends;
        self.in_force.send_replace(new.tls);
    }
}

fn read(settings: &HttpTls) -> Result<NewCertificate, HttpTlsError> {
    let files = digests(settings);
    let tls = tls::load(settings)?;
    let ends = certificate::not_after(&tls::certificate(settings)?).and_then(|ends| ends.try_into().ok());
    Ok(NewCertificate { tls, files, ends })
}

fn digests(settings: &HttpTls) -> FileDigests {
    FileDigests::read([&settings.certificate, &settings.key].map(|file| -> &Path { file }))
}
