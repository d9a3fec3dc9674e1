//! The use case with all its parts, and how they stand.

use std::sync::Arc;

use jitsi_properties::Hiding;
use jitsi_properties::secret_names::is_secret_name;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::{Semaphore, watch};
use tokio::task::spawn_blocking;
use tokio::time::Instant;
use xmpp_parsers::jid::DomainPart;

use super::error::{NotConnected, ProvisionError};
use super::gather::{Facts, Gathered, Gatherer};
use super::marks;
use super::outcome::{MOST_PREVIEWS, Outcome, Preview, PreviewError, Readiness, Reply, Request, RulePassedOver};
use super::render::{RENDER_RESERVE, Rendered};
use crate::authentication::{AuthenticationError, Authenticator, Door, Origin};
use crate::model::account::{ClientInfo, Extra, LoginNames, Password, Username};
use crate::model::request::{Chosen, Stages};
use crate::model::server_facts::ServerFacts;
use crate::openfire::component::{Component, ComponentState};
use crate::openfire::directory::Directory;
use crate::openfire::login::Session;
use crate::policy::Policy;
use crate::telemetry::Live;
use crate::updates::LiveChannel;

/// The use case with all it needs, shared by all requests.
pub struct Provisioner {
    authenticator: Arc<Authenticator>,
    component: Component,
    gatherer: Gatherer,
    policy: watch::Receiver<Arc<Policy>>,
    updates: LiveChannel,
    server: ServerFacts,
    login_names: LoginNames,
    /// The component's secret, with which marks for secrets are made.
    marks: SecretString,
    /// For previews that are being made.
    previews: Arc<Semaphore>,
}

