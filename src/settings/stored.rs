//! The file's text: what the pages have changed, as TOML.

use ipnet::IpNet;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use toml::Value;
use zeroize::Zeroizing;

use super::secret::KnownSecret;
use super::values::{Paused, Previous};
use crate::model::config;
use crate::model::timestamp::rfc3339;

/// Largest file, in bytes. What the pages write is far smaller.
pub(super) const MOST_BYTES: usize = 64 * 1024;

/// The version of the file's format. A file with another version is not read.
const VERSION: i64 = 1;

/// The beginning of the file, for people who open it.
const HEAD: &str = "\
# What administrators have changed in the pages of openfire-provisioner. These values win over the configuration.
# The pages write this file. To give a value back to the configuration, use the button in the pages, or run
#   openfire-provisioner settings reset KEY      (KEY: paused, http.secret, http.allowed_networks, or all)
# and then: systemctl reload openfire-provisioner. The same holds after a change by hand. Keep the mode 600 and the last line.
";

/// The last line. A file without it was cut off, and a cut must not open what the rest had closed.
const END: &str = "# End of the settings.";

/// What the pages have changed; none where the configuration applies.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Stored {
    pub(super) paused: Option<Paused>,
    pub(super) secret: Option<ChangedSecret>,
    pub(super) networks: Option<ChangedNetworks>,
}

/// The secret, as the pages have changed it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ChangedSecret {
    pub(super) secret: KnownSecret,
    pub(super) previous: Option<Previous>,
    pub(super) by: String,
    pub(super) at: Timestamp,
}

/// The networks, as the pages have changed them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ChangedNetworks {
    pub(super) networks: Vec<IpNet>,
    pub(super) by: String,
    pub(super) at: Timestamp,
}

impl Stored {
    /// Reads the text of a file. The error says what is wrong with it, and quotes no value.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let written: Written = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            format!("line {line}: {}", without_values(error.message()))
        })?;
        if written.version != VERSION {
            return Err(format!("its `version` is {}, and this program reads only version {VERSION}", written.version));
        }
        if text.trim_end().lines().next_back().map(str::trim) != Some(END) {
            return Err(format!("its last line is not `{END}`, so the rest may be missing"));
        }
        let paused = written.paused.map(|paused| {
            let since = time("paused.at", &paused.at)?;
            Ok::<_, String>(Paused {
                reason: shown("paused.reason", paused.reason)?,
                by: shown("paused.by", paused.by)?,
                since,
            })
        });
        let http = written.http;
        Ok(Self {
            paused: paused.transpose()?,
            secret: http.secret.map(ChangedSecret::read).transpose()?,
            networks: http.allowed_networks.map(ChangedNetworks::read).transpose()?,
        })
    }

    /// The text of the file.
    pub(super) fn text(&self) -> Zeroizing<String> {
        // Enough for all, since a text that grows leaves its old memory as it was.
        let mut text = Zeroizing::new(String::with_capacity(MOST_BYTES));
        text.push_str(HEAD);
        text.push_str("version = 1\n");
        if let Some(Paused { reason, by, since }) = &self.paused {
            text.push_str("\n[paused]\n");
            line(&mut text, "reason", reason);
            signature(&mut text, by, *since);
        }
        if let Some(ChangedSecret { secret, previous, by, at }) = &self.secret {
            text.push_str("\n[http.secret]\n");
            line(&mut text, "value", secret.secret().expose_secret());
            if let Some(Previous { secret, until }) = previous {
                match secret {
                    Some(secret) => line(&mut text, "previous", secret.secret().expose_secret()),
                    None => text.push_str("# No secret was asked for before.\n"),
                }
                line(&mut text, "previous_until", &rfc3339(*until));
            }
            signature(&mut text, by, *at);
        }
        if let Some(ChangedNetworks { networks, by, at }) = &self.networks {
            let networks: Vec<Value> = networks.iter().map(|network| Value::String(network.to_string())).collect();
            text.push_str("\n[http.allowed_networks]\n");
            text.push_str("value = ");
            text.push_str(&Value::Array(networks).to_string());
            text.push('\n');
            signature(&mut text, by, *at);
        }
        text.push('\n');
        text.push_str(END);
        text.push('\n');
        text
    }
}

impl ChangedSecret {
    fn read(written: WrittenSecret) -> Result<Self, String> {
        if written.value.expose_secret().is_empty() {
            return Err("`http.secret.value` is empty, which protects nothing".to_owned());
        }
        let previous = written.previous_until.map(|until| {
            let until = time("http.secret.previous_until", &until)?;
            Ok::<_, String>(Previous { secret: written.previous.map(KnownSecret::new), until })
        });
        Ok(Self {
            secret: KnownSecret::new(written.value),
            previous: previous.transpose()?,
            by: shown("http.secret.by", written.by)?,
            at: time("http.secret.at", &written.at)?,
        })
    }
}

impl ChangedNetworks {
    fn read(written: WrittenNetworks) -> Result<Self, String> {
        let networks = written.value.iter().map(|text| config::network(text));
        Ok(Self {
            networks: networks.collect::<Result<_, String>>()?,
            by: shown("http.allowed_networks.by", written.by)?,
            at: time("http.allowed_networks.at", &written.at)?,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: i64,
    paused: Option<WrittenPause>,
    #[serde(default)]
    http: WrittenHttp,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenHttp {
    secret: Option<WrittenSecret>,
    allowed_networks: Option<WrittenNetworks>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPause {
    reason: String,
    by: String,
    at: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSecret {
    value: SecretString,
    previous: Option<SecretString>,
    previous_until: Option<String>,
    by: String,
    at: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenNetworks {
    value: Vec<String>,
    by: String,
    at: String,
}

fn line(text: &mut String, key: &str, value: &str) {
    let quoted = Zeroizing::new(Value::String(value.to_owned()).to_string());
    text.push_str(key);
    text.push_str(" = ");
    text.push_str(&quoted);
    text.push('\n');
}

fn signature(text: &mut String, by: &str, at: Timestamp) {
    line(text, "by", by);
    line(text, "at", &rfc3339(at));
}

fn time(key: &str, text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| format!("`{key}` is not a time such as \"2026-07-01T12:00:00Z\""))
}

/// A text that is shown in pages and in the log.
fn shown(key: &str, text: String) -> Result<String, String> {
    if text.contains(char::is_control) { Err(format!("`{key}` holds control characters")) } else { Ok(text) }
}

/// What the reader of TOML says, unless it repeats a value: that may be the secret.
fn without_values(message: &str) -> &str {
    let message = message.lines().next().unwrap_or_default();
    if message.starts_with("invalid type") || message.starts_with("invalid value") {
        return "a value of the wrong kind";
    }
    message
}
