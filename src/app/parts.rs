//! The parts of the service, each built in one way: for the service and for the commands that look at it.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_rustls::rustls::ServerConfig;

use crate::administration::Administration;
use crate::administration::admin_link::AdminLink;
use crate::administration::audit::Audit;
use crate::administration::listing::Listing;
use crate::administration::overview::Overview;
use crate::administration::preview::Previewer;
use crate::administration::sessions::Sessions;
use crate::administration::sign_in::SignIn;
use crate::administration::word::{Audience, Pace};
use crate::authentication::{Authenticator, Reference};
use crate::discovery::{Discovery, StartError as DiscoveryError};
use crate::http;
use crate::http::server::tls::{self, HttpTlsError};
use crate::inbound::{self, DiscoIdentity};
use crate::model::account::ExtraNames;
use crate::model::config::{self, Config};
use crate::model::server_facts::ServerFacts;
use crate::openfire::component::{Component, StartError};
use crate::openfire::directory::Directory;
use crate::openfire::login::Login;
use crate::openfire::tls::TrustError;
use crate::policy::{self, Policy};
use crate::provision::{Parts, Provisioner};
use crate::reload::{Candidate, SourceTables};
use crate::settings::{Outlook, Settings};
use crate::site_data::{DataError, SiteData, Source, Table};
use crate::template::{TemplateError, Templates};
use crate::updates::LiveChannel;

/// Logs users in, on the client port.
pub fn login(config: &Config) -> Result<Login, TrustError> {
    Login::new(&config.openfire, &config.limits)
}

/// The account that shows whether Openfire's user store works; none when the configuration names none.
#[must_use]
pub fn reference(config: &Config) -> Option<Reference> {
    Reference::new(&config.openfire, &config.limits)
}

/// The component, which starts to connect, with a task that answers what others ask it. The task ends with the component.
pub fn component(settings: &config::Component, openfire: &config::Openfire) -> Result<Component, StartError> {
    let (component, inbound) = Component::start(settings, openfire)?;
    tokio::spawn(inbound::answer_all(inbound, DiscoIdentity::new(component.name().clone())));
    Ok(component)
}

/// The component of `config` under another name.
pub fn component_named(name: &str, config: &Config) -> Result<Component, StartError> {
    component(&config::Component { name: name.to_owned(), ..config.component.clone() }, &config.openfire)
}

/// Looks users up over the component.
#[must_use]
pub fn directory(component: Component, config: &Config) -> Directory {
    Directory::new(component, config.directory, config.openfire.domain.clone(), config.component.iq_timeout)
}

/// Certificate and key of the HTTP front, if they belong together.
pub fn certificate(settings: &config::HttpTls) -> Result<Arc<ServerConfig>, HttpTlsError> {
    tls::load(settings)
}

/// The settings of the administrators' pages, for a service that starts: a damaged file is set aside.
#[must_use]
pub fn settings(config: &Config) -> Settings {
    Settings::load(config)
}

/// The same settings, for a command that looks at them: nothing is moved or written.
#[must_use]
pub fn settings_as_stored(config: &Config) -> Outlook {
    Settings::look(config)
}

/// The sources of site data, in the order of the configuration.
pub fn sources(config: &Config) -> Result<Vec<Source>, DataError> {
    Source::all(config)
}

/// What these sources say, each with its table; a source without one was not read.
pub fn site_data(read: Vec<(&Source, Option<Arc<Table>>)>) -> Result<SiteData, DataError> {
    SiteData::new(read)
}

/// What the files among the sources say; commands and endpoints are not asked.
pub fn site_data_of_files(config: &Config) -> Result<SiteData, DataError> {
    let sources = sources(config)?;
    let tables = sources.iter().map(|source| Ok((source, source.read()?.map(Arc::new))));
    site_data(tables.collect::<Result<_, DataError>>()?)
}

/// The templates that `settings` name, for site data with these names.
pub fn templates(settings: &config::Template, names: &ExtraNames) -> Result<Templates, TemplateError> {
    policy::load_templates(settings, names)
}

/// Templates, rules and data as `config` names them. Every file is read, and every command and endpoint asked.
pub async fn policy(config: &Config) -> anyhow::Result<Policy> {
    let sources = sources(config)?;
    let tables = futures::future::try_join_all(sources.iter().map(Source::fetch)).await?;
    let tables: SourceTables = config.data.iter().zip(tables.into_iter().map(Arc::new)).collect();
    Ok(Candidate::load(config.clone(), &tables)?.policy)
}

/// The use case, connected to Openfire under the component name `name`.
pub fn provisioner(config: &Config, policy: watch::Receiver<Arc<Policy>>, name: &str) -> anyhow::Result<Provisioner> {
    let (login, component) = (login(config)?, component_named(name, config)?);
    let directory = directory(component.clone(), config);
    let updates = LiveChannel::open(config.updates.clone());
    Ok(Provisioner::new(Parts {
        authenticator: Arc::new(Authenticator::new(login, &config.limits, &config.openfire)),
        component,
        directory,
        policy,
        updates,
        server: ServerFacts::new(&config.openfire),
        login_names: config.openfire.login_names.clone(),
        marks: config.component.secret.clone(),
    }))
}

/// What the administrators' pages need.
#[must_use]
pub fn administration(
    config: &Config,
    provisioner: &Arc<Provisioner>,
    overview: Arc<Overview>,
    listing: Listing,
) -> Arc<Administration> {
    Arc::new(Administration {
        sign_in: sign_in(Arc::clone(provisioner), config),
        sessions: Sessions::default(),
        overview,
        attention: Arc::default(),
        admin_link: AdminLink::new(config.admin.state_directory()),
        audit: Audit::open(config.admin.state_directory()),
        previewer: Previewer::new(Arc::clone(provisioner), &http::ERROR_STRINGS, &config.http),
        listing,
    })
}

/// What answers clients that look for the service on their network.
pub fn discovery(settings: &config::Discovery) -> Result<Discovery, DiscoveryError> {
    Discovery::new(settings)
}

/// Who gets messages about what needs attention.
#[must_use]
pub fn audience(config: &Config) -> Audience {
    let names = config.admin.notify.iter().filter_map(|name| config.openfire.login_name(name).ok());
    Audience {
        to: names.map(|name| name.username.at(&config.openfire.domain)).collect(),
        pages: config.admin.urls.first().map(ToString::to_string).unwrap_or_default(),
        pace: Pace::default(),
        looks: Audience::LOOKS,
    }
}

/// Lets administrators into the pages.
pub fn sign_in(provisioner: Arc<Provisioner>, config: &Config) -> SignIn {
    SignIn::new(provisioner, &config.admin, &config.openfire)
}
