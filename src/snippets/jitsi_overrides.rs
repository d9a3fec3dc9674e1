//! Defaults of a Jitsi installation: the provisioning URL of all its users, and what has to count before the first reply.

use std::collections::BTreeSet;

use jitsi_properties::{ParseError, ProvisioningUrl, encode, escape, parse};

use super::{SnippetError, check_url, commented};

const COMMENT: &str = "\
All users of this Jitsi installation get their settings from one provisioning server.

This is the whole file jitsi-default-overrides.properties. It belongs beside jitsi-defaults.properties of the installation:
in its folder config (Debian: /usr/share/jitsi/config), in lib for Jitsi 2.10. If the file exists, add the lines below to it.
Clients read it when they start, and look for it in no other place. A `*` before a key locks it: then neither users nor
replies change it. `openfire-provisioner lint --installation FILE` checks the file.";

const MASTER_PASSWORD: &str = "\
Otherwise the window that proposes a master password covers the login dialog ten seconds after the first start. Users can
still set one in the options. Clients before 2.11 have no such window.
lint: allow too-new-key -- older clients do not need it";

const METHOD: &str = "net.java.sip.communicator.plugin.provisioning.METHOD";
const URL: &str = "net.java.sip.communicator.plugin.provisioning.URL";
const WARNING: &str = "net.java.sip.communicator.impl.gui.main.SHOW_MASTER_PASSWORD_WARNING";

/// What a client fills in, by the usual names of the fields (its `ProvisioningServiceImpl`).
const PLACEHOLDERS: [(&str, &str); 13] = [
    ("arch", "${arch}"),
    ("build", "${build}"),
    ("hostname", "${hostname}"),
    ("hw", "${hwaddr}"),
    ("hwaddr", "${hwaddr}"),
    ("ip", "${ipaddr}"),
    ("ipaddr", "${ipaddr}"),
    ("locale", "${locale}"),
    ("os", "${osname}"),
    ("osname", "${osname}"),
    ("resx", "${resx}"),
    ("resy", "${resy}"),
    ("uuid", "${uuid}"),
];

/// The properties. `pin` is the line by which clients trust the certificate of the URL's host, in lower case, where that is
/// known.
pub fn jitsi_overrides(url: &ProvisioningUrl, pin: Option<&str>) -> Result<String, SnippetError> {
    check_url(url)?;
    // Names of hosts are the same in upper case, but the client looks for a pin under the name that the URL has.
    let host = url.host().to_ascii_lowercase();
    let address = url.as_str().split_once("://").and_then(|(scheme, rest)| {
        let behind = rest.get(host.len()..)?;
        Some(format!("{scheme}://{host}{behind}"))
    });
    let pin = if let Some(pin) = pin {
        let comment = format!(
            "The certificate of {host}, for clients that do not know its authority. Before you replace it, write the old \
                 and the\nnew SHA-1, separated by a comma."
        );
        format!("{}{pin}\n", commented("#", &comment))
    } else {
        let comment = format!(
            "If clients do not know the authority of the certificate of {host}, make this file again with `--certificate \
                 FILE`,\nwhich adds its SHA-1. Otherwise they ask their users about it before the first login."
        );
        commented("#", &comment)
    };
    Ok(format!(
        "{}\n{METHOD}=Manual\n{}\n{}{WARNING}=false\n\n{pin}",
        commented("#", COMMENT),
        property(URL, address.as_deref().unwrap_or(url.as_str()))?,
        commented("#", MASTER_PASSWORD)
    ))
}

/// The URL with those of `fields` that it lacks and clients can fill in, and the names of the others that it lacks.
#[must_use]
pub fn with_fields(url: &ProvisioningUrl, fields: &BTreeSet<String>) -> (ProvisioningUrl, Vec<String>) {
    let (mut text, mut unknown) = (url.as_str().to_owned(), Vec::new());
    for field in fields.iter().filter(|field| !url.fields().any(|(name, _)| name == field.as_str())) {
        match PLACEHOLDERS.iter().find(|(name, _)| name == field) {
            Some((name, placeholder)) => {
                let separator = if text.contains('?') { '&' } else { '?' };
                text.extend([&format!("{separator}{name}="), *placeholder]);
            }
            None => unknown.push(field.clone()),
        }
    }
    (ProvisioningUrl::parse_long(&text).unwrap_or_else(|_| url.clone()), unknown)
}

/// A line with an escaped value, as readable as it can be.
fn property(key: &str, value: &str) -> Result<String, ParseError> {
    let mut line = String::new();
    escape(key, &mut line);
    line.push('=');
    escape(value, &mut line);
    let encoded = encode(&parse(&line)?);
    Ok(String::from_utf8_lossy(&encoded).into_owned())
}