impl Provisioner {
    /// Puts the parts together.
    #[must_use]
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { authenticator, component, directory, policy, updates, server, login_names, marks } = parts;
        let gatherer = Gatherer::new(directory, server.domain.clone());
        let previews = Arc::new(Semaphore::new(MOST_PREVIEWS));
        Self { authenticator, component, gatherer, policy, updates, server, login_names, marks, previews }
    }

    /// The XMPP domain whose accounts are provisioned.
    #[must_use]
    pub fn domain(&self) -> &DomainPart {
        &self.server.domain
    }

    /// Which account a name stands for, as people type it.
    #[must_use]
    pub fn login_names(&self) -> &LoginNames {
        &self.login_names
    }

    /// Proves users; for those who are not provisioned, but see the administrators' pages.
    #[must_use]
    pub fn authenticator(&self) -> Arc<Authenticator> {
        Arc::clone(&self.authenticator)
    }

    /// The name under which the component connects.
    #[must_use]
    pub fn component_name(&self) -> &DomainPart {
        self.component.name()
    }

    /// The component on Openfire.
    #[must_use]
    pub fn component(&self) -> &Component {
        &self.component
    }

    /// The update channel that templates see.
    #[must_use]
    pub fn updates(&self) -> &LiveChannel {
        &self.updates
    }

    /// Proves the user and makes the reply, all before `deadline`.
    ///
    /// Dropping the future closes the login's stream and withdraws the queries.
    pub async fn provision(&self, request: Request, deadline: Instant) -> Outcome {
        let policy = self.policy();
        let begun = Instant::now();
        // A little before the deadline, so that it ends with an outcome instead of being dropped.
        let decided_by = deadline.checked_sub(RENDER_RESERVE).unwrap_or(deadline);
        let origin = Origin { address: request.client.address, client: &request.client.user_agent };
        let login = self.authenticator.authenticate(Door::Provisioning, &request.credentials, origin, decided_by);
        let login = Box::pin(login).await;
        let stages = Stages { login: Some(begun.elapsed()), ..Stages::default() };
        match login {
            // Boxed only now, since a thousand logins may wait before this point.
            Ok(session) => Box::pin(self.reply(&policy, request, session, stages, deadline)).await,
            Err(error) => Outcome { result: Err(error.into()), stages, chosen: None },
        }
    }

    /// Makes the reply of a user who has been proved.
    async fn reply(
        &self,
        policy: &Policy,
        request: Request,
        session: Session,
        stages: Stages,
        deadline: Instant,
    ) -> Outcome {
        let Request { credentials, client } = request;
        let user = &credentials.username;
        let proved = Instant::now();
        let certificate_sha1 = session.certificate_sha1();
        let choice = Box::pin(self.gatherer.choose(policy, user, &client, Some(session), deadline)).await;
        let chosen = choice.as_ref().ok().map(|choice| Chosen::from(choice.0));
        let gathered = match choice {
            Ok(choice) => Box::pin(self.gatherer.gather(policy, user, choice, deadline)).await,
            Err(error) => Err(error),
        };
        let looked_up = Instant::now();
        let stages = Stages { directory: Some(looked_up - proved), ..stages };
        let gathered = match gathered {
            Ok(gathered) => gathered,
            Err(error) => return Outcome { result: Err(error), stages, chosen },
        };

        let server = self.server.with_certificate(certificate_sha1);
        let updates = self.updates.for_client(&client);
        let context = gathered.facts.context(user, &credentials.password, &client, &server, &updates);
        let body = Rendered::new(gathered.choice.template, &context).and_then(Rendered::reply);
        let stages = Stages { render: Some(looked_up.elapsed()), ..stages };
        Outcome { result: body.map(|body| Reply { body }), stages, chosen }
    }

    /// What `user` would get from `client`, without a login: what only the user's own stream can give is missing.
    ///
    /// Openfire is asked until `deadline`. Rendering has a time limit of its own, and goes on where it blocks no request; when
    /// the future is dropped meanwhile, its place is free again when it ends.
    pub async fn preview(
        &self,
        user: &Username,
        client: &ClientInfo,
        deadline: Instant,
    ) -> Result<Preview, PreviewError> {
        let place = Arc::clone(&self.previews).try_acquire_owned().map_err(|_| PreviewError::Busy)?;
        if self.authenticator.is_reserved(user) {
            return Err(ProvisionError::from(AuthenticationError::Reserved).into());
        }
        let probe = self.authenticator.login().probe(deadline).await;
        let certificate = probe.map_err(AuthenticationError::from).map_err(ProvisionError::from)?.certificate;
        let server = self.server.with_certificate(certificate.map(|certificate| certificate.sha1));
        let policy = self.policy();
        let choice = Box::pin(self.gatherer.choose(&policy, user, client, None, deadline)).await?;
        let gathered = Box::pin(self.gatherer.gather(&policy, user, choice, deadline)).await?;
        let Gathered { choice, mut facts } = gathered;
        let (chosen, template) = (Chosen::from(choice), Arc::clone(choice.template));
        let passed_over =
            policy.templates().passed_over(user, client, &facts.entry).map(RulePassedOver::from).collect();
        let mut hiding = self.hiding(user, client, &facts.extra);
        facts.extra.hide_secrets(|secret| hiding.mark(secret));
        let (user, client, updates) = (user.clone(), client.clone(), self.updates.for_client(client));
        let rendering = spawn_blocking(move || {
            let password = Password::placeholder();
            let context = facts.context(&user, &password, &client, &server, &updates);
            let rendered = Rendered::rehearsed(&template, &context)?;
            let body = rendered.shown(&mut hiding);
            let (sources, diagnostics) = rendered.explained(hiding.clone());
            drop(place);
            let Facts { entry, asked, .. } = facts;
            Ok(Preview { body, hiding, sources, diagnostics, chosen, passed_over, asked, entry })
        });
        rendering.await.unwrap_or(Err(PreviewError::Broken))
    }

    /// Knows the secrets that a user's reply is made of: those of the site data, and of the client's fields what their
    /// names say.
    fn hiding(&self, user: &Username, client: &ClientInfo, extra: &Extra) -> Hiding {
        let mut hiding = Hiding::new(marks::hash(self.marks.expose_secret(), user.as_str()));
        extra.secrets().for_each(|secret| hiding.learn_named(secret.expose_secret()));
        let fields = client.fields.iter().filter(|(name, _)| is_secret_name(name));
        fields.for_each(|(_, value)| hiding.learn(value));
        hiding
    }

    /// The templates, rules and data that are in force now.
    fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy.borrow())
    }

    /// Waits for the component's stream to be up, or to fail, by `deadline` at the latest.
    pub async fn connected(&self, deadline: Instant) -> Result<(), NotConnected> {
        match self.component.settled(deadline).await {
            Some(ComponentState::Down { reason, .. }) => Err(NotConnected::Down(reason)),
            Some(ComponentState::Connecting | ComponentState::Connected { .. }) => Ok(()),
            None => Err(NotConnected::TooSlow),
        }
    }

    /// Whether the component's stream is up.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        matches!(&*self.component.state().borrow(), ComponentState::Connected { .. })
    }

    /// Why the component's stream is not up, if it is not.
    #[must_use]
    pub fn disconnected(&self) -> Option<String> {
        match &*self.component.state().borrow() {
            ComponentState::Connected { .. } => None,
            ComponentState::Connecting => Some("connecting".to_owned()),
            ComponentState::Down { reason, .. } => Some(reason.to_string()),
        }
    }

    /// Whether the component is connected and Openfire's client port answers, asked now.
    pub async fn readiness(&self, deadline: Instant) -> Readiness {
        let component = self.disconnected().map_or(Ok(()), Err);
        let openfire = self.authenticator.works(deadline).await;
        Readiness { component, openfire }
    }

    /// Has the groups read again for the next user who needs them.
    pub fn forget_groups(&self) {
        self.gatherer.forget_groups();
    }

    /// Whether the users' logins of the last 30 s came to a decision, if there were any; else why not. It asks nothing.
    pub fn logins_are_decided(&self) -> Result<(), String> {
        self.authenticator.decides()
    }

    /// Why refused logins are answered with 503 instead of 401 now, if they are. It asks no server.
    #[must_use]
    pub fn in_doubt(&self) -> Option<String> {
        self.authenticator.in_doubt()
    }

    /// How the service stands, for the metrics. It asks nothing, and does not know of a pause.
    #[must_use]
    pub fn live(&self) -> Live {
        Live {
            is_connected: self.is_connected(),
            is_in_doubt: self.in_doubt().is_some(),
            is_paused: false,
            refusals: self.authenticator.verdicts().counts(),
            idle_streams: self.authenticator.login().idle_streams(),
        }
    }

    /// Keeps streams to Openfire open ahead of logins, and opens new ones after the component has lost its link: Openfire may
    /// have been restarted. Ends with [`Provisioner::stop_idle_streams`], or at once if they are switched off.
    pub async fn keep_idle_streams(&self) {
        let login = self.authenticator.login();
        let mut states = self.component.state();
        states.mark_changed();
        let watch = async {
            let mut up_since = None;
            while states.changed().await.is_ok() {
                let now = match *states.borrow_and_update() {
                    ComponentState::Connected { since } => Some(since),
                    ComponentState::Connecting | ComponentState::Down { .. } => None,
                };
                let before = std::mem::replace(&mut up_since, now);
                if before.is_some() && before != now {
                    login.dismiss_idle_streams();
                }
            }
        };
        tokio::select! {
            () = login.keep_idle_streams() => {}
            () = watch => {}
        }
    }

    /// Dismisses the streams that wait for logins; others are opened a moment later.
    pub fn dismiss_idle_streams(&self) {
        self.authenticator.login().dismiss_idle_streams();
    }

    /// Closes the streams that wait for logins, and opens no more.
    pub async fn stop_idle_streams(&self) {
        self.authenticator.login().stop_idle_streams().await;
    }

    /// Ends the component's stream politely.
    pub async fn shutdown(&self, deadline: Instant) {
        self.component.shutdown(deadline).await;
    }
}

/// The parts that a [`Provisioner`] is made of.
pub(crate) struct Parts {
    /// Proves users.
    pub(crate) authenticator: Arc<Authenticator>,
    /// Keeps the component's stream up.
    pub(crate) component: Component,
    /// Looks users up.
    pub(crate) directory: Directory,
    /// Templates, rules and data that are in force.
    pub(crate) policy: watch::Receiver<Arc<Policy>>,
    /// Says where clients find updates.
    pub(crate) updates: LiveChannel,
    /// The chat server, as clients see it.
    pub(crate) server: ServerFacts,
    /// Which account a name stands for, as people type it.
    pub(crate) login_names: LoginNames,
    /// The secret with which marks for other secrets are made.
    pub(crate) marks: SecretString,
}
