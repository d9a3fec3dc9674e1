//! What one reply costs, measured.

use serde::{Deserialize, Serialize};

/// Processor time in milliseconds, of one core.
///
/// `scripts/morning.sh` measures them on a real Openfire, and `--keep` writes them to `benches/morning/costs.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// Openfire's, to open a client stream: TCP, STARTTLS, TLS, features.
    pub openfire_stream: f64,
    /// Openfire's, for the rest of a reply: SASL, binding, roster, vCard.
    pub openfire_login: f64,
    /// The service's, to open that stream.
    pub service_stream: f64,
    /// The service's, for the rest of a reply: the client's TLS, SASL, rendering.
    pub service_reply: f64,
    /// A client's, in the load generator: TCP, TLS, form, reply. It counts only where clients run on the same machine.
    pub client: f64,
    /// Time of one reply in which no processor works on it: the network, and waking up.
    pub idle: f64,
}

/// The file with the measured costs.
const MEASURED: &str = include_str!("../costs.toml");

impl Costs {
    /// Those that were measured last.
    pub fn measured() -> Result<Self, toml::de::Error> {
        toml::from_str(MEASURED)
    }

    /// Openfire's for a whole reply.
    #[must_use]
    pub fn openfire(&self) -> f64 {
        self.openfire_stream + self.openfire_login
    }

    /// The service's for a whole reply.
    #[must_use]
    pub fn service(&self) -> f64 {
        self.service_stream + self.service_reply
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_every_cost_and_each_is_more_than_nothing() {
        let Costs { openfire_stream, openfire_login, service_stream, service_reply, client, idle } =
            Costs::measured().unwrap();
        for cost in [openfire_stream, openfire_login, service_stream, service_reply, client, idle] {
            assert!(cost > 0.0 && cost < 1000.0, "{cost}");
        }
    }
}
