//! What certificates say.

use std::time::SystemTime;

use tokio_rustls::rustls::client::verify_server_name;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::server::ParsedCertificate;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// The end of a certificate's validity (RFC 5280 section 4.1.2.5), given in DER; none when it cannot be read.
#[must_use]
pub fn not_after(der: &[u8]) -> Option<SystemTime> {
    let certificate = Certificate::from_der(der).ok()?;
    Some(certificate.tbs_certificate().validity().not_after.to_system_time())
}

/// The DNS names that a certificate in DER is for, without those with `*`; none when it cannot be read.
#[must_use]
pub fn host_names(der: &[u8]) -> Vec<String> {
    let read = || {
        let certificate = Certificate::from_der(der).ok()?;
        let (_, names) = certificate.tbs_certificate().get_extension::<SubjectAltName>().ok()??;
        Some(names)
    };
    let names = read().map(|names| names.0).unwrap_or_default();
    let dns = names.into_iter().filter_map(|name| match name {
        GeneralName::DnsName(name) => Some(name.to_string().to_ascii_lowercase()),
        _ => None,
    });
    dns.filter(|name| !name.contains('*')).collect()
}

/// Whether a certificate in DER is for a host, a name or an address.
#[must_use]
pub fn is_for(der: &[u8], host: &str) -> bool {
    let certificate = CertificateDer::from(der);
    let (Ok(parsed), Ok(name)) = (ParsedCertificate::try_from(&certificate), ServerName::try_from(host)) else {
        return false;
    };
    verify_server_name(&parsed, &name).is_ok()
}
