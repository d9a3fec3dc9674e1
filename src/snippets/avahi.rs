//! A static service of Avahi, which announces the provisioning URL by multicast DNS.

use jitsi_properties::ProvisioningUrl;

use super::{MOST_TXT, SnippetError, check_url};

/// Two hyphens in a row may not be in a comment of XML.
const COMMENT: &str = "  Avahi announces the provisioning URL by multicast DNS, for Jitsi clients that look for it.

  1. This text belongs in /etc/avahi/services/provisioning.service
  2. Avahi picks the file up automatically. If it does not: systemctl reload avahi-daemon

  Only one host on a link may announce it, since clients look for exactly this name. If another host announces it
  already, Avahi announces \"Provisioning URL #2\" and logs that. Stop the other host, then:
       touch /etc/avahi/services/provisioning.service && systemctl reload avahi-daemon
";

/// The service. What the client posts to is the string `path`; JmDNS takes it as it is when it contains `://`, so address and
/// port of the service do not count (JmDNS 3.6.1, `ServiceInfoImpl`). The other strings become the fields.
pub fn avahi(url: &ProvisioningUrl) -> Result<String, SnippetError> {
    check_url(url)?;
    let mut names: Vec<String> = vec!["path".to_owned()];
    let mut records = vec![record("path", url.address())?];
    for (name, value) in url.fields() {
        let known = name.to_ascii_lowercase();
        if name.is_empty() || names.contains(&known) {
            return Err(SnippetError::TxtName(name.to_owned()));
        }
        names.push(known);
        records.push(record(name, value)?);
    }
    Ok(format!(
        "<?xml version=\"1.0\" standalone='no'?>\n<!DOCTYPE service-group SYSTEM \"avahi-service.dtd\">\n<!--\n{COMMENT}-->\n\
         <service-group>\n  <name>Provisioning URL</name>\n  <service>\n    <type>_https._tcp</type>\n    \
         <port>{}</port>\n{}  </service>\n</service-group>\n",
        url.port(),
        records.concat()
    ))
}

fn record(name: &str, value: &str) -> Result<String, SnippetError> {
    let text = format!("{name}={value}");
    if text.len() > MOST_TXT {
        return Err(SnippetError::LongTxt { name: name.to_owned(), bytes: text.len() });
    }
    // No URL contains `<` or `>`.
    Ok(format!("    <txt-record>{}</txt-record>\n", text.replace('&', "&amp;")))
}
