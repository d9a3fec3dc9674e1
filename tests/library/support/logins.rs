//! What a login test starts from: settings that point at a server, and credentials as a user types them.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use openfire_provisioner::model::account::{ClientInfo, ClientVersion, Credentials, Password, Username};
use openfire_provisioner::model::config;
use openfire_provisioner::openfire::login::Login;
use test_servers::openfire::DOMAIN;
use tokio::time::Instant;
use xmpp_parsers::jid::DomainPart;

/// The section `[openfire]` for a server at `address`; `more` is further lines of it.
#[must_use]
#[track_caller]
pub fn settings(address: SocketAddr, more: &str) -> config::Openfire {
    let text = format!("domain = \"{DOMAIN}\"\nhost = \"{}\"\nport = {}\n{more}\n", address.ip(), address.port());
    toml::from_str(&text).expect("valid settings")
}

/// The same with a CA file.
#[must_use]
#[track_caller]
pub fn settings_with_ca(address: SocketAddr, ca_file: &Path, more: &str) -> config::Openfire {
    settings(address, &format!("ca_file = {:?}\n{more}", ca_file.display().to_string()))
}

/// A login with usual limits.
#[must_use]
#[track_caller]
pub fn login(settings: &config::Openfire) -> Login {
    Login::new(settings, &config::Limits::default()).expect("trust that can be loaded")
}

/// What a user typed, parsed as the service does it.
#[must_use]
#[track_caller]
pub fn credentials(name: &str, password: &str) -> Credentials {
    let domain = DomainPart::new(DOMAIN).expect("a domain");
    Credentials {
        username: Username::parse(name, &domain).expect("a user name"),
        password: Password::parse(password.to_owned()).expect("a password"),
    }
}

/// A client that sent these fields.
#[must_use]
pub fn client(fields: &[(&str, &str)]) -> ClientInfo {
    ClientInfo {
        address: Ipv4Addr::LOCALHOST.into(),
        user_agent: String::new(),
        version: ClientVersion::default(),
        fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    }
}

/// Long enough for a real server on a busy machine.
#[must_use]
pub fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}
