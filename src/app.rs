//! Composition root: builds every part once, hands it to those that need it, and runs the whole until the shutdown.
//!
//! The commands `check`, `lint` and `preview` build what they look at by the same functions.

mod capacity;
mod parts;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use futures::FutureExt as _;
use futures::future::{BoxFuture, OptionFuture};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant};

pub use self::capacity::Capacity;
pub use self::parts::{
    administration, audience, certificate, component, component_named, directory, discovery, login, policy,
    provisioner, reference, settings, settings_as_stored, sign_in, site_data, site_data_of_files, sources, templates,
};
use crate::administration::audit::Audit;
use crate::administration::listing::Listing;
use crate::administration::overview::Overview;
use crate::administration::{Administration, word};
use crate::discovery::Discovery;
use crate::http;
use crate::model::config::Config;
use crate::provision::Provisioner;
use crate::reload::{Followers, Reloader};
use crate::settings::Settings;
use crate::telemetry::{History, Live, Metrics, Recorder};

/// Time in which the component's stream is ended politely.
pub(crate) const FAREWELL: Duration = Duration::from_secs(2);

/// Time in which the last requests are written to the log, and the last entries to the audit log.
const LAST_RECORDS: Duration = Duration::from_secs(1);

/// The service, listening but not yet answering.
pub struct App {
    server: http::Server,
    /// The listener of the administrators' pages, where they have one of their own.
    pages: Option<http::Server>,
    provisioner: Arc<Provisioner>,
    recorder: Recorder,
    /// None where there are no pages.
    audit: Option<Audit>,
    /// Where `serve` answers clients that look for the service.
    discovery: Option<Discovery>,
    local_addr: SocketAddr,
    capacity: Capacity,
    /// What runs beside the server, and ends with it.
    background: Vec<BoxFuture<'static, ()>>,
}

impl App {
    /// Loads template and certificates, binds the address and starts to connect the component.
    ///
    /// It does not wait for Openfire: a service that starts before the chat server becomes ready with it. Therefore systemd
    /// gets "ready" when this is done. If it had to wait for Openfire, an Openfire that is down at boot would make systemd
    /// kill and restart the service over and over, and clients would meet a closed port instead of the 503 that lets them
    /// go on. `/readyz` says whether logins can be checked. Port 0 binds a free port; see [`App::local_addr`]. It must be
    /// called inside a tokio run time.
    pub fn build(config: &Config) -> anyhow::Result<Self> {
        let mut reloader = Reloader::load(config)?;
        // By now the site's data are loaded, so the memory that they take counts.
        let capacity = Capacity::of_service(config);
        let config = &capacity.applied(config);
        let listener = listen("http.listen", config.http.listen)?;
        let local_addr = listener.local_addr()?;
        let pages = config.admin.listen.map(|address| listen("admin.listen", address)).transpose()?;
        let provisioner = Arc::new(provisioner(config, reloader.policy(), &config.component.name)?);
        let asked = Arc::clone(&provisioner);
        let settings = settings(config);
        let counted = settings.clone();
        let live = move || Live { is_paused: counted.in_force().paused.is_some(), ..asked.live() };
        let metrics = Arc::new(Metrics::new(live));
        reloader.count(&metrics);
        let history = config.admin.is_on().then(|| Arc::new(History::new(History::MOST)));
        let recorder = Recorder::start(Arc::clone(&metrics), history.clone());
        let overview = history.map(|history| {
            let (provisioner, metrics) = (Arc::clone(&provisioner), Arc::clone(&metrics));
            Arc::new(Overview::new(provisioner, reloader.state(), metrics, history, settings.clone()))
        });
        let listing = Listing::new(reloader.policy(), reloader.state());
        let administration = overview.map(|overview| administration(config, &provisioner, overview, listing));
        let services = http::Services {
            provisioner: Arc::clone(&provisioner),
            metrics,
            recorder: recorder.clone(),
            settings: settings.clone(),
            policy: reloader.state(),
            administration: administration.clone(),
        };
        let audit = services.administration.as_ref().map(|administration| administration.audit.clone());
        let pages = pages.map(|listener| http::Server::for_pages(listener, reloader.tls(), config, services.clone()));
        let server = http::Server::new(listener, reloader.tls(), config, services);
        let mut background = vec![reloader.run(followers(Arc::clone(&provisioner), &settings)).boxed()];
        let streams = Arc::clone(&provisioner);
        background.push(async move { streams.keep_idle_streams().await }.boxed());
        background.extend(administration.map(|administration| watch(config, &provisioner, &administration).boxed()));
        let discovery = config.discovery.in_serve.then(|| discovery(&config.discovery)).transpose()?;
        Ok(Self { server, pages, provisioner, recorder, audit, discovery, local_addr, capacity, background })
    }

