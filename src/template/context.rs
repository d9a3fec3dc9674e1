//! What a template sees, as a type.

use chrono::{DateTime, SecondsFormat, Utc};
use minijinja::{Value, context};
use xmpp_parsers::jid::DomainPart;

use super::secret::Secret;
use super::vcard;
use crate::account::{ClientInfo, Contact, Entry, Password, Subscription, Username};
use crate::config;

/// What a template sees, for one request. `docs/templates.md` describes each name.
#[derive(Debug, Clone, Copy)]
pub struct ProvisionContext<'a> {
    /// Who logged in.
    pub username: &'a Username,
    /// With what password.
    pub password: &'a Password,
    /// What the directory found out about the user.
    pub entry: &'a Entry,
    /// The client that asks.
    pub client: &'a ClientInfo,
    /// The chat server, as clients see it.
    pub server: &'a ServerFacts,
    /// The time of the request.
    pub now: DateTime<Utc>,
}

/// The chat server, as clients see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFacts {
    /// The XMPP domain.
    pub domain: DomainPart,
    /// The host that clients may try where the domain has no SRV records; empty when none is known.
    pub host: String,
    /// The port at which clients start with STARTTLS.
    pub port: u16,
    /// SHA-1 of the certificate in lower-case hexadecimal, for clients to pin; empty when nothing has to be pinned or
    /// the certificate is not known.
    pub certificate_sha1: String,
    /// Whether the certificate is one that every client trusts by itself.
    pub certificate_trusted: bool,
}

/// The client port of RFC 6120 section 14.7.
const CLIENT_PORT: u16 = 5222;

impl ServerFacts {
    /// What the configuration alone tells; the certificate is not known yet.
    ///
    /// A loopback host is how *we* reach the server and says nothing to a client, so it is left out; so is a port for
    /// direct TLS, which a Jitsi client does not speak.
    #[must_use]
    pub fn new(settings: &config::Openfire) -> Self {
        let host = settings.host.clone().filter(|host| !is_loopback(host)).unwrap_or_default();
        let port = match settings.tls {
            config::TlsMode::Direct => CLIENT_PORT,
            config::TlsMode::Starttls | config::TlsMode::None => settings.port.unwrap_or(CLIENT_PORT),
        };
        let port = if host.is_empty() { CLIENT_PORT } else { port };
        let domain = settings.domain.clone();
        Self { domain, host, port, certificate_sha1: String::new(), certificate_trusted: false }
    }
}

impl ProvisionContext<'_> {
    /// The context as the engine takes it. What the template does not mention is not copied.
    pub(super) fn to_value(self, mentions: impl Fn(&str) -> bool) -> Value {
        let roots: [(&'static str, &dyn Fn() -> Value); 10] = [
            ("user", &|| self.user()),
            ("password", &|| Secret::value(self.password.typed())),
            ("vcard", &|| vcard::value(&self.entry.profile)),
            ("roster", &|| self.entry.roster.iter().map(contact).collect()),
            ("roster_groups", &|| self.roster_groups()),
            ("groups", &|| self.entry.groups.iter().map(String::as_str).collect()),
            ("account", &|| self.account()),
            ("request", &|| self.request()),
            ("openfire", &|| self.openfire()),
            ("now", &|| self.now.to_rfc3339_opts(SecondsFormat::Secs, true).into()),
        ];
        roots.into_iter().filter(|(name, _)| mentions(name)).map(|(name, value)| (name, value())).collect()
    }

    fn user(self) -> Value {
        let name = self.username.unescaped();
        let display_name = [&self.entry.profile.full_name, &self.entry.account.name]
            .into_iter()
            .find(|known| !known.trim().is_empty())
            .unwrap_or(&name);
        context! {
            name => name.as_str(),
            node => self.username.as_str(),
            jid => self.username.at(&self.server.domain).to_string(),
            domain => self.server.domain.as_str(),
            display_name => display_name.as_str(),
        }
    }

    fn account(self) -> Value {
        context! { name => self.entry.account.name.as_str(), email => self.entry.account.email.as_str() }
    }

    fn roster_groups(self) -> Value {
        let mut groups: Vec<&str> =
            self.entry.roster.iter().flat_map(|contact| &contact.groups).map(String::as_str).collect();
        groups.sort_unstable();
        groups.dedup();
        groups.into_iter().collect()
    }

    fn request(self) -> Value {
        let fields = &self.client.fields;
        context! {
            fields => fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Value>(),
            ip => self.client.address.to_string(),
            user_agent => self.client.user_agent.as_str(),
            client => context! {
                product => self.client.version.product.as_str(),
                version => self.client.version.version.as_str(),
            },
            os => fields.get("os").map_or("", String::as_str),
        }
    }

    fn openfire(self) -> Value {
        context! {
            domain => self.server.domain.as_str(),
            host => self.server.host.as_str(),
            port => self.server.port,
            certificate_sha1 => self.server.certificate_sha1.as_str(),
            certificate_trusted => self.server.certificate_trusted,
        }
    }
}

fn contact(contact: &Contact) -> Value {
    let subscription = match contact.subscription {
        Subscription::None => "none",
        Subscription::To => "to",
        Subscription::From => "from",
        Subscription::Both => "both",
    };
    context! {
        jid => contact.jid.as_str(),
        name => contact.name.as_str(),
        groups => contact.groups.iter().map(String::as_str).collect::<Value>(),
        subscription => subscription,
    }
}

fn is_loopback(host: &str) -> bool {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name.ends_with(".localhost")
        || bare
            .parse()
            .is_ok_and(|address: std::net::IpAddr| address.to_canonical().is_loopback() || address.is_unspecified())
}
