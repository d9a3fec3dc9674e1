//! The plugin's three settings, taken from an export, or why they cannot be.

use secrecy::{ExposeSecret as _, SecretString};

use super::Refusal;
use super::export::{ADDRESSES, DOMAIN, Entry, Export, PREFIX, Value};

/// What the old plugin was set to.
#[derive(Debug)]
pub(super) struct Settings {
    /// Off unless the property says `true` in any capitals, as `Boolean.parseBoolean` reads it.
    pub(super) is_enabled: bool,
    /// None when the export has none. The plugin made one of 8 letters and digits at its first start.
    pub(super) secret: Option<SecretString>,
    /// Addresses, as they were entered between commas. Empty: every client.
    pub(super) addresses: Vec<String>,
    /// Openfire's XMPP domain, where the export has it.
    pub(super) domain: Option<String>,
    /// Names below the plugin's own that it did not know.
    pub(super) unknown: Vec<String>,
}

const ENABLED: &str = "enabled";
const SECRET: &str = "secret";
const ALLOWED: &str = "allowedIPs";

impl Settings {
    /// Takes the settings.
    ///
    /// # Errors
    ///
    /// All reasons at once, without any value.
    pub(super) fn take(export: &Export) -> Result<Self, Refusal> {
        let mut refused = Vec::new();
        let is_known = |name: &str| [ENABLED, SECRET, ALLOWED].contains(&name);
        let ours = || export.entries.iter().filter_map(|entry| entry.name.strip_prefix(PREFIX));
        if !ours().any(is_known) {
            return Err(Refusal(vec![nothing_found(export)]));
        }
        let mut value = |name: &str| match last_value(export, name) {
            Ok(value) => value,
            Err(why) => {
                refused.push(why);
                None
            }
        };
        let enabled = value(&format!("{PREFIX}{ENABLED}"));
        let secret = value(&format!("{PREFIX}{SECRET}"));
        let allowed = value(&format!("{PREFIX}{ALLOWED}"));
        let domain = value(DOMAIN);
        if let Some(line) = export.unread_addresses.filter(|_| allowed.is_none()) {
            refused.push(format!(
                "line {line} mentions `{ADDRESSES}`, but no list can be read there, and without one the service would serve \
                 every client: {}",
                by_hand(ADDRESSES)
            ));
        }
        if !refused.is_empty() {
            return Err(Refusal(refused));
        }
        let mut unknown: Vec<String> =
            ours().filter(|name| !is_known(name)).map(|name| format!("{PREFIX}{name}")).collect();
        unknown.sort();
        unknown.dedup();
        let parts = allowed.iter().flat_map(|allowed| allowed.expose_secret().split(','));
        Ok(Self {
            is_enabled: enabled.is_some_and(|enabled| enabled.expose_secret().eq_ignore_ascii_case("true")),
            secret: secret.filter(|secret| !secret.expose_secret().is_empty()),
            // As Openfire's `StringUtils.stringToCollection` takes it apart.
            addresses: parts.map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect(),
            domain: domain.map(|domain| domain.expose_secret().to_owned()).filter(|domain| !domain.is_empty()),
            unknown,
        })
    }
}

/// The value that counts at the end; none when there is no such property, or it was deleted.
fn last_value(export: &Export, name: &str) -> Result<Option<SecretString>, String> {
    let mut known: Option<&Entry> = None;
    for entry in export.entries.iter().filter(|entry| entry.name == name) {
        match (&entry.value, known.map(|known| (known.line, &known.value))) {
            (Value::Deleted, _) => known = None,
            (Value::Text(new), Some((line, Value::Text(old)))) if new.expose_secret() != old.expose_secret() => {
                return Err(format!(
                    "`{name}` has two different values, in lines {line} and {}: leave only the right one in the file",
                    entry.line
                ));
            }
            _ => known = Some(entry),
        }
    }
    let line = known.map_or(0, |entry| entry.line);
    match known.map(|entry| &entry.value) {
        None | Some(Value::None | Value::Deleted) => Ok(None),
        Some(Value::Text(text)) if text.expose_secret().contains(char::REPLACEMENT_CHARACTER) => Err(format!(
            "`{name}` has a character in line {line} that is no UTF-8: save the file as UTF-8, or {}",
            by_hand(name)
        )),
        Some(Value::Text(text)) => Ok(Some(text.clone())),
        Some(Value::Encrypted) => {
            Err(format!("`{name}` is encrypted in line {line}, with a key that only Openfire has: {}", by_hand(name)))
        }
        Some(Value::Hidden) => Err(format!("the value of `{name}` is not shown in line {line}: {}", by_hand(name))),
    }
}

fn by_hand(name: &str) -> String {
    format!(
        "read it in Openfire's console under Server > Server Settings > Jitsi Provisioning, and write it into the file instead, \
         as a line `{name} = VALUE`"
    )
}

fn nothing_found(export: &Export) -> String {
    let forms = "use the rows of the table `ofProperty` from a dump or a query, the console's page System Properties as copied from \
                 a browser, or lines `name = value`";
    match export.unread.first() {
        None => format!("the file does not mention `{PREFIX}secret` or another setting of the plugin: {forms}"),
        Some(line) => format!("line {line} mentions `{PREFIX}…`, but no setting can be read there: {forms}"),
    }
}
