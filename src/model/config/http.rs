//! `[http]`: the HTTP front.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use jitsi_properties::{PASSWORD_FIELDS, USERNAME_FIELDS};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::value::{duration, networks};

/// The HTTP front.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Address and port to listen on; port 0 takes a free one. Default: `127.0.0.1:8080`.
    #[serde(deserialize_with = "address")]
    pub listen: SocketAddr,
    /// Certificate and key; without them plain HTTP is served. Default: none.
    pub tls: Option<HttpTls>,
    /// Serve plain HTTP on an address that is not loopback: passwords cross the network in the clear. Default: false.
    pub allow_plain: bool,
    /// Paths besides `/provision`. Default: `["/plugins/jitsiProvisioning/provision"]`.
    pub paths: Vec<String>,
    /// Accept GET with the credentials in the URL, as the old plugin did. Default: false.
    pub allow_get: bool,
    /// Which status goes with which error. Default: `"client-safe"`.
    pub error_status: ErrorStatus,
    /// Names of the field that carries the user name; the first one present counts. Default: `["username", "user"]`.
    pub username_fields: Vec<String>,
    /// Names of the field that carries the password. Default: `["password", "pass"]`.
    pub password_fields: Vec<String>,
    /// Names of the field that carries the shared secret. Default: `["secret"]`.
    pub secret_fields: Vec<String>,
    /// A secret that every request must bring in one of `secret_fields`. Default: none.
    pub secret: Option<SecretString>,
    /// File whose first line is the secret.
    pub secret_file: Option<PathBuf>,
    /// Networks from which clients may ask, as `10.0.0.0/8` or `2001:db8::/32`; an address alone stands for itself.
    /// Default: empty, that is all.
    #[serde(deserialize_with = "networks::deserialize")]
    pub allowed_networks: Vec<IpNet>,
    /// Proxies whose `Forwarded` and `X-Forwarded-For` are believed, and that may hold all connections. Default: empty, that is
    /// none.
    #[serde(deserialize_with = "networks::deserialize")]
    pub trusted_proxies: Vec<IpNet>,
    /// Networks that may read `/metrics`, besides clients on this machine. Default: empty, that is none.
    #[serde(deserialize_with = "networks::deserialize")]
    pub metrics_networks: Vec<IpNet>,
    /// Compress replies for clients that ask for it. Default: true.
    pub gzip: bool,
    /// Time that an idle connection is kept for the next request. Default: 5 s.
    #[serde(deserialize_with = "duration::deserialize")]
    pub keep_alive: Duration,
    /// Time in which a request's head, and then its body, must have arrived. Default: 5 s each.
    #[serde(deserialize_with = "duration::deserialize")]
    pub read_timeout: Duration,
    /// Connections that are open at one time; for more, idle and slow ones are closed. Fewer are taken where the limits of the
    /// process do not allow so many. Default: 2048.
    pub max_connections: usize,
}

/// Certificate and key of the HTTP front.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpTls {
    /// PEM file with the certificate and its chain.
    pub certificate: PathBuf,
    /// PEM file with the private key.
    pub key: PathBuf,
}

/// Which HTTP status goes with which error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorStatus {
    /// 401 only for a wrong password, since a client then deletes the one it saved.
    #[default]
    ClientSafe,
    /// 401 for nearly everything, as the old plugin answered.
    Plugin,
}

impl Default for Http {
    fn default() -> Self {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            tls: None,
            allow_plain: false,
            paths: names(&["/plugins/jitsiProvisioning/provision"]),
            allow_get: false,
            error_status: ErrorStatus::default(),
            username_fields: names(&USERNAME_FIELDS),
            password_fields: names(&PASSWORD_FIELDS),
            secret_fields: names(&["secret"]),
            secret: None,
            secret_file: None,
            allowed_networks: Vec::new(),
            trusted_proxies: Vec::new(),
            metrics_networks: Vec::new(),
            gzip: true,
            keep_alive: Duration::from_secs(5),
            read_timeout: Duration::from_secs(5),
            max_connections: 2048,
        }
    }
}

pub(super) fn address<'de, D: Deserializer<'de>>(input: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(input)?;
    text.parse().map_err(|_| {
        D::Error::custom(format!(
            "`{text}` is not an address and a port; write for example \"127.0.0.1:8080\", \"0.0.0.0:443\" for all of \
             IPv4, or \"[::]:443\" for all"
        ))
    })
}
