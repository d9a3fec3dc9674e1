//! Which addresses a name has, and whether the C library may be asked.

use std::io;
use std::net::{IpAddr, SocketAddr};

use hickory_resolver::{ResolverBuilder, TokioResolver};
use tokio::net::lookup_host;

/// Whether the C library can look up users and hosts in all places that `/etc/nsswitch.conf` names.
///
/// Not in a statically linked program: glibc loads these places as modules from the machine, and modules of another version
/// of glibc end the process with SIGFPE. Such a program reads `/etc/passwd` and `/etc/hosts`, and asks the DNS.
pub(crate) const IS_COMPLETE: bool = !cfg!(target_feature = "crt-static");

/// The addresses of a host with a port, all that are found. It sets no time limit of its own.
///
/// # Errors
///
/// What the system or the DNS says when the host has no address.
pub(crate) async fn addresses(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    if IS_COMPLETE || host.parse::<IpAddr>().is_ok() {
        return Ok(lookup_host((host, port)).await?.collect());
    }
    let resolver = TokioResolver::builder_tokio().and_then(ResolverBuilder::build).map_err(io::Error::other)?;
    let found = resolver.lookup_ip(host).await.map_err(io::Error::other)?;
    Ok(found.iter().map(|address| SocketAddr::new(address, port)).collect())
}
