//! What the HTTP front asks of the service behind it.

use std::fmt;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::watch;
use tokio::time::Instant;
use xmpp_parsers::jid::DomainPart;

use crate::policy::PolicyState;
use crate::provision::{Outcome, Provisioner, Readiness, Request};
use crate::telemetry::Metrics;
use crate::updates::LiveChannel;

/// What the HTTP front asks of the service behind it. Cheap to clone.
#[derive(Clone)]
pub struct Handlers {
    domain: DomainPart,
    provision: Arc<dyn Fn(Request, Instant) -> BoxFuture<'static, Outcome> + Send + Sync>,
    readiness: Arc<dyn Fn(Instant) -> BoxFuture<'static, Readiness> + Send + Sync>,
    logins: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
    updates: Option<LiveChannel>,
    metrics: Arc<Metrics>,
    policy: Option<watch::Receiver<PolicyState>>,
    component: Option<DomainPart>,
}

impl Handlers {
    /// Handlers for the users of `domain`. Both are told the moment by which they must have answered, and both are
    /// dropped when nobody waits for them any more.
    pub fn new<P, R>(
        domain: DomainPart,
        provision: impl Fn(Request, Instant) -> P + Send + Sync + 'static,
        readiness: impl Fn(Instant) -> R + Send + Sync + 'static,
    ) -> Self
    where
        P: Future<Output = Outcome> + Send + 'static,
        R: Future<Output = Readiness> + Send + 'static,
    {
        Self {
            domain,
            provision: Arc::new(move |request, deadline| provision(request, deadline).boxed()),
            readiness: Arc::new(move |deadline| readiness(deadline).boxed()),
            logins: Arc::new(|| Ok(())),
            updates: None,
            metrics: Arc::new(Metrics::new(|| false)),
            policy: None,
            component: None,
        }
    }

    /// The same with what `/readyz` asks about the users' logins: whether they came to a decision lately, else why not.
    #[must_use]
    pub fn with_logins(self, logins: impl Fn() -> Result<(), String> + Send + Sync + 'static) -> Self {
        Self { logins: Arc::new(logins), ..self }
    }

    /// The same with an update channel to serve.
    #[must_use]
    pub fn with_updates(self, updates: LiveChannel) -> Self {
        Self { updates: Some(updates), ..self }
    }

    /// The update channel, if there is one.
    pub(super) fn updates(&self) -> Option<LiveChannel> {
        self.updates.clone().filter(|updates| updates.settings().folder.is_some())
    }

    /// Counts into `metrics`, and tells in `/readyz` how the policy stands.
    #[must_use]
    pub fn watched(self, metrics: Arc<Metrics>, policy: watch::Receiver<PolicyState>) -> Self {
        Self { metrics, policy: Some(policy), ..self }
    }

    /// Tells local clients in `/readyz` whose service this is, by the name of its component.
    #[must_use]
    pub fn named(self, component: DomainPart) -> Self {
        Self { component: Some(component), ..self }
    }

    /// The name of the component, where local clients may know it.
    pub(super) fn component(&self) -> Option<&DomainPart> {
        self.component.as_ref()
    }

    /// The XMPP domain whose users are provisioned.
    pub(super) fn domain(&self) -> &DomainPart {
        &self.domain
    }

    /// The text for one user, before `deadline`.
    pub(super) async fn provision(&self, request: Request, deadline: Instant) -> Outcome {
        (self.provision)(request, deadline).await
    }

    /// Whether a request would be served, before `deadline`.
    pub(super) async fn readiness(&self, deadline: Instant) -> Readiness {
        (self.readiness)(deadline).await
    }

    /// Whether the users' logins came to a decision lately; else why not.
    pub(super) fn logins(&self) -> Result<(), String> {
        (self.logins)()
    }

    /// Where requests are counted.
    pub(super) fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// How the policy stands; none where nobody tells.
    pub(super) fn policy(&self) -> Option<PolicyState> {
        self.policy.as_ref().map(|policy| policy.borrow().clone())
    }
}

impl From<Arc<Provisioner>> for Handlers {
    fn from(provisioner: Arc<Provisioner>) -> Self {
        let (asked, watched) = (Arc::clone(&provisioner), Arc::clone(&provisioner));
        let updates = provisioner.updates().clone();
        let component = provisioner.component_name().clone();
        Self::new(
            provisioner.domain().clone(),
            move |request, deadline| {
                let provisioner = Arc::clone(&provisioner);
                // Boxed on its own: it is large, and would be copied into the outer one.
                async move { Box::pin(provisioner.provision(request, deadline)).await }
            },
            move |deadline| {
                let provisioner = Arc::clone(&asked);
                async move { provisioner.readiness(deadline).await }
            },
        )
        .with_logins(move || watched.logins_are_decided())
        .with_updates(updates)
        .named(component)
    }
}

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handlers({})", self.domain)
    }
}
