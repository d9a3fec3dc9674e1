//! The rules about keys of `[discovery]`.

use jitsi_properties::ProvisioningUrl;

use crate::model::config::{Discovery, Http, unfit_for_clients};

/// Checks what no single key can check by itself.
pub(super) fn check(discovery: &Discovery) -> Result<(), (String, String)> {
    let wrong = |key: &str, problem: &str| Err((format!("discovery.{key}"), problem.to_owned()));
    let Some(url) = &discovery.url else {
        let set = [
            ("network", !discovery.network.is_empty()),
            ("in_serve", discovery.in_serve),
            ("interfaces", !discovery.interfaces.is_empty()),
        ];
        return match set.iter().find(|(_, is_set)| *is_set) {
            Some((key, _)) => {
                wrong("url", &format!("`discovery.{key}` is set, but there is no URL; set `discovery.url`"))
            }
            None => Ok(()),
        };
    };
    check_url("discovery.url", url)?;
    for (index, network) in discovery.network.iter().enumerate() {
        check_url(&format!("discovery.network[{index}].url"), &network.url)?;
    }
    if !discovery.dhcp && !discovery.mdns {
        return wrong(
            "dhcp",
            "`discovery.dhcp` and `discovery.mdns` are both false; set one of them, or remove `discovery.url`",
        );
    }
    if !discovery.dhcp && !discovery.network.is_empty() {
        return wrong("network", "only DHCP has a URL for each network, and `discovery.dhcp` is false");
    }
    if discovery.interfaces.is_empty() {
        return wrong(
            "interfaces",
            "name the network interfaces of your clients, for example [\"eth0\"]; `ip -br address` lists them",
        );
    }
    for name in &discovery.interfaces {
        // 15 bytes: IFNAMSIZ of Linux, without the NUL.
        let is_name = !name.is_empty()
            && name.len() <= 15
            && !name.contains(|c: char| c == '/' || c.is_whitespace() || c.is_control());
        if !is_name {
            return wrong(
                "interfaces",
                &format!("`{name}` cannot be the name of an interface; `ip -br address` lists them"),
            );
        }
        if let Some((interface, _)) = name.split_once(':') {
            return wrong(
                "interfaces",
                &format!("`{name}` is the label of an address; name its interface `{interface}`"),
            );
        }
        if name == "lo" {
            return wrong("interfaces", "`lo` leads to this machine only; name the interfaces of your clients");
        }
        if discovery.interfaces.iter().filter(|other| *other == name).count() > 1 {
            return wrong("interfaces", &format!("`{name}` is listed twice"));
        }
    }
    Ok(())
}

/// Checks what `serve` itself would announce: a listener that only this machine reaches is of no use to clients.
pub(super) fn check_with_http(discovery: &Discovery, http: &Http) -> Result<(), (String, String)> {
    let is_hidden = http.listen.ip().is_loopback() && http.trusted_proxies.is_empty();
    if discovery.in_serve && is_hidden {
        return Err((
            "discovery.in_serve".to_owned(),
            format!(
                "`http.listen` is {}, which no client reaches, so nothing is announced; listen on another address, or name the proxy \
                 in front in `http.trusted_proxies`",
                http.listen
            ),
        ));
    }
    Ok(())
}

fn check_url(key: &str, url: &ProvisioningUrl) -> Result<(), (String, String)> {
    match unfit_for_clients(url) {
        Some(problem) => Err((key.to_owned(), format!("`{url}` {problem}"))),
        None => Ok(()),
    }
}
