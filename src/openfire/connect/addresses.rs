//! Name look-ups: SRV records and addresses.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::config::{LookupIpStrategy, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData};
use hickory_resolver::{ResolverBuilder, TokioResolver};
use tokio::time::timeout;
use xmpp_parsers::jid::DomainRef;

use super::{ConnectError, HostPort, lacks_descriptors, srv};
use crate::model::files::name_service;

/// The name servers of the system. Cheap to clone; clones share the cache.
#[derive(Clone)]
pub(super) struct NameResolver {
    /// None when the system's resolver configuration cannot be read; then only the system's own look-up is left.
    resolver: Option<TokioResolver>,
    limit: Duration,
}

impl NameResolver {
    /// Reads the system's configuration. `limit` is the time for one look-up.
    pub(super) fn new(limit: Duration) -> Self {
        let builder = match TokioResolver::builder_tokio() {
            Err(_) if !name_service::IS_COMPLETE => Ok(hosts_only()),
            builder => builder,
        };
        Self { resolver: builder.and_then(|builder| resolver(builder, limit)).ok(), limit }
    }

    /// Asks one name server and no other source.
    #[cfg(test)]
    pub(super) fn from_server(server: SocketAddr, limit: Duration) -> Self {
        use hickory_resolver::config::{ConnectionConfig, NameServerConfig};

        let mut connection = ConnectionConfig::udp();
        connection.port = server.port();
        let server = NameServerConfig::new(server.ip(), true, vec![connection]);
        let config = ResolverConfig::from_name_servers(vec![server]);
        let builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        Self { resolver: resolver(builder, limit).ok(), limit }
    }

    /// The endpoints of a domain's client service, in the order in which they are tried.
    pub(super) async fn services(&self, domain: &DomainRef, direct_tls: bool) -> Result<Vec<HostPort>, ConnectError> {
        let standard = HostPort { host: domain.to_string(), port: if direct_tls { 5223 } else { 5222 } };
        let Some(resolver) = &self.resolver else { return Ok(vec![standard]) };
        if literal(&standard.host).is_some() {
            return Ok(vec![standard]);
        }
        let service = if direct_tls { "_xmpps-client._tcp" } else { "_xmpp-client._tcp" };
        let Ok(name) = Name::from_utf8(format!("{service}.{domain}.")) else { return Ok(vec![standard]) };
        match timeout(self.limit, resolver.srv_lookup(name)).await {
            Ok(Ok(lookup)) => {
                let records = lookup.answers().iter().filter_map(|answer| match &answer.data {
                    RData::SRV(srv) => Some(srv::Record {
                        priority: srv.priority,
                        weight: srv.weight,
                        endpoint: HostPort { host: srv.target.to_ascii(), port: srv.port },
                    }),
                    _ => None,
                });
                choose(records.collect(), standard)
            }
            // No record, or no answer about one: the domain itself may still be reachable (RFC 6120 section 3.2.2).
            Ok(Err(_)) | Err(_) => Ok(vec![standard]),
        }
    }

    /// The addresses of an endpoint, IPv6 and IPv4 taking turns (RFC 8305 section 4).
    pub(super) async fn addresses(&self, endpoint: &HostPort) -> Result<Vec<SocketAddr>, ConnectError> {
        let HostPort { host, port } = endpoint;
        if let Some(address) = literal(host) {
            return Ok(vec![SocketAddr::new(address, *port)]);
        }
        let found = match self.ask(host).await {
            Ok(addresses) => addresses,
            Err(error) if !name_service::IS_COMPLETE => return Err(error),
            // The system may know names that the DNS does not: mDNS, the machine's own name.
            Err(error) => match timeout(self.limit, tokio::net::lookup_host((host.as_str(), *port))).await {
                Ok(Ok(addresses)) => addresses.map(|address| address.ip()).collect(),
                Ok(Err(_)) | Err(_) => return Err(error),
            },
        };
        Ok(interleave(found).into_iter().map(|address| SocketAddr::new(address, *port)).collect())
    }

    async fn ask(&self, host: &str) -> Result<Vec<IpAddr>, ConnectError> {
        let host = || host.to_owned();
        let no_address = |reason: String| ConnectError::NoAddress { host: host(), reason };
        let Some(resolver) = &self.resolver else {
            return Err(no_address("the system's resolver configuration cannot be read".to_owned()));
        };
        let name = Name::from_utf8(host()).map_err(|error| no_address(error.to_string()))?;
        match timeout(self.limit, resolver.lookup_ip(name)).await {
            Ok(Ok(lookup)) => Ok(lookup.iter().collect()),
            Ok(Err(error)) if error.is_no_records_found() || error.is_nx_domain() => {
                Err(no_address("no such name".to_owned()))
            }
            Ok(Err(NetError::Io(error))) if lacks_descriptors(&error) => {
                let source = error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error);
                Err(ConnectError::NoDescriptor { to: host(), source })
            }
            Ok(Err(error)) => Err(ConnectError::Dns { host: host(), reason: shortened(&error) }),
            Err(_) => Err(ConnectError::Dns { host: host(), reason: "no answer in time".to_owned() }),
        }
    }
}

