//! Why a certificate is not trusted, in words that name the setting to change.

use std::fmt;

use tokio_rustls::rustls::CertificateError;
use tokio_rustls::rustls::pki_types::UnixTime;

use crate::model::config::Fingerprint;

/// A certificate that is not trusted.
#[derive(Debug, Clone)]
pub struct Distrust {
    /// SHA-256 of the server's own certificate.
    pub fingerprint: Fingerprint,
    reason: DistrustReason,
}

#[derive(Debug, Clone)]
enum DistrustReason {
    NotPinned,
    Rejected(CertificateError),
}

impl Distrust {
    pub(super) fn not_pinned(fingerprint: Fingerprint) -> Self {
        Self { fingerprint, reason: DistrustReason::NotPinned }
    }

    pub(super) fn rejected(fingerprint: Fingerprint, error: CertificateError) -> Self {
        Self { fingerprint, reason: DistrustReason::Rejected(error) }
    }
}

impl std::error::Error for Distrust {}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pin = &self.fingerprint;
        match &self.reason {
            DistrustReason::NotPinned => write!(
                f,
                "the server's certificate is not in openfire.certificate_sha256; if it was renewed, add its \
                 fingerprint {pin}"
            ),
            DistrustReason::Rejected(CertificateError::UnknownIssuer) => write!(
                f,
                "the server's certificate comes from an unknown authority; set openfire.ca_file to the authority's PEM file, or openfire.certificate_sha256 to [\"{pin}\"]"
            ),
            DistrustReason::Rejected(CertificateError::NotValidForNameContext { expected, presented }) => write!(
                f,
                "the server's certificate is for {}, not for {}; is openfire.domain right? If it is, set openfire.certificate_name to a name that the certificate carries",
                listed(presented),
                expected.to_str()
            ),
            DistrustReason::Rejected(CertificateError::ExpiredContext { not_after, .. }) => {
                write!(f, "the server's certificate expired on {}; renew it in Openfire", day(*not_after))
            }
            DistrustReason::Rejected(CertificateError::NotValidYetContext { not_before, .. }) => write!(
                f,
                "the server's certificate is not valid before {}; check the clocks of both machines",
                day(*not_before)
            ),
            DistrustReason::Rejected(other) => write!(
                f,
                "the server's certificate cannot be verified ({}); to trust it as it is, set openfire.certificate_sha256 to [\"{pin}\"]",
                other.to_string().chars().take(200).collect::<String>()
            ),
        }
    }
}

/// The names in a certificate, cut to what fits a line.
fn listed(presented: &[String]) -> String {
    const SHOWN: usize = 8;
    if presented.is_empty() {
        return "no name at all".to_owned();
    }
    let mut names: Vec<String> = presented.iter().take(SHOWN).map(|name| bare(name)).collect();
    if presented.len() > SHOWN {
        names.push(format!("{} more", presented.len() - SHOWN));
    }
    names.join(", ")
}

/// `DnsName("a.test")`, as the verifier writes it, without the wrapping, without what is not printable.
fn bare(name: &str) -> String {
    let inner = name.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"')).map_or(name, |(inner, _)| inner);
    inner.chars().filter(char::is_ascii_graphic).take(100).collect()
}

fn day(time: UnixTime) -> String {
    i64::try_from(time.as_secs())
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or_else(|| "an unknown day".to_owned(), |time| time.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio_rustls::rustls::pki_types::ServerName;

    use super::*;

    fn message(error: CertificateError) -> String {
        Distrust::rejected(Fingerprint::from([0xab; 32]), error).to_string()
    }

    #[test]
    fn an_unknown_issuer_is_reported_with_the_fingerprint_to_pin() {
        let text = message(CertificateError::UnknownIssuer);
        assert!(text.contains("openfire.ca_file") && text.contains(&"ab".repeat(32)), "{text}");
    }

    #[test]
    fn a_wrong_name_is_reported_with_the_names_that_are_there() {
        let text = message(CertificateError::NotValidForNameContext {
            expected: ServerName::try_from("chat.test").unwrap(),
            presented: vec!["DnsName(\"a.test\")".to_owned(), "DnsName(\"b\n.test\")".to_owned()],
        });
        assert!(text.contains("for a.test, b.test, not for chat.test"), "{text}");
    }

    #[test]
    fn an_expired_certificate_is_reported_with_its_day() {
        let day = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let text =
            message(CertificateError::ExpiredContext { time: day(1_700_000_000), not_after: day(1_600_000_000) });
        assert!(text.contains("2020-09-13"), "{text}");
    }
}
