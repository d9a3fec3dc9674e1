//! What the HTTP front needs of the service behind it.

use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

use crate::administration::Administration;
use crate::policy::PolicyState;
use crate::provision::Provisioner;
use crate::settings::Settings;
use crate::telemetry::{Metrics, Recorder};

/// What the HTTP front needs of the service behind it. Clones share all of it.
#[derive(Clone)]
pub struct Services {
    /// Makes the texts; knows the domain, the component's name and the update channel.
    pub provisioner: Arc<Provisioner>,
    /// Counts, and gives the numbers to `/metrics`.
    pub metrics: Arc<Metrics>,
    /// Takes the record of each request.
    pub recorder: Recorder,
    /// Whether clients are provisioned, with which secret and from which networks.
    pub settings: Settings,
    /// How the policy stands, for `/readyz`.
    pub policy: watch::Receiver<PolicyState>,
    /// What administrators see and do; none where there are no pages.
    pub administration: Option<Arc<Administration>>,
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Services({})", self.provisioner.domain())
    }
}
