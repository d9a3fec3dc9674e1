//! A second Kea, which answers Jitsi's questions.

use serde_json::Value;

use super::dhcp::DhcpAnswers;
use super::{SnippetError, commented};

const COMMENT: &str = "\
Kea answers Jitsi clients that look for their provisioning URL by DHCP (UDP port 6767). It assigns no addresses, and
runs beside any DHCP server.

1. This text belongs in /etc/kea/kea-provisioning.conf. Keep this file name: Kea names its PID file after it.
2. This unit belongs in /etc/systemd/system/kea-provisioning.service (the user `_kea` is Debian's):
       [Unit]
       Description=Kea for Jitsi clients that look for their provisioning URL
       Wants=network-online.target
       After=network-online.target

       [Service]
       User=_kea
       AmbientCapabilities=CAP_NET_RAW
       Environment=KEA_PIDFILE_DIR=/run/kea-provisioning KEA_LOCKFILE_DIR=/run/kea-provisioning
       RuntimeDirectory=kea-provisioning
       ExecStart=/usr/sbin/kea-dhcp4 -p 6767 -P 6768 -c /etc/kea/kea-provisioning.conf
       Restart=on-failure

       [Install]
       WantedBy=multi-user.target
3. Start it: systemctl daemon-reload && systemctl enable --now kea-provisioning

To check the text: kea-dhcp4 -t /etc/kea/kea-provisioning.conf
If AppArmor confines kea-dhcp4, allow its files in /etc/apparmor.d/usr.sbin.kea-dhcp4:
       owner /run/kea-provisioning/* rwk,
Kea does not answer clients on its own machine.";

/// Most bytes of an option that Kea sends in one piece. It splits a longer one (RFC 3396), and a client takes the last piece.
/// Seen with Kea 2.2.0.
const MOST_BYTES: usize = 253;

/// The configuration.
pub fn kea(answers: &DhcpAnswers) -> Result<String, SnippetError> {
    if let Some((_, url)) = answers.networks.iter().find(|(_, url)| url.as_str().len() > MOST_BYTES) {
        return Err(SnippetError::LongForKea { bytes: url.as_str().len(), most: MOST_BYTES });
    }
    let names: Vec<String> = answers.interfaces.iter().map(|name| json(name)).collect();
    let interfaces = if names.is_empty() { json("*") } else { names.join(", ") };
    let networks: Vec<String> = answers
        .networks
        .iter()
        .enumerate()
        .map(|(index, (network, url))| {
            format!(
                "    {{ \"id\": {},\n      \"subnet\": {},\n      \"option-data\": [ {{ \"name\": \"jitsi-provisioning\",\n        \
                 \"data\": {} }} ] }}",
                index + 1,
                json(&network.to_string()),
                json(&one_field(url.as_str())),
            )
        })
        .collect();
    Ok(format!(
        "{}\n{{ \"Dhcp4\": {{\n  \"interfaces-config\": {{ \"interfaces\": [ {interfaces} ] }},\n  \
         \"lease-database\": {{ \"type\": \"memfile\", \"persist\": false }},\n  \
         \"option-def\": [ {{ \"name\": \"jitsi-provisioning\", \"code\": 224, \"type\": \"string\", \"space\": \"dhcp4\" }} ],\n  \
         \"subnet4\": [\n{}\n  ]\n}} }}\n",
        commented("//", COMMENT),
        networks.join(",\n"),
    ))
}

/// Kea reads the data of an option as fields that end at commas, and takes the first one.
fn one_field(text: &str) -> String {
    text.replace(',', "\\,")
}

fn json(text: &str) -> String {
    Value::from(text).to_string()
}
