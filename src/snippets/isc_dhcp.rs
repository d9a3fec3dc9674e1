//! A second ISC dhcpd, which answers Jitsi's questions.

use super::commented;
use super::dhcp::DhcpAnswers;

const COMMENT: &str = "\
ISC dhcpd answers Jitsi clients that look for their provisioning URL by DHCP (UDP port 6767). It assigns no addresses, and
runs beside any DHCP server.

1. This text belongs in /etc/dhcp/provisioning.conf
2. Once: touch /var/lib/dhcp/dhcpd.leases.provisioning
3. Start it, preferably from its own systemd unit (ExecStart=):
       dhcpd -4 -q -f --no-pid -p 6767 -cf /etc/dhcp/provisioning.conf \\
           -lf /var/lib/dhcp/dhcpd.leases.provisioning";

const CHECK: &str = "\
To check the text: dhcpd -4 -t -cf /etc/dhcp/provisioning.conf
Debian's AppArmor profile allows these paths, but no second PID file; therefore --no-pid.";

/// The configuration. In double quotes only `"` and `\` have a meaning, and no URL contains them.
#[must_use]
pub fn isc_dhcp(answers: &DhcpAnswers) -> String {
    let interfaces: Vec<String> = answers.interfaces.iter().map(|name| format!(" {name}")).collect();
    let networks: Vec<String> = answers
        .networks
        .iter()
        .map(|(network, url)| {
            let (address, mask, url) = (network.network(), network.netmask(), url.as_str());
            format!("subnet {address} netmask {mask} {{\n  option jitsi-provisioning \"{url}\";\n}}\n")
        })
        .collect();
    let comment = commented("#", &format!("{COMMENT}{}\n\n{CHECK}", interfaces.concat()));
    format!(
        "{comment}\n# Without it dhcpd answers no DHCPINFORM.\nauthoritative;\noption jitsi-provisioning code 224 = text;\n{}",
        networks.concat()
    )
}
