//! Certificates of authorities, from a file or the system.

use std::path::{Path, PathBuf};

use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

use crate::model::files::ordinary_file;

/// Largest file of authorities, in bytes. All that systems trust together have about 220 KiB.
const MAX_PEM_BYTES: usize = 1024 * 1024;

/// Why there are no certificates of authorities.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthoritiesError {
    /// The file cannot be read.
    #[error("{path} cannot be read")]
    Unreadable {
        /// As the setting names it.
        path: PathBuf,
        /// What the system or the PEM reader said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file holds no certificate that can be an authority.
    #[error("{path} holds no usable PEM certificate")]
    NoCertificate {
        /// As the setting names it.
        path: PathBuf,
    },
    /// The system has none.
    #[error("this system has no certificate authorities; install ca-certificates, or name a file")]
    NoneOfSystem,
}

/// The certificates of a PEM file.
pub(crate) fn of_file(path: &Path) -> Result<RootCertStore, AuthoritiesError> {
    let unreadable = |source: Box<dyn std::error::Error + Send + Sync>| AuthoritiesError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let pem = ordinary_file::read(path, MAX_PEM_BYTES).map_err(|error| unreadable(error.into()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| unreadable(error.to_string().into()))?;
        roots.add(certificate).map_err(|_| AuthoritiesError::NoCertificate { path: path.to_owned() })?;
    }
    if roots.is_empty() { Err(AuthoritiesError::NoCertificate { path: path.to_owned() }) } else { Ok(roots) }
}

/// The certificates that the system trusts; those that cannot be read are left out.
pub(crate) fn of_system() -> Result<RootCertStore, AuthoritiesError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() { Err(AuthoritiesError::NoneOfSystem) } else { Ok(roots) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_file_without_certificates_is_named() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"no PEM here").unwrap();
        let error = of_file(file.path()).unwrap_err();
        assert!(matches!(&error, AuthoritiesError::NoCertificate { path } if path == file.path()), "{error}");
        assert!(matches!(of_file(Path::new("/does/not/exist")), Err(AuthoritiesError::Unreadable { .. })));
    }
}
