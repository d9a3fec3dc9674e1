//! Certificate and key of the HTTP front.
//!
//! TLS 1.2 and 1.3 are spoken, since the clients' bundled Java 8 knows only the former. The certificate is served
//! whatever host name is asked for: old clients ask for none (no SNI).

mod key;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, InconsistentKeys, ServerConfig};
use zeroize::Zeroizing;

use crate::model::config::HttpTls;
use crate::model::files::ordinary_file;

/// Largest file with a certificate and its chain, or with a key, in bytes.
const MAX_PEM_BYTES: usize = 1024 * 1024;

/// Why certificate and key cannot be used. Each message names the setting, the file and what to change.
#[derive(Debug, thiserror::Error)]
pub enum HttpTlsError {
    /// A file cannot be read.
    #[error("`http.tls.{setting}`: cannot read {}: {source}", file.display())]
    Unreadable {
        /// The setting's last part.
        setting: &'static str,
        /// Path of the file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file is not well-formed PEM (RFC 7468).
    #[error("`http.tls.{setting}`: {} is not well-formed PEM: a part is cut off or not base64", file.display())]
    NotPem {
        /// The setting's last part.
        setting: &'static str,
        /// Path of the file.
        file: PathBuf,
    },
    /// No certificate is in the file.
    #[error(
        "`http.tls.certificate`: {} holds no certificate: it must be PEM with a part that starts with \
         `-----BEGIN CERTIFICATE-----`, the server's own first, then its chain", .0.display()
    )]
    NoCertificate(PathBuf),
    /// No private key is in the file.
    #[error(
        "`http.tls.key`: {} holds no private key: it must be PEM with a part that starts with \
         `-----BEGIN PRIVATE KEY-----`, or the same with RSA or EC", .0.display()
    )]
    NoKey(PathBuf),
    /// The private key is encrypted, and the service cannot ask for its passphrase.
    #[error(
        "`http.tls.key`: the key in {file} is encrypted: decrypt it, for example with `openssl pkey -in {file} -out \
         NEW_FILE`, and let only the service read the new file", file = .0.display()
    )]
    EncryptedKey(PathBuf),
    /// The private key is of a kind that cannot be used.
    #[error(
        "`http.tls.key`: {} holds {kind}, which is not supported: make an RSA key of 2048 to 8192 bits or an EC key on P-256 \
         or P-384, for example with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out NEW_FILE`, and have a \
         certificate made for it", file.display()
    )]
    UnsupportedKey {
        /// Path of the file.
        file: PathBuf,
        /// What kind of key it is.
        kind: String,
    },
    /// Certificate and key are not a pair.
    #[error(
        "`http.tls`: the key in {} does not belong to the first certificate in {}: put the server's own certificate \
         first, and the key that it was made for", key.display(), certificate.display()
    )]
    Mismatch {
        /// The file with the certificate.
        certificate: PathBuf,
        /// The file with the key.
        key: PathBuf,
    },
    /// TLS cannot be done with them.
    #[error("`http.tls`: {} and {} cannot be used: {source}", certificate.display(), key.display())]
    Unusable {
        /// The file with the certificate.
        certificate: PathBuf,
        /// The file with the key.
        key: PathBuf,
        /// What is wrong with them.
        source: rustls::Error,
    },
}

/// Reads certificate, chain and key, and checks that they belong together.
pub fn load(settings: &HttpTls) -> Result<Arc<ServerConfig>, HttpTlsError> {
    let chain = certificates(&settings.certificate)?;
    let key = private_key(&settings.key)?;
    if let Some(kind) = key::unsupported(&key) {
        return Err(HttpTlsError::UnsupportedKey { file: settings.key.clone(), kind });
    }
    let mut tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|source| unusable(settings, source))?;
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(tls))
}

/// The server's own certificate, the first in its file.
pub(crate) fn certificate(settings: &HttpTls) -> Result<CertificateDer<'static>, HttpTlsError> {
    let first = certificates(&settings.certificate)?.into_iter().next();
    first.ok_or_else(|| HttpTlsError::NoCertificate(settings.certificate.clone()))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, HttpTlsError> {
    let text = read("certificate", file)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match chain {
        Ok(chain) if chain.is_empty() => Err(HttpTlsError::NoCertificate(file.to_owned())),
        Ok(chain) => Ok(chain),
        Err(_) => Err(HttpTlsError::NotPem { setting: "certificate", file: file.to_owned() }),
    }
}

fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, HttpTlsError> {
    let text = read("key", file)?;
    // PKCS #8 (RFC 5958) and the older form with headers (RFC 1421), whose body would not be base64 of a key.
    let says = |mark: &[u8]| text.windows(mark.len()).any(|part| part == mark);
    if says(b"-----BEGIN ENCRYPTED PRIVATE KEY-----") || says(b"Proc-Type: 4,ENCRYPTED") {
        return Err(HttpTlsError::EncryptedKey(file.to_owned()));
    }
    PrivateKeyDer::from_pem_slice(&text).map_err(|error| match error {
        pem::Error::NoItemsFound => HttpTlsError::NoKey(file.to_owned()),
        _ => HttpTlsError::NotPem { setting: "key", file: file.to_owned() },
    })
}

fn read(setting: &'static str, file: &Path) -> Result<Zeroizing<Vec<u8>>, HttpTlsError> {
    ordinary_file::read(file, MAX_PEM_BYTES).map_err(|source| HttpTlsError::Unreadable {
        setting,
        file: file.to_owned(),
        source,
    })
}

fn unusable(settings: &HttpTls, source: rustls::Error) -> HttpTlsError {
    let HttpTls { certificate, key } = settings.clone();
    match source {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => HttpTlsError::Mismatch { certificate, key },
        source => HttpTlsError::Unusable { certificate, key, source },
    }
}