    /// The address that is listened on.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// The address of the listener that has only the administrators' pages, if there is one.
    #[must_use]
    pub fn pages_addr(&self) -> Option<SocketAddr> {
        self.pages.as_ref().and_then(|pages| pages.local_addr().ok())
    }

    /// How many connections it takes at one time.
    #[must_use]
    pub fn capacity(&self) -> Capacity {
        self.capacity
    }

    /// The use case, for callers that ask more of it than HTTP can, such as whether the component is connected.
    #[must_use]
    pub fn provisioner(&self) -> Arc<Provisioner> {
        Arc::clone(&self.provisioner)
    }

    /// Serves until `shutdown` is done, then lets requests in flight finish and leaves the chat server.
    ///
    /// Until then SIGHUP and changes of files replace templates, rules, data and certificate, and SIGHUP makes the service
    /// read Openfire's groups again.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) {
        let mut background: JoinSet<()> = self.background.into_iter().collect();
        let shutdown = shutdown.boxed().shared();
        let pages = self.pages.map(|pages| pages.run(shutdown.clone()));
        let discovery = self.discovery.map(|discovery| discovery.run(shutdown.clone()));
        tokio::join!(self.server.run(shutdown), OptionFuture::from(pages), OptionFuture::from(discovery));
        self.recorder.catch_up(LAST_RECORDS).await;
        if let Some(audit) = self.audit {
            audit.catch_up(LAST_RECORDS).await;
        }
        self.provisioner.stop_idle_streams().await;
        // A reload may take longer than the shutdown may; its result is dropped.
        background.abort_all();
        self.provisioner.shutdown(Instant::now() + FAREWELL).await;
    }
}

/// What else is done at SIGHUP and when files change. Openfire does not report changes of groups, so SIGHUP forgets them.
fn followers(provisioner: Arc<Provisioner>, settings: &Settings) -> Followers {
    let reread = |settings: &Settings| {
        let settings = settings.clone();
        move || {
            let settings = settings.clone();
            // It says itself what comes of it.
            drop(tokio::task::spawn_blocking(move || settings.reload()));
        }
    };
    let (at_change, at_hangup, noted) = (reread(settings), reread(settings), settings.clone());
    Followers {
        files: settings.file().into_iter().collect(),
        files_changed: Box::new(at_change),
        hung_up: Box::new(move || {
            provisioner.forget_groups();
            provisioner.dismiss_idle_streams();
            at_hangup();
        }),
        configured: Box::new(move |config| noted.note_configuration(config)),
    }
}

/// Listens on the address of a setting.
fn listen(setting: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    http::listen(address).with_context(|| format!("{setting}: cannot listen on {address}"))
}

/// Looks at the service for administrators, and sends messages to those of `admin.notify`.
fn watch(
    config: &Config,
    provisioner: &Provisioner,
    administration: &Administration,
) -> impl Future<Output = ()> + Send + use<> {
    let (overview, attention) = (Arc::clone(&administration.overview), Arc::clone(&administration.attention));
    word::run(overview, attention, provisioner.component().clone(), audience(config))
}
