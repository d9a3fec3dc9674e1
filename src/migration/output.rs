//! The configuration, and what the administrator must know.

use std::fmt::Write as _;
use std::path::Path;

use ipnet::IpNet;
use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use super::export::Export;
use super::networks::{self, Entry};
use super::settings::Settings;
use super::{Migration, Refusal};

/// The plugin's path, with the capitals of its own documentation, and as its folder was called. Openfire compared paths without
/// capitals; this service does not.
const PATHS: [&str; 2] = ["/plugins/jitsiProvisioning/provision", "/plugins/jitsiprovisioning/provision"];

/// The template that keeps the clients' account.
const TEMPLATE: &str = "/etc/openfire-provisioner/templates/as-the-old-plugin.properties";

/// Makes the configuration of settings; `export` says what could not be read of them.
///
/// # Errors
///
/// A list of addresses of which none can be used: without one the service would serve every client.
pub(super) fn migration(settings: Settings, export: &Export, secret_file: Option<&Path>) -> Result<Migration, Refusal> {
    let mut findings = Vec::new();
    let mut notes = Vec::new();
    let networks = allowed(&settings.addresses, &mut findings, &mut notes);
    if networks.is_empty() && !settings.addresses.is_empty() {
        findings.push(
            "no address of the list `plugin.jitsiprovisioning.allowedIPs` can be used, and an empty list would serve every client; \
             correct the list"
                .to_owned(),
        );
        return Err(Refusal(findings));
    }
    findings.extend(unread(&settings, export));
    notes.extend(differences(&settings));
    let mut text = Zeroizing::new(String::from(HEAD));
    text.push_str(&server_lines(settings.domain.as_deref()));
    text.push_str(&template_and_path_lines());
    text.push_str(&secret_lines(&settings, secret_file));
    text.push_str(&network_lines(&networks, &settings));
    text.push_str(TLS);
    Ok(Migration { configuration: text.as_str().into(), secret: settings.secret, findings, notes })
}

const HEAD: &str = "# Made by `openfire-provisioner migrate old-plugin` from the settings of Openfire's plugin jitsiprovisioning.
# docs/install.md describes the values that are missing, from step 1 on. Change the lines where they are, and remove the `#` in
# front of them and of their heading. Then `openfire-provisioner check` says what is still wrong. config.example.toml shows all
# other settings.
";

/// The sections about Openfire. Examples have the domain of the export where there is one. The secrets are those of
/// `config.example.toml`, which the start refuses until they are changed.
fn server_lines(domain: Option<&str>) -> String {
    let name = domain.unwrap_or("example.org");
    let line = |key: &str, value: String| format!("{key} = {}\n", quoted(&value));
    [
        "\n[openfire]\n",
        &line(if domain.is_some() { "domain" } else { "#domain" }, name.to_owned()),
        "# Openfire's host name, if it is not the domain.\n",
        &line("#host", format!("chat.{name}")),
        "# An account that only shows whether Openfire's user store works. Without it, clients can lose their saved passwords \
         during\n# an outage of Openfire's database or LDAP.\n",
        &line("#reference_user", "provisioning-check".to_owned()),
        &line("#reference_password", "change-me".to_owned()),
        "\n[component]\n# Needed only if it is another name than this.\n",
        &line("#name", format!("provisioning.{name}")),
        "# With it, the command `preview` works while the service runs.\n",
        &line("#preview_name", format!("provisioning-preview.{name}")),
        "# The secret of the component in Openfire's console.\n",
        &line("#secret", "change-me".to_owned()),
    ]
    .concat()
}

fn template_and_path_lines() -> String {
    let paths: Vec<String> = PATHS.iter().map(|path| quoted(path)).collect();
    format!(
        "\n[template]\n# Keeps the account that the plugin made on the clients.\nfile = {}\n\n[http]\n# By default only this machine \
         reaches the service.\n#listen = \"0.0.0.0:443\"\n# The plugin's path. Openfire accepted it in upper or lower case; add other \
         spellings from your clients' URIs.\npaths = [{}]\n",
        quoted(TEMPLATE),
        paths.join(", ")
    )
}

const TLS: &str = "
#[http.tls]
#certificate = \"/etc/openfire-provisioner/fullchain.pem\"
#key = \"/etc/openfire-provisioner/privkey.pem\"
";

fn secret_lines(settings: &Settings, secret_file: Option<&Path>) -> Zeroizing<String> {
    let mut lines = Zeroizing::new(String::from("# The plugin's secret, which clients send in the field `secret`.\n"));
    match (&settings.secret, secret_file) {
        (Some(_), Some(file)) => {
            let _ = writeln!(lines, "secret_file = {}", quoted(&file.display().to_string()));
        }
        (Some(secret), None) => {
            let _ = writeln!(lines, "secret = {}", *Zeroizing::new(quoted(secret.expose_secret())));
        }
        (None, _) => lines.push_str("#secret = \"not in the export\"\n"),
    }
    lines
}

