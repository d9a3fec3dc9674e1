//! `snippets`: prints ready configuration for other servers of the site.

mod overrides;

use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::Path;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use ipnet::Ipv4Net;
use jitsi_properties::{ProvisioningUrl, ProvisioningUrlError, without_secrets};

use self::overrides::Overrides;
use super::Verdict;
use super::output::{complain, write};
use crate::model::causes::with_causes;
use crate::model::config::{Http, SnippetConfig};
use crate::snippets::{self, CertificateFiles, DhcpAnswers, ProxiedSite, Upstream};

/// Arguments of `snippets`.
#[derive(Debug, Args)]
pub(super) struct Snippets {
    #[command(subcommand)]
    kind: Kind,
    /// The provisioning URL of the clients, in single quotes, for example
    /// `'https://provisioning.example.org/provision?username=${username}&password=${password}'`. Default: `discovery.url`.
    // Not read by clap, whose messages repeat a wrong value: a URL can hold a secret.
    #[arg(long, global = true, value_name = "URL")]
    url: Option<String>,
}

/// For which server.
#[derive(Debug, Subcommand)]
enum Kind {
    /// dnsmasq gives clients the URL by DHCP. Needs `--network`.
    Dnsmasq(Dhcp),
    /// ISC dhcpd gives clients the URL by DHCP.
    IscDhcp(Dhcp),
    /// Kea gives clients the URL by DHCP.
    Kea(Dhcp),
    /// Avahi announces the URL by multicast DNS.
    Avahi,
    /// A Jitsi installation sets the URL for all its users: the whole file, with the fields of the request that the templates
    /// of the configuration use, and the SHA-1 of the certificate where it is known.
    JitsiOverrides(Overrides),
    /// nginx handles TLS in front of the service.
    Nginx(Proxy),
    /// HAProxy handles TLS in front of the service.
    Haproxy(Haproxy),
    /// Caddy handles TLS in front of the service. Without `--certificate` it obtains a certificate itself.
    Caddy(Proxy),
    /// Apache handles TLS in front of the service.
    Apache(Proxy),
}

#[derive(Debug, Args)]
struct Dhcp {
    /// Network interface to answer on; may be repeated. Default: `discovery.interfaces`, otherwise all.
    #[arg(long = "interface", value_name = "NAME")]
    interfaces: Vec<String>,
    /// Network of clients, for example 10.7.0.0/16, or 10.7.0.0/16=URL to give it a different URL; may be repeated.
    /// Default: all networks.
    #[arg(long = "network", value_name = "NETWORK[=URL]")]
    networks: Vec<String>,
}

#[derive(Debug, Args)]
struct Proxy {
    #[command(flatten)]
    service: Service,
    /// PEM file with the certificate and its chain. Default: that of certbot.
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Option<String>,
    /// PEM file with the key.
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<String>,
}

#[derive(Debug, Args)]
struct Haproxy {
    #[command(flatten)]
    service: Service,
    /// PEM file with the certificate, its chain and the key. Default: /etc/haproxy/HOST.pem.
    #[arg(long, value_name = "FILE")]
    certificate: Option<String>,
}

#[derive(Debug, Args)]
struct Service {
    /// Where the service listens, as the proxy reaches it. Default: `http.listen`, otherwise 127.0.0.1:8080.
    #[arg(long, value_name = "HOST:PORT", value_parser = Upstream::parse)]
    upstream: Option<Upstream>,
}

impl Snippets {
    /// Prints the snippet. `file` is the configuration, if there is one; where it `is_named`, it must be usable.
    pub(super) fn run(self, file: Option<&Path>, is_named: bool) -> Verdict {
        match self.text(file, is_named) {
            Ok(text) => {
                write(text.as_bytes());
                Verdict::Fine
            }
            Err(error) => {
                complain(format!("openfire-provisioner: {}", with_causes(&*error)));
                Verdict::CannotRun
            }
        }
    }

