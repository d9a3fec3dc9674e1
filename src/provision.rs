//! The one use case: prove the user, look up what the template mentions, render, check, encode.
//!
//! Nothing of a reply leaves this module before all of it is rendered and has passed the lint.

mod error;
mod gather;
pub(crate) mod marks;
mod render;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jitsi_properties::Hiding;
use jitsi_properties::secret_names::is_secret_name;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::watch;
use tokio::time::Instant;
use xmpp_parsers::jid::DomainPart;

use self::gather::Gathered;
use self::render::Rendered;
use crate::authentication::{AuthenticationError, Authenticator};
use crate::model::account::{ClientInfo, Credentials, Entry, Extra, PartSet, Password, Username};
use crate::model::request::{Chosen, Stages};
use crate::model::server_facts::ServerFacts;
use crate::openfire::component::{Component, ComponentState};
use crate::openfire::directory::Directory;
use crate::policy::{Diagnostic, Policy};
use crate::template::Choice;
use crate::updates::LiveChannel;

pub use self::error::{NotConnected, ProvisionError};

/// Time kept back from the deadline for rendering and sending, so that a slow vCard does not cost the whole reply.
const RENDER_RESERVE: Duration = Duration::from_millis(250);

/// The use case with all it needs, shared by all requests.
pub struct Provisioner {
    authenticator: Authenticator,
    component: Component,
    directory: Directory,
    policy: watch::Receiver<Arc<Policy>>,
    updates: LiveChannel,
    server: ServerFacts,
    /// The component's secret, with which marks for secrets are made.
    marks: SecretString,
}

/// What a client asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who asks, and the proof.
    pub credentials: Credentials,
    /// The client.
    pub client: ClientInfo,
}

/// How a request ended, and where its time went.
#[derive(Debug)]
pub struct Outcome {
    /// What the client gets, or why it gets nothing.
    pub result: Result<Reply, ProvisionError>,
    /// Where the time went, whatever the result.
    pub stages: Stages,
    /// The template that was chosen; none when the request did not get that far.
    pub chosen: Option<Chosen>,
}

impl From<Choice<'_>> for Chosen {
    fn from(choice: Choice<'_>) -> Self {
        Self { template: choice.template.name().to_owned(), rule: choice.rule.map(str::to_owned) }
    }
}

/// What a client gets: a text that is complete and checked. It usually holds the user's password.
#[derive(Clone)]
pub struct Reply {
    /// The properties, encoded in ASCII.
    pub body: Bytes,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({} bytes)", self.body.len())
    }
}

/// What `preview` shows.
#[derive(Debug)]
pub struct Preview {
    /// The properties as a client would get them, with a placeholder for the password and marks for other secrets.
    pub body: Bytes,
    /// Knows these secrets, to hide them in an earlier reply too.
    pub hiding: Hiding,
    /// What the lint says, at the lines of the template.
    pub diagnostics: Vec<Diagnostic>,
    /// The template and the rule that chose it.
    pub chosen: Chosen,
    /// What was asked about the user.
    pub asked: PartSet,
    /// What was found out about the user, and what was not.
    pub entry: Entry,
}

/// Whether a request would be served at this moment. An error says what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// Whether the component is connected; else why not.
    pub component: Result<(), String>,
    /// Whether Openfire's client port answers and can be trusted; else why not.
    pub openfire: Result<(), String>,
}

