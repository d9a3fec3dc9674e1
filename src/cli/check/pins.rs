//! `check`: pins, ready to copy into a template or into a file of the client's installation.

mod hosts;

use std::time::SystemTime;

use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;

use super::Report;
use crate::certificates::{AskError, Pin, ServerAddress, Shown, ask};
use crate::model::account::ExtraNames;
use crate::model::causes::with_causes;
use crate::model::certificate;
use crate::model::config::Config;
use crate::template::Templates;

/// Prints the pin of the service's own certificate for each host by which clients reach it. With `online` the certificate of a
/// proxy in front is asked for there.
pub(super) async fn check_own(
    config: &Config,
    templates: Option<&Templates>,
    names: &ExtraNames,
    online: bool,
    report: &mut Report,
) {
    // A certificate that cannot be read is reported elsewhere.
    let own =
        config.http.tls.as_ref().and_then(|tls| CertificateDer::pem_file_iter(&tls.certificate).ok()?.next()?.ok());
    let mut hosts = hosts::of_service(config, templates, names);
    if let Some(own) = &own {
        let names = certificate::host_names(own);
        if hosts.is_empty() {
            // The port does not matter for a pin.
            hosts = names.into_iter().map(|name| ServerAddress::new(&name, 443)).collect();
        }
        hosts.retain(|host| {
            let is_own = certificate::is_for(own, host.host());
            if is_own {
                say(host.host(), own, report);
            }
            !is_own
        });
    }
    for host in hosts.into_iter().filter(|_| online) {
        match ask(&host).await {
            Ok(shown) => tell(&host, &shown, report),
            Err(error) => report.note("pin", format!("{host} shows no certificate: {}", with_causes(&error))),
        }
    }
}

/// Asks these servers for their certificates, and prints the pin of each.
pub(super) async fn check_asked(servers: &[ServerAddress], report: &mut Report) {
    for server in servers {
        match ask(server).await {
            Ok(shown) => tell(server, &shown, report),
            Err(error) => {
                let usual = if matches!(error, AskError::NoTls(_)) { usual_port(server.port()) } else { "" };
                report.wrong("pin", format!("{server} shows no certificate: {}{usual}", with_causes(&error)));
            }
        }
    }
}

/// Prints the pin, and what may keep it from being of use.
fn tell(server: &ServerAddress, shown: &Shown, report: &mut Report) {
    say(server.host(), &shown.certificate, report);
    if !shown.is_for_host {
        report.note(
            "pin",
            format!("the certificate of {server} is not for this host; clients take it by the pin all the same"),
        );
    }
    if shown.not_after.is_some_and(|end| end < SystemTime::now()) {
        report.note("pin", format!("the certificate of {server} has expired; clients take it by the pin all the same"));
    }
}

fn say(host: &str, certificate: &[u8], report: &mut Report) {
    report.fine(&format!("pin for {host}"), Pin::new(host, certificate));
}

/// Where clients speak TLS, for ports at which they do not.
fn usual_port(port: u16) -> &'static str {
    match port {
        389 => "; clients use LDAP over TLS at port 636 only",
        5060 => "; SIP over TLS usually has port 5061",
        5222 => "; the pin of Openfire is shown with --online",
        _ => "",
    }
}
