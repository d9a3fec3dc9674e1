//! `snippets jitsi-overrides`: what the configuration says of templates and certificate.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use jitsi_properties::ProvisioningUrl;
use tokio_rustls::rustls::client::verify_server_name;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::server::ParsedCertificate;

use super::super::output::complain;
use crate::app;
use crate::certificates::Pin;
use crate::model::account::ExtraNames;
use crate::model::config::SnippetConfig;
use crate::snippets;

#[derive(Debug, Args)]
pub(super) struct Overrides {
    /// PEM file with the certificate of the provisioning host, of which clients that do not know its authority get the SHA-1.
    /// Default: `http.tls.certificate`.
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
}

impl Overrides {
    /// The whole file.
    pub(super) fn text(&self, url: &ProvisioningUrl, config: &SnippetConfig) -> anyhow::Result<String> {
        let url = with_fields(url, config);
        let of_service = config.http.tls.as_ref().map(|tls| &tls.certificate);
        let pin = match (&self.certificate, of_service) {
            (Some(file), _) => Some(pin(file, &url)?),
            (None, Some(file)) => pin(file, &url)
                .inspect_err(|error| complain(format!("note: no SHA-1 of the certificate is written: {error:#}")))
                .ok(),
            (None, None) => None,
        };
        Ok(snippets::jitsi_overrides(&url, pin.map(|pin| pin.to_string()).as_deref())?)
    }
}

/// The URL with the fields that the templates use.
fn with_fields(url: &ProvisioningUrl, config: &SnippetConfig) -> ProvisioningUrl {
    let any = ExtraNames { open: true, ..ExtraNames::default() };
    let fields = match app::templates(&config.template, &any) {
        Ok(templates) => templates.fields(),
        Err(error) => {
            complain(format!("note: the templates are not looked at for the fields that they use: {error}"));
            return url.clone();
        }
    };
    let (url, unknown) = snippets::with_fields(url, &fields);
    for field in unknown {
        complain(format!(
            "note: the templates use the field `{field}`, which the URL does not send; add it, as in `&{field}=…`"
        ));
    }
    url
}

/// The pin of the first certificate in the file, which must be for the host of the URL.
fn pin(file: &Path, url: &ProvisioningUrl) -> anyhow::Result<Pin> {
    let shown = file.display();
    let first = CertificateDer::pem_file_iter(file).with_context(|| format!("{shown} cannot be read"))?.next();
    let first = first.with_context(|| format!("{shown} holds no certificate in PEM"))?;
    let first = first.with_context(|| format!("{shown} cannot be read"))?;
    let certificate = ParsedCertificate::try_from(&first).with_context(|| format!("{shown} holds no certificate"))?;
    let host = url.host().trim_matches(['[', ']']).trim_end_matches('.');
    let name = ServerName::try_from(host).with_context(|| format!("`{host}` is no host"))?;
    if verify_server_name(&certificate, &name).is_err() {
        bail!("the certificate in {shown} is not for `{host}`; name the certificate of this host with `--certificate`");
    }
    Ok(Pin::new(&url.host().to_ascii_lowercase(), &first))
}
