//! `check --online`: the client port, as the service uses it for logins.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::{Report, reference};
use crate::app;
use crate::certificates::Pin;
use crate::model::causes::with_causes;
use crate::model::config::Config;
use crate::openfire::login::{CertificateFacts, Login, LoginError, Probe};

/// A certificate that expires sooner than this gets a note.
const SOON: Duration = Duration::from_hours(14 * 24);

/// What the client port showed.
pub(super) struct ClientPort {
    /// Logs users in.
    pub(super) login: Login,
    /// Whether PLAIN is the only mechanism that is offered, as with LDAP and Active Directory.
    pub(super) only_plain: bool,
    /// Whether the reference account could log in; none without one.
    pub(super) reference: Option<bool>,
}

/// Looks at the client port, and logs the reference account in. None when that cannot be done, which is reported.
pub(super) async fn check(config: &Config, report: &mut Report) -> Option<ClientPort> {
    let login = match app::login(config) {
        Ok(login) => login,
        Err(error) => {
            report.wrong("certificates", with_causes(&error));
            return None;
        }
    };
    match probe(&login, config).await {
        Ok(probe) => {
            report_server(&probe, config, report);
            let only_plain = probe.mechanisms.iter().all(|mechanism| mechanism == "PLAIN");
            let reference = reference::check(&login, only_plain, config, report).await;
            Some(ClientPort { login, only_plain, reference })
        }
        Err(error) => {
            report.wrong("client port", with_causes(&error));
            None
        }
    }
}

/// Probes the client port, and once more to find the cause of a failure.
async fn probe(login: &Login, config: &Config) -> Result<Probe, LoginError> {
    let deadline = || Instant::now() + config.limits.request_deadline;
    match login.probe(deadline()).await {
        Ok(probe) => Ok(probe),
        Err(error) => Err(login.diagnose(error, deadline()).await),
    }
}

fn report_server(probe: &Probe, config: &Config, report: &mut Report) {
    match &probe.certificate {
        Some(certificate) => {
            report_certificate(certificate, report);
            // The client looks for it under the domain, not under the host that it connects to.
            let domain = config.openfire.domain.as_str();
            report.fine(&format!("pin for {domain}"), Pin::of_sha1(domain, certificate.sha1));
        }
        None => report.note("client port", "reached without TLS"),
    }
    let offered = probe.mechanisms.join(", ");
    let allowed: Vec<&str> = config.openfire.mechanisms.iter().map(|mechanism| mechanism.as_str()).collect();
    let is_offered = |name: &&str| probe.mechanisms.iter().any(|offer| offer.trim_end_matches("-PLUS") == *name);
    match allowed.iter().copied().find(is_offered) {
        Some(name) => report.fine("SASL mechanisms", format!("{name} will be used (offered: {offered})")),
        None => report.wrong(
            "SASL mechanisms",
            format!(
                "{offered} are offered, but openfire.mechanisms allows only {}; add one that is offered",
                allowed.join(", ")
            ),
        ),
    }
    let scram = probe.mechanisms.iter().any(|name| name.starts_with("SCRAM-"));
    if !scram {
        report.note(
            "SASL mechanisms",
            "SCRAM is not offered, so passwords reach Openfire as plain text (inside TLS), and a disabled account \
             looks like a wrong password; this is normal for an Openfire with LDAP",
        );
    }
}

fn report_certificate(certificate: &CertificateFacts, report: &mut Report) {
    let version = if certificate.tls13 { "1.3" } else { "1.2" };
    report.fine("client port", format!("TLS {version}, certificate trusted, SHA-256 {}", certificate.sha256));
    let Some(left) = certificate.not_after.map(|end| end.duration_since(SystemTime::now()).unwrap_or_default()) else {
        return;
    };
    if left.is_zero() {
        report.note("certificate", "expired; it is accepted because its fingerprint is pinned");
    } else if left < SOON {
        report.note("certificate", format!("expires in {} days", left.as_secs() / (24 * 60 * 60)));
    }
}
