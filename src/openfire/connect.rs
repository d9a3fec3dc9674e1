//! Finds the server and opens a TCP connection to it.
//!
//! 1. SRV records of the domain, in the order of RFC 2782, or a configured host and port ([`Target`]).
//! 2. Each name's IPv6 and IPv4 addresses, the families taking turns.
//! 3. One attempt after another, each given a short head start before the next joins (RFC 8305 section 5); the first
//!    connection wins and the other attempts are dropped.

mod addresses;
mod pace;
mod race;
mod read_limit;
mod srv;
mod tcp;
#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use xmpp_parsers::jid::DomainPart;

use self::addresses::NameResolver;
pub use self::pace::{Pace, Turn};
pub use self::read_limit::ReadLimit;
pub use self::tcp::Tcp;

/// What is connected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// What the SRV records of a domain say; without records the domain itself at the standard port.
    Srv {
        /// The XMPP domain.
        domain: DomainPart,
        /// `_xmpps-client` and port 5223 (XEP-0368) instead of `_xmpp-client` and port 5222 (RFC 6120 section 3.2).
        direct_tls: bool,
    },
    /// One host.
    Host {
        /// A name, an IPv4 address, or an IPv6 address with or without brackets.
        host: String,
        /// The TCP port.
        port: u16,
    },
}

/// Opens connections. Cheap to clone; clones share the cache of DNS answers.
#[derive(Clone)]
pub struct Dialer {
    names: NameResolver,
    connect_timeout: Duration,
}

/// Why no connection came about.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The domain's SRV record says that there is no such service (RFC 2782, target `.`).
    #[error("the SRV record of {domain} says that it has no XMPP service; set openfire.host")]
    NoService {
        /// The XMPP domain.
        domain: String,
    },
    /// The name has no address.
    #[error(
        "{host} has no address in the DNS; set openfire.host to the host name or address of Openfire, or correct the DNS ({reason})"
    )]
    NoAddress {
        /// The name that was looked up.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// The name servers gave no answer.
    #[error("the name servers do not answer about {host} ({reason})")]
    Dns {
        /// The name that was looked up.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// The address refused or could not be reached. With several addresses: the last one that failed.
    #[error("cannot connect to {address} ({source}): Openfire is not running, or host or port are wrong")]
    Failed {
        /// The address that was tried.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// This process, or the whole system, has as many files and sockets open as it may.
    #[error(
        "no file descriptor is free to connect to {to}; raise the limit of this service (systemd: LimitNOFILE, \
         otherwise ulimit -n)"
    )]
    NoDescriptor {
        /// The address or the name that was tried.
        to: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The address did not answer in `connect_timeout`.
    #[error("{address} does not answer; check host, port and firewalls")]
    Silent {
        /// The address that was tried.
        address: SocketAddr,
    },
}

impl Dialer {
    /// Makes a dialer that gives each address `connect_timeout`.
    #[must_use]
    pub fn new(connect_timeout: Duration) -> Self {
        Self { names: NameResolver::new(connect_timeout), connect_timeout }
    }

    /// Connects to the first address of the target that answers.
    ///
    /// It takes at most `connect_timeout` for each look-up and each address; dropping the future closes all attempts.
    ///
    /// # Errors
    ///
    /// The error of the last endpoint that was tried.
    pub async fn dial(&self, target: &Target) -> Result<Tcp, ConnectError> {
        let endpoints = match target {
            Target::Srv { domain, direct_tls } => self.names.services(domain, *direct_tls).await?,
            Target::Host { host, port } => vec![HostPort { host: host.clone(), port: *port }],
        };
        let mut last = ConnectError::NoAddress { host: String::new(), reason: "no endpoint".to_owned() };
        for endpoint in &endpoints {
            let outcome = match self.names.addresses(endpoint).await {
                Ok(addresses) => race::connect(&addresses, self.connect_timeout).await,
                Err(error) => Err(error),
            };
            match outcome {
                Ok(stream) => return Ok(Tcp::new(stream)),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

impl ConnectError {
    fn of_attempt(address: SocketAddr, source: io::Error) -> Self {
        if lacks_descriptors(&source) {
            Self::NoDescriptor { to: address.to_string(), source }
        } else {
            Self::Failed { address, source }
        }
    }
}

/// Whether the system said `ENFILE` or `EMFILE`, whose numbers are the same on all Unix systems.
fn lacks_descriptors(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(23 | 24))
}

/// A host and a port that the service may be found at.
#[derive(Debug, Clone, PartialEq, Eq)]
struct HostPort {
    host: String,
    port: u16,
}
