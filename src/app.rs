//! Composition root: builds everything once, hands it out, and runs it until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant};

use crate::http;
use crate::model::config::Config;
use crate::openfire::component::Component;
use crate::openfire::directory::Directory;
use crate::openfire::login::Login;
use crate::policy::Policy;
use crate::provision::{Parts, Provisioner};
use crate::reload::{Loaded, Reloader, Tables};
use crate::site_data::Source;
use crate::telemetry::{Metrics, Recorder};
use crate::updates::LiveChannel;

/// Time in which the component's stream is ended politely.
pub(crate) const FAREWELL: Duration = Duration::from_secs(2);

/// Time in which the last requests are written to the log.
const LAST_RECORDS: Duration = Duration::from_secs(1);

/// The service, listening but not yet answering.
pub struct App {
    server: http::Server,
    provisioner: Arc<Provisioner>,
    recorder: Recorder,
    local_addr: SocketAddr,
    reloader: Reloader,
}

impl App {
    /// Loads template and certificates, binds the address and starts to connect the component.
    ///
    /// It does not wait for Openfire: a service that starts before the chat server becomes ready with it. So systemd is
    /// told "ready" when this is done. Were it told when Openfire is there, an Openfire that is down at boot would have
    /// systemd kill and restart the service over and over, and clients would meet a closed port in place of the 503
    /// that lets them go on. Whether logins can be checked is what `/readyz` says. Port 0 binds a free port; see
    /// [`App::local_addr`]. It must be called inside a tokio run time.
    pub fn build(config: &Config) -> anyhow::Result<Self> {
        let mut reloader = Reloader::load(config)?;
        let listener = http::listen(config.http.listen)
            .with_context(|| format!("http.listen: cannot listen on {}", config.http.listen))?;
        let local_addr = listener.local_addr()?;
        let provisioner = Arc::new(provisioner(config, reloader.policy(), &config.component.name)?);
        let asked = Arc::clone(&provisioner);
        let metrics = Arc::new(Metrics::new(move || asked.is_connected()));
        reloader.count(&metrics);
        reloader.renews(Arc::clone(&provisioner));
        let recorder = Recorder::start(Arc::clone(&metrics));
        let services = http::Services {
            provisioner: Arc::clone(&provisioner),
            metrics,
            recorder: recorder.clone(),
            policy: reloader.state(),
        };
        let server = http::Server::new(listener, reloader.tls(), &config.http, &config.limits, services);
        Ok(Self { server, provisioner, recorder, local_addr, reloader })
    }

    /// The address that is listened on.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// The use case.
    #[must_use]
    pub fn provisioner(&self) -> Arc<Provisioner> {
        Arc::clone(&self.provisioner)
    }

    /// Serves until `shutdown` is done, then lets requests in flight finish and leaves the chat server.
    ///
    /// Until then SIGHUP and changes of files have templates, rules, data and certificate replaced, and SIGHUP has Openfire's
    /// groups read again.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) {
        let mut reloads = JoinSet::new();
        reloads.spawn(self.reloader.run());
        self.server.run(shutdown).await;
        self.recorder.catch_up(LAST_RECORDS).await;
        // Reading files may take longer than anybody waits; what it brings is dropped.
        reloads.abort_all();
        self.provisioner.shutdown(Instant::now() + FAREWELL).await;
    }
}

/// The use case, connected to Openfire under the component name `name`.
pub fn provisioner(config: &Config, policy: watch::Receiver<Arc<Policy>>, name: &str) -> anyhow::Result<Provisioner> {
    let login = Login::new(&config.openfire, &config.limits)?;
    let settings = crate::model::config::Component { name: name.to_owned(), ..config.component.clone() };
    let component = Component::start(&settings, &config.openfire)?;
    let directory = Directory::new(
        component.clone(),
        config.directory,
        config.openfire.domain.clone(),
        config.component.iq_timeout,
    );
    let updates = LiveChannel::open(config.updates.clone());
    Ok(Provisioner::new(Parts { login, component, directory, policy, updates }, config))
}

/// Templates, rules and data as `config` names them. Files are read; a command or endpoint has yet to be asked.
pub fn policy(config: &Config) -> anyhow::Result<watch::Receiver<Arc<Policy>>> {
    Ok(watch::channel(Arc::new(Loaded::from(config.clone(), &Tables::default())?.policy)).1)
}

/// The same, and every command and endpoint is asked now.
pub async fn whole_policy(config: &Config) -> anyhow::Result<watch::Receiver<Arc<Policy>>> {
    let sources = sources(config)?;
    let tables = futures::future::try_join_all(sources.iter().map(Source::fetch)).await?;
    let tables = config.data.iter().zip(tables.into_iter().map(Arc::new)).collect();
    Ok(watch::channel(Arc::new(Loaded::from(config.clone(), &tables)?.policy)).1)
}

/// The sources of site data, in their order.
pub(crate) fn sources(config: &Config) -> anyhow::Result<Vec<Source>> {
    let sources = config.data.iter().map(|settings| Source::new(settings, &config.openfire.domain));
    Ok(sources.collect::<Result<_, _>>()?)
}
