//! Who may ask at all, before any name or password is looked at.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::settings::{InForce, Source};

/// Why a client may not ask. `Display` is for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Denial {
    /// Not in `http.allowed_networks`.
    #[error("the client's address is not in `http.allowed_networks`")]
    Network,
    /// Not in the allowed networks, which were set in the administrators' pages.
    #[error(
        "the client's address is not in the allowed networks; they were set in the administrators' pages, under Settings"
    )]
    NetworkOfPages,
    /// A secret is asked for and the request brought another one, or none.
    #[error("the secret is missing or wrong, see `http.secret` and the client's provisioning URI")]
    Secret,
    /// The same, and the secret was changed in the pages.
    #[error(
        "the secret is missing or wrong; it was changed in the administrators' pages; compare it with the client's provisioning URI"
    )]
    SecretOfPages,
    /// The proxies' two headers name different clients, so one of them was written by the client.
    #[error(
        "`Forwarded` and `X-Forwarded-For` name different clients: let the proxy remove the one that it does not write"
    )]
    Address,
}

/// Checks the client's address.
pub(super) fn check_network(in_force: &InForce, client: IpAddr) -> Result<(), Denial> {
    match &in_force.networks_source {
        _ if in_force.allows(client) => Ok(()),
        Source::Configuration => Err(Denial::Network),
        Source::Pages { .. } => Err(Denial::NetworkOfPages),
    }
}

/// Checks the secret, where one is asked for.
pub(super) fn check_secret(in_force: &InForce, given: Option<&str>) -> Result<(), Denial> {
    match &in_force.secret_source {
        _ if in_force.accepts(given, Timestamp::now()) => Ok(()),
        Source::Configuration => Err(Denial::Secret),
        Source::Pages { .. } => Err(Denial::SecretOfPages),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use crate::model::config;
    use crate::settings::Settings;

    fn in_force(secret: Option<&str>, networks: &[&str]) -> InForce {
        Settings::of_configuration(&config::Http {
            secret: secret.map(SecretString::from),
            allowed_networks: networks.iter().map(|network| network.parse().unwrap()).collect(),
            ..config::Http::default()
        })
        .configured()
    }

    #[test]
    fn the_secret_counts_only_where_one_is_configured() {
        assert_eq!(check_secret(&in_force(None, &[]), Some("anything")), Ok(()));
        assert_eq!(check_secret(&in_force(None, &[]), None), Ok(()));
        let in_force = in_force(Some("s3cret"), &[]);
        assert_eq!(check_secret(&in_force, Some("s3cret")), Ok(()));
        for wrong in [None, Some(""), Some("s3cre"), Some("s3cret "), Some("S3cret")] {
            assert_eq!(check_secret(&in_force, wrong), Err(Denial::Secret), "{wrong:?}");
        }
    }

    #[test]
    fn an_empty_secret_opens_nothing() {
        assert_eq!(check_secret(&in_force(Some(""), &[]), Some("")), Err(Denial::Secret));
    }

    #[test]
    fn networks_of_both_families_are_matched() {
        let in_force = in_force(None, &["10.0.0.0/8", "2001:db8::/32"]);
        let check = |address: &str| check_network(&in_force, address.parse().unwrap());
        assert_eq!(check("10.255.0.1"), Ok(()));
        assert_eq!(check("2001:db8:1::1"), Ok(()));
        assert_eq!(check("11.0.0.1"), Err(Denial::Network));
        assert_eq!(check("2001:db9::1"), Err(Denial::Network));
    }
}