fn network_lines(networks: &[IpNet], settings: &Settings) -> String {
    if settings.addresses.is_empty() {
        return "# The plugin served every address, since its list was empty.\n#allowed_networks = []\n".to_owned();
    }
    let list: Vec<String> = networks.iter().map(|network| quoted(&shown(*network))).collect();
    format!("# The plugin's list of addresses.\nallowed_networks = [{}]\n", list.join(", "))
}

/// An address alone without the length of its prefix.
fn shown(network: IpNet) -> String {
    if network.prefix_len() == network.max_prefix_len() { network.addr().to_string() } else { network.to_string() }
}

/// A text as a string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn allowed(addresses: &[String], findings: &mut Vec<String>, notes: &mut Vec<String>) -> Vec<IpNet> {
    let mut networks = Vec::new();
    for text in addresses {
        match networks::read(text) {
            Entry::Address(address) => networks.push(address),
            Entry::Networks(found) => {
                let list: Vec<String> = found.iter().map(|network| shown(*network)).collect();
                notes.push(format!(
                    "the plugin compared addresses as text, so `{text}` in its list matched no client; here it means {}",
                    list.join(", ")
                ));
                networks.extend(found);
            }
            Entry::Refused(why) => findings.push(format!(
                "`{text}` in the list of addresses was left out: {why}. If its clients are to be served, add their network to \
                 `http.allowed_networks`"
            )),
        }
    }
    let mut different: Vec<IpNet> = Vec::new();
    for network in networks {
        if !different.contains(&network) {
            different.push(network);
        }
    }
    different
}

/// What the administrator must look at in the export.
fn unread(settings: &Settings, export: &Export) -> Vec<String> {
    let mut findings = Vec::new();
    if settings.secret.is_none() {
        findings.push(
            "the export has no secret, which the plugin always had: look in Openfire's console under Server > Server Settings > \
             Jitsi Provisioning and enter it in `http.secret`; without it the service requires no secret"
                .to_owned(),
        );
    }
    for line in &export.unread {
        findings.push(format!("line {line} mentions the plugin, but is in no known form: it was left out"));
    }
    for name in &settings.unknown {
        findings.push(format!("`{name}` is no setting of the published plugin: it was left out"));
    }
    findings
}

/// What the service does differently, and what else there is to do, in the order in which to do it.
fn differences(settings: &Settings) -> Vec<String> {
    let mut notes = Vec::new();
    if !settings.is_enabled {
        notes.push(
            "the plugin was switched off; this service has no such setting and answers as soon as it runs. To start it without \
             serving clients, pause provisioning in the administrators' pages"
                .to_owned(),
        );
    }
    if let Some(secret) = &settings.secret {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if !secret.expose_secret().bytes().all(is_plain) {
            notes.push(
                "the secret has characters that can mean something else in a URI, a blank for example: compare it with \
                 `secret=` in a client's provisioning URI"
                    .to_owned(),
            );
        }
    }
    if !settings.addresses.is_empty() {
        notes.push(
            "the plugin believed the header `X-Forwarded-For` of every client; this service believes only proxies in \
             `http.trusted_proxies`: name yours there"
                .to_owned(),
        );
    }
    notes.extend(ALWAYS.map(str::to_owned));
    notes
}

const ALWAYS: [&str; 8] = [
    "the plugin had no reference account, and neither has this configuration yet: without one, clients can lose their saved passwords \
     during an outage of Openfire's database or LDAP. Create one, and set `openfire.reference_user` and \
     `openfire.reference_password` (docs/install.md, step 2)",
    "the plugin listened in Openfire's console, on port 9090 (HTTP) or 9091 (HTTPS). This service has a host name and port of its \
     own and HTTPS: set `http.listen` and `http.tls`, and change scheme, host and port in the clients' provisioning URI; path and \
     fields can stay",
    "the template keeps the plugin's account on the clients only if `openfire.domain` is the domain that was compiled into your \
     plugin: `ACCOUNT_UID` in a client's sip-communicator.properties must be `Jabber:USER@DOMAIN@DOMAIN` with that domain twice",
    "the plugin accepted GET too, with the password in the URL; this service accepts only POST, as Jitsi sends it (`http.allow_get`)",
    "the plugin answered 401 to every error, on which clients delete their saved password; this service does so only for a wrong \
     password (`http.error_status`)",
    "the plugin removed all accounts and chat rooms of a client at each start; this service leaves them",
    "the plugin looked up nothing else about a user; the template can use vCards, groups and rosters (docs/templates.md)",
    "when clients use the new URI, delete the plugin `jitsiprovisioning` in Openfire's console: otherwise it still answers \
     everyone who knows its secret",
];
