//! The hosts by which clients and people reach the service over HTTPS.

use jitsi_properties::ProvisioningUrl;

use crate::certificates::ServerAddress;
use crate::model::account::ExtraNames;
use crate::model::config::{Config, OwnUrl};
use crate::template::{Sample, Template, Templates};

/// The key by which a template sends clients to an address.
const URL: &str = "net.java.sip.communicator.plugin.provisioning.URL";

/// Each host once: those of `[discovery]`, of the URL that the templates set, and of `admin.urls`.
pub(super) fn of_service(config: &Config, templates: Option<&Templates>, names: &ExtraNames) -> Vec<ServerAddress> {
    let discovery = config.discovery.url.iter().chain(config.discovery.network.iter().map(|network| &network.url));
    let set: Vec<ProvisioningUrl> =
        templates.into_iter().flat_map(Templates::all).filter_map(|choice| set_url(choice.template, names)).collect();
    let of_clients =
        discovery.chain(&set).filter(|url| url.is_https()).map(|url| ServerAddress::new(url.host(), url.port()));
    let mut hosts: Vec<ServerAddress> = Vec::new();
    for host in of_clients.chain(config.admin.urls.iter().filter_map(of_pages)) {
        if !hosts.iter().any(|known| known.host() == host.host()) {
            hosts.push(host);
        }
    }
    hosts
}

fn of_pages(url: &OwnUrl) -> Option<ServerAddress> {
    let host = url.origin().strip_prefix("https://")?;
    let name = host.strip_suffix(&format!(":{}", url.port())).unwrap_or(host);
    Some(ServerAddress::new(name, url.port()))
}

/// The URL that a template sets for the everyday sample user; what is wrong with it the linter says.
fn set_url(template: &Template, names: &ExtraNames) -> Option<ProvisioningUrl> {
    let samples = Sample::all(names);
    let plain = samples.iter().find(|sample| sample.name == Sample::PLAIN)?;
    let document = jitsi_properties::parse(&template.render(&plain.context()).ok()?).ok()?;
    let url = document.entries().filter(|entry| entry.key() == URL).last()?.value().trim().to_owned();
    ProvisioningUrl::parse(&url).ok()
}
