//! What certificates say.

use std::time::SystemTime;

use x509_cert::Certificate;
use x509_cert::der::Decode as _;

/// The end of a certificate's validity (RFC 5280 section 4.1.2.5), given in DER; none when it cannot be read.
#[must_use]
pub fn not_after(der: &[u8]) -> Option<SystemTime> {
    let certificate = Certificate::from_der(der).ok()?;
    Some(certificate.tbs_certificate().validity().not_after.to_system_time())
}
