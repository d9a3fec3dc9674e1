//! Who may ask at all, before any name or password is looked at.

use std::net::IpAddr;

use ipnet::IpNet;
use ring::digest::{Digest, SHA256, digest};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use crate::model::config;

/// The networks and the secret that the configuration asks for.
pub(super) struct Access {
    networks: Vec<IpNet>,
    secret: Option<Digest>,
}

/// Why a client may not ask. `Display` is for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Denial {
    /// Not in `http.allowed_networks`.
    #[error("the client's address is not in `http.allowed_networks`")]
    Network,
    /// `http.secret` is set and the request brought another one, or none.
    #[error("the secret is missing or wrong, see `http.secret` and the client's provisioning URI")]
    Secret,
    /// The proxies' two headers name different clients, so one of them was written by the client.
    #[error(
        "`Forwarded` and `X-Forwarded-For` name different clients: let the proxy remove the one that it does not write"
    )]
    Address,
}

impl Access {
    /// The secret and the networks of the settings.
    pub(super) fn new(settings: &config::Http) -> Self {
        let secret = settings.secret.as_ref().map(|secret| digest(&SHA256, secret.expose_secret().as_bytes()));
        Self { networks: settings.allowed_networks.clone(), secret }
    }

    /// Checks the client's address; no configured network means any.
    pub(super) fn check_network(&self, client: IpAddr) -> Result<(), Denial> {
        let is_allowed = self.networks.is_empty() || self.networks.iter().any(|network| network.contains(&client));
        if is_allowed { Ok(()) } else { Err(Denial::Network) }
    }

    /// Checks the secret, where one is configured. The time it takes tells neither content nor length: digests are
    /// compared, and all of their bytes.
    pub(super) fn check_secret(&self, given: Option<&str>) -> Result<(), Denial> {
        let Some(expected) = &self.secret else { return Ok(()) };
        // An empty secret protects nothing, so it opens nothing.
        let given = given.filter(|given| !given.is_empty()).ok_or(Denial::Secret)?;
        let is_equal = digest(&SHA256, given.as_bytes()).as_ref().ct_eq(expected.as_ref());
        if bool::from(is_equal) { Ok(()) } else { Err(Denial::Secret) }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    fn access(secret: Option<&str>, networks: &[&str]) -> Access {
        Access::new(&config::Http {
            secret: secret.map(SecretString::from),
            allowed_networks: networks.iter().map(|network| network.parse().unwrap()).collect(),
            ..config::Http::default()
        })
    }

    #[test]
    fn the_secret_counts_only_where_one_is_configured() {
        assert_eq!(access(None, &[]).check_secret(Some("anything")), Ok(()));
        assert_eq!(access(None, &[]).check_secret(None), Ok(()));
        let access = access(Some("s3cret"), &[]);
        assert_eq!(access.check_secret(Some("s3cret")), Ok(()));
        for wrong in [None, Some(""), Some("s3cre"), Some("s3cret "), Some("S3cret")] {
            assert_eq!(access.check_secret(wrong), Err(Denial::Secret), "{wrong:?}");
        }
    }

    #[test]
    fn an_empty_secret_opens_nothing() {
        assert_eq!(access(Some(""), &[]).check_secret(Some("")), Err(Denial::Secret));
    }

    #[test]
    fn networks_of_both_families_are_matched() {
        let access = access(None, &["10.0.0.0/8", "2001:db8::/32"]);
        let check = |address: &str| access.check_network(address.parse().unwrap());
        assert_eq!(check("10.255.0.1"), Ok(()));
        assert_eq!(check("2001:db8:1::1"), Ok(()));
        assert_eq!(check("11.0.0.1"), Err(Denial::Network));
        assert_eq!(check("2001:db9::1"), Err(Denial::Network));
    }
}
