//! A second dnsmasq, which answers Jitsi's questions by DHCP and nothing else.

use super::dhcp::{DhcpAnswers, EVERYWHERE};
use super::{SnippetError, commented};

const COMMENT: &str = "\
dnsmasq answers Jitsi clients that look for their provisioning URL by DHCP (UDP port 6767). It does nothing else, and runs
beside any DHCP or DNS server, also beside another dnsmasq: dhcp-alternate-port moves a dnsmasq as a whole.

1. This text belongs in /etc/dnsmasq.provisioning.conf
2. Debian and Ubuntu: write into /etc/default/dnsmasq.provisioning
       DNSMASQ_OPTS=\"--conf-file=/etc/dnsmasq.provisioning.conf\"
       IGNORE_RESOLVCONF=yes
3. Start it: systemctl enable --now dnsmasq@provisioning
   Without that unit: dnsmasq --conf-file=/etc/dnsmasq.provisioning.conf --pid-file=/run/dnsmasq.provisioning.pid

To check the text: dnsmasq --test --conf-file=/etc/dnsmasq.provisioning.conf";

/// The configuration. In double quotes only `"` and `\` have a meaning, and no URL contains them.
pub fn dnsmasq(answers: &DhcpAnswers) -> Result<String, SnippetError> {
    if answers.networks.iter().any(|(network, _)| *network == EVERYWHERE) {
        return Err(SnippetError::NoNetwork);
    }
    let interfaces: Vec<String> = answers.interfaces.iter().map(|name| format!("interface={name}\n")).collect();
    let networks: Vec<String> = answers
        .networks
        .iter()
        .enumerate()
        .map(|(index, (network, url))| {
            let (tag, address, mask, url) = (index + 1, network.network(), network.netmask(), url.as_str());
            format!(
                "dhcp-range=set:network{tag},{address},static,{mask}\n\
                 dhcp-option=tag:network{tag},224,\"{url}\"\n"
            )
        })
        .collect();
    Ok(format!(
        "{}\nport=0\n{}bind-interfaces\ndhcp-alternate-port=6767,6768\n\
         dhcp-leasefile=/var/lib/misc/dnsmasq.provisioning.leases\n{}",
        commented("#", COMMENT),
        interfaces.concat(),
        networks.concat()
    ))
}
