//! Certificates of authorities, from a file or the system.

use std::path::Path;

use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

use super::TrustError;

/// The certificates of a PEM file.
pub(super) fn of_file(path: &Path) -> Result<RootCertStore, TrustError> {
    let unreadable =
        |source: Box<dyn std::error::Error + Send + Sync>| TrustError::Unreadable { path: path.to_owned(), source };
    let pem = std::fs::read(path).map_err(|error| unreadable(error.into()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| unreadable(error.to_string().into()))?;
        roots.add(certificate).map_err(|_| TrustError::NoCertificate { path: path.to_owned() })?;
    }
    if roots.is_empty() { Err(TrustError::NoCertificate { path: path.to_owned() }) } else { Ok(roots) }
}

/// The certificates that the system trusts; those that cannot be read are left out.
pub(super) fn of_system() -> Result<RootCertStore, TrustError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() { Err(TrustError::NoAuthorities) } else { Ok(roots) }
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
        assert!(matches!(&error, TrustError::NoCertificate { path } if path == file.path()), "{error}");
        assert!(matches!(of_file(Path::new("/does/not/exist")), Err(TrustError::Unreadable { .. })));
    }
}