    fn text(self, file: Option<&Path>, is_named: bool) -> anyhow::Result<String> {
        let config = match SnippetConfig::load(file) {
            Ok(config) => config,
            Err(error) if is_named => {
                return Err(error).context("the configuration cannot be used; correct it, or leave out `--config`");
            }
            Err(error) if self.url.is_none() => {
                return Err(error).context(
                    "the configuration cannot be used; correct it, or name the provisioning URL with `--url`",
                );
            }
            Err(error) => {
                complain(format!("note: the configuration is not used: {error}"));
                SnippetConfig::default()
            }
        };
        // A file of the installation holds a URL of any length.
        let parse = match self.kind {
            Kind::JitsiOverrides(_) => ProvisioningUrl::parse_long,
            _ => ProvisioningUrl::parse,
        };
        let named = self.url.as_deref().map(|text| provisioning_url("--url", text, parse)).transpose()?;
        let url = named.or_else(|| config.discovery.url.clone()).context(
            "name the provisioning URL with `--url`, or set `discovery.url`: \
             --url 'https://provisioning.example.org/provision?username=${username}&password=${password}'",
        )?;
        note_emptied_fields(&url);
        Ok(match self.kind {
            Kind::Dnsmasq(dhcp) => snippets::dnsmasq(&dhcp.answers(&url, config)?)?,
            Kind::IscDhcp(dhcp) => snippets::isc_dhcp(&dhcp.answers(&url, config)?),
            Kind::Kea(dhcp) => snippets::kea(&dhcp.answers(&url, config)?)?,
            Kind::Avahi => snippets::avahi(&url)?,
            Kind::JitsiOverrides(overrides) => overrides.text(&url, &config)?,
            Kind::Nginx(proxy) => {
                let site = proxy.service.site(&url, &config.http)?;
                snippets::nginx(&site, &proxy.files(&site)?)
            }
            Kind::Haproxy(proxy) => {
                snippets::haproxy(&proxy.service.site(&url, &config.http)?, proxy.certificate.as_deref())?
            }
            Kind::Caddy(proxy) => {
                let site = proxy.service.site(&url, &config.http)?;
                let files = proxy.certificate.is_some().then(|| proxy.files(&site)).transpose()?;
                snippets::caddy(&site, files.as_ref())
            }
            Kind::Apache(proxy) => {
                let site = proxy.service.site(&url, &config.http)?;
                snippets::apache(&site, &proxy.files(&site)?)
            }
        })
    }
}

impl Dhcp {
    fn answers(self, url: &ProvisioningUrl, config: SnippetConfig) -> anyhow::Result<DhcpAnswers> {
        if self.networks.is_empty() && !config.discovery.network.is_empty() {
            complain(
                "note: the URLs of `[[discovery.network]]` are not used; name each network with its URL: `--network NETWORK=URL`",
            );
        }
        let interfaces = if self.interfaces.is_empty() { config.discovery.interfaces } else { self.interfaces };
        let networks = self.networks.iter().map(|text| network(text)).collect::<anyhow::Result<_>>()?;
        Ok(DhcpAnswers::new(url, interfaces, networks)?)
    }
}

impl Proxy {
    fn files(&self, site: &ProxiedSite) -> anyhow::Result<CertificateFiles> {
        Ok(site.certificate_files(self.certificate.as_deref().zip(self.key.as_deref()))?)
    }
}

impl Service {
    fn site(&self, url: &ProvisioningUrl, http: &Http) -> anyhow::Result<ProxiedSite> {
        let upstream = match &self.upstream {
            Some(upstream) => upstream.clone(),
            None => listener(http)?,
        };
        Ok(ProxiedSite::new(url, upstream)?)
    }
}

/// Where a proxy on the same machine reaches the service of this configuration.
fn listener(http: &Http) -> anyhow::Result<Upstream> {
    if http.tls.is_some() {
        bail!(
            "`[http.tls]` is set, so the service handles TLS itself and needs no proxy; remove that section, or name another \
             listener with `--upstream`"
        );
    }
    let mut listen = http.listen;
    if listen.port() == 0 {
        bail!(
            "`http.listen` has port 0, which means a different port at every start; set a port, or name it with `--upstream`"
        );
    }
    if listen.ip().is_unspecified() {
        let loopback = if listen.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
        listen.set_ip(loopback);
    }
    Ok(Upstream::parse(&listen.to_string())?)
}

/// In double quotes a shell removes `${username}`.
fn note_emptied_fields(url: &ProvisioningUrl) {
    if let Some((name, _)) =
        url.fields().find(|(name, value)| value.is_empty() && matches!(*name, "username" | "password"))
    {
        complain(format!(
            "note: the field `{name}` of the URL is empty; write the URL in single quotes, otherwise the shell removes \
             `${{{name}}}`"
        ));
    }
}

fn provisioning_url(
    option: &str,
    text: &str,
    parse: fn(&str) -> Result<ProvisioningUrl, ProvisioningUrlError>,
) -> anyhow::Result<ProvisioningUrl> {
    parse(text).with_context(|| format!("`{option}`: `{}` is not a provisioning URL", without_secrets(text)))
}

/// A network, and the URL after it.
fn network(text: &str) -> anyhow::Result<(Ipv4Net, Option<ProvisioningUrl>)> {
    let (network, url) = text.split_once('=').map_or((text, None), |(network, url)| (network, Some(url)));
    if let Ok(address) = network.parse::<Ipv4Addr>() {
        bail!(
            "`--network`: `{address}` is one address; write a network such as 10.7.0.0/16, or {address}/32 for this address"
        );
    }
    let network = network.parse::<Ipv4Net>().with_context(|| {
        format!(
            "`--network`: write a network of IPv4 such as 10.7.0.0/16, not `{}`; clients ask by DHCP over IPv4 only",
            without_secrets(network)
        )
    })?;
    Ok((network, url.map(|url| provisioning_url("--network", url, ProvisioningUrl::parse)).transpose()?))
}