impl Provisioner {
    /// Puts the parts together.
    #[must_use]
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { authenticator, component, directory, policy, updates, server, marks } = parts;
        Self { authenticator, component, directory, policy, updates, server, marks }
    }

    /// The XMPP domain whose accounts are provisioned.
    #[must_use]
    pub fn domain(&self) -> &DomainPart {
        &self.server.domain
    }

    /// The name under which the component connects.
    #[must_use]
    pub fn component_name(&self) -> &DomainPart {
        self.component.name()
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
        let Request { credentials, client } = request;
        let user = &credentials.username;
        let begun = Instant::now();
        // A little before the deadline, so that it ends with an outcome instead of being dropped.
        let decided_by = deadline.checked_sub(RENDER_RESERVE).unwrap_or(deadline);
        let login = Box::pin(self.authenticator.authenticate(&credentials, client.address, decided_by)).await;
        let proved = Instant::now();
        let stages = Stages { login: Some(proved - begun), ..Stages::default() };
        let session = match login {
            Ok(session) => session,
            Err(error) => return Outcome { result: Err(error.into()), stages, chosen: None },
        };

        let certificate_sha1 = session.certificate_sha1();
        let choice = Box::pin(self.choose(&policy, user, &client, Some(session), deadline)).await;
        let chosen = choice.as_ref().ok().map(|choice| Chosen::from(choice.0));
        let gathered = match choice {
            Ok(choice) => Box::pin(self.gather(&policy, user, choice, deadline)).await,
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
        let context = gathered.context(user, &credentials.password, &client, &server, &updates);
        let body = Rendered::new(gathered.choice.template, &context).and_then(Rendered::reply);
        let stages = Stages { render: Some(looked_up.elapsed()), ..stages };
        Outcome { result: body.map(|body| Reply { body }), stages, chosen }
    }

    /// What `user` would get from `client`, without a login: what only the user's own stream can give is missing.
    pub async fn preview(
        &self,
        user: &Username,
        client: &ClientInfo,
        deadline: Instant,
    ) -> Result<Preview, ProvisionError> {
        let certificate_sha1 = self
            .authenticator
            .login()
            .probe(deadline)
            .await
            .map_err(AuthenticationError::from)?
            .certificate
            .map(|certificate| certificate.sha1);
        let policy = self.policy();
        let choice = Box::pin(self.choose(&policy, user, client, None, deadline)).await?;
        let mut gathered = Box::pin(self.gather(&policy, user, choice, deadline)).await?;
        let mut hiding = self.hiding(user, client, &gathered.extra);
        gathered.extra.hide_secrets(|secret| hiding.mark(secret));
        let placeholder = Password::placeholder();
        let server = self.server.with_certificate(certificate_sha1);
        let updates = self.updates.for_client(client);
        let context = gathered.context(user, &placeholder, client, &server, &updates);
        let rendered = Rendered::rehearsed(gathered.choice.template, &context)?;
        let body = rendered.shown(&mut hiding);
        let diagnostics = rendered.diagnostics(hiding.clone());
        let Gathered { choice, entry, asked, .. } = gathered;
        Ok(Preview { body, hiding, diagnostics, chosen: Chosen::from(choice), asked, entry })
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

    /// Whether the component is connected and Openfire's client port answers, asked now.
    pub async fn readiness(&self, deadline: Instant) -> Readiness {
        let component = match &*self.component.state().borrow() {
            ComponentState::Connected { .. } => Ok(()),
            ComponentState::Connecting => Err("connecting".to_owned()),
            ComponentState::Down { reason, .. } => Err(reason.to_string()),
        };
        let openfire = self.authenticator.works(deadline).await;
        Readiness { component, openfire }
    }

    /// Has the groups read again for the next user who needs them.
    pub fn forget_groups(&self) {
        self.directory.forget();
    }

    /// Whether the users' logins of the last 30 s came to a decision, if there were any; else why not. It asks nothing.
    pub fn logins_are_decided(&self) -> Result<(), String> {
        self.authenticator.decides()
    }

    /// Ends the component's stream politely.
    pub async fn shutdown(&self, deadline: Instant) {
        self.component.shutdown(deadline).await;
    }
}

/// The parts that a [`Provisioner`] is made of.
pub(crate) struct Parts {
    /// Proves users.
    pub(crate) authenticator: Authenticator,
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
    /// The secret with which marks for other secrets are made.
    pub(crate) marks: SecretString,
}