/// For a machine without a resolver configuration whose own look-up is not to be used: knows `/etc/hosts`.
fn hosts_only() -> ResolverBuilder<TokioRuntimeProvider> {
    TokioResolver::builder_with_config(ResolverConfig::from_name_servers(Vec::new()), TokioRuntimeProvider::default())
}

fn resolver(mut builder: ResolverBuilder<TokioRuntimeProvider>, limit: Duration) -> Result<TokioResolver, NetError> {
    let options = builder.options_mut();
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    // Two attempts inside the limit.
    options.timeout = limit / 2;
    options.attempts = 2;
    builder.build()
}

/// The endpoints that the SRV records name, or the standard one when there are none.
fn choose(records: Vec<srv::Record>, standard: HostPort) -> Result<Vec<HostPort>, ConnectError> {
    if records.is_empty() {
        return Ok(vec![standard]);
    }
    let offered: Vec<_> = records.into_iter().filter(|record| record.endpoint.host != ".").collect();
    if offered.is_empty() {
        return Err(ConnectError::NoService { domain: standard.host });
    }
    Ok(srv::order(offered, |sum| rand::random_range(0..=sum)))
}

/// An IP address written as such, an IPv6 one with or without brackets.
fn literal(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    bare.parse().ok()
}

fn interleave(addresses: Vec<IpAddr>) -> Vec<IpAddr> {
    let (v6, v4): (Vec<_>, Vec<_>) = addresses.into_iter().partition(IpAddr::is_ipv6);
    let longer = v6.len().max(v4.len());
    (0..longer).flat_map(|n| [v6.get(n), v4.get(n)]).flatten().copied().collect()
}

fn shortened(error: &NetError) -> String {
    error.to_string().chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(host: &str) -> HostPort {
        HostPort { host: host.to_owned(), port: 5222 }
    }

    fn record(host: &str) -> srv::Record {
        srv::Record { priority: 0, weight: 0, endpoint: endpoint(host) }
    }

    #[test]
    fn without_srv_records_the_domain_itself_is_tried() {
        assert_eq!(choose(Vec::new(), endpoint("example.test")).unwrap(), [endpoint("example.test")]);
    }

    #[test]
    fn the_target_of_a_dot_says_there_is_no_service() {
        let outcome = choose(vec![record(".")], endpoint("example.test"));
        assert!(matches!(outcome, Err(ConnectError::NoService { domain }) if domain == "example.test"));
        let outcome = choose(vec![record("."), record("a.test.")], endpoint("example.test"));
        assert_eq!(outcome.unwrap(), [endpoint("a.test.")]);
    }

    #[tokio::test]
    async fn names_of_the_hosts_file_need_no_resolver_configuration() {
        let limit = Duration::from_mins(1);
        let names = NameResolver { resolver: resolver(hosts_only(), limit).ok(), limit };
        let found = names.ask("localhost").await.unwrap();
        assert!(found.contains(&IpAddr::from([127, 0, 0, 1])), "{found:?}");
        assert!(names.ask("unknown.test").await.is_err());
    }

    #[test]
    fn address_literals_need_no_look_up() {
        assert_eq!(literal("[::1]"), Some(IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])));
        assert_eq!(literal("::1"), literal("[::1]"));
        assert_eq!(literal("192.0.2.1"), Some(IpAddr::from([192, 0, 2, 1])));
        assert_eq!(literal("example.test"), None);
    }

    #[test]
    fn the_address_families_take_turns() {
        let v4 = |last| IpAddr::from([192, 0, 2, last]);
        let v6 = |last| IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, last]);
        assert_eq!(interleave(vec![v4(1), v4(2), v4(3), v6(1)]), [v6(1), v4(1), v4(2), v4(3)]);
    }

    #[tokio::test]
    async fn localhost_is_found() {
        let names = NameResolver::new(Duration::from_secs(2));
        let addresses = names.addresses(&endpoint("localhost")).await.unwrap();
        assert!(addresses.iter().all(|address| address.ip().is_loopback()), "{addresses:?}");
    }
}
