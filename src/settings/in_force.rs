//! What counts at one moment, and where each value comes from.

use std::net::IpAddr;

use ipnet::IpNet;
use jiff::Timestamp;

use super::secret::KnownSecret;
use super::stored::Stored;
use super::values::{Paused, Previous, Source};
use crate::model::config;

/// What counts at one moment. A request takes it once, so it never sees one setting from before a change and another from
/// after it.
#[derive(Debug, Clone, PartialEq)]
pub struct InForce {
    /// Why clients are not provisioned, if so.
    pub paused: Option<Paused>,
    /// The secret that every request must bring; none when none is asked for.
    pub secret: Option<KnownSecret>,
    /// What counts besides it for a time.
    pub previous_secret: Option<Previous>,
    /// Where the secret comes from.
    pub secret_source: Source,
    /// The networks from which clients may ask; empty for all.
    pub allowed_networks: Vec<IpNet>,
    /// Where the networks come from.
    pub networks_source: Source,
}

/// What the configuration says of these settings.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Configured {
    pub(super) secret: Option<KnownSecret>,
    pub(super) allowed_networks: Vec<IpNet>,
    /// The names of the fields in which clients send user name, password and secret.
    pub(super) client_fields: [String; 3],
}

impl Configured {
    pub(super) fn new(settings: &config::Http) -> Self {
        Self {
            secret: settings.secret.clone().map(KnownSecret::new),
            allowed_networks: settings.allowed_networks.clone(),
            client_fields: [&settings.username_fields, &settings.password_fields, &settings.secret_fields]
                .map(|names| names.first().cloned().unwrap_or_default()),
        }
    }
}

impl InForce {
    /// What the pages have changed, over what the configuration says.
    pub(super) fn new(configured: &Configured, stored: &Stored) -> Self {
        let pages = |by: &str, at| Source::Pages { by: by.to_owned(), at };
        let (secret, previous_secret, secret_source) = match &stored.secret {
            Some(changed) => (Some(changed.secret.clone()), changed.previous.clone(), pages(&changed.by, changed.at)),
            None => (configured.secret.clone(), None, Source::Configuration),
        };
        let (allowed_networks, networks_source) = match &stored.networks {
            Some(changed) => (changed.networks.clone(), pages(&changed.by, changed.at)),
            None => (configured.allowed_networks.clone(), Source::Configuration),
        };
        Self {
            paused: stored.paused.clone(),
            secret,
            previous_secret,
            secret_source,
            allowed_networks,
            networks_source,
        }
    }

    /// Whether a client may ask from `address`.
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        contains(&self.allowed_networks, address)
    }

    /// Whether a client may ask that brings this secret, at the time `now`. An empty secret counts as none.
    #[must_use]
    pub fn accepts(&self, given: Option<&str>, now: Timestamp) -> bool {
        let Some(secret) = &self.secret else { return true };
        let given = given.filter(|given| !given.is_empty());
        if given.is_some_and(|given| secret.is(given)) {
            return true;
        }
        match self.previous_secret.as_ref().filter(|previous| now < previous.until) {
            None => false,
            Some(Previous { secret: None, .. }) => true,
            Some(Previous { secret: Some(previous), .. }) => given.is_some_and(|given| previous.is(given)),
        }
    }
}

/// Whether a list of networks lets `address` in. An empty one lets all in.
pub(super) fn contains(networks: &[IpNet], address: IpAddr) -> bool {
    networks.is_empty() || networks.iter().any(|network| network.contains(&address))
}
