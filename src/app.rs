//! Composition root: builds every part once, hands it to those that need it, and runs the whole until the shutdown.
//!
//! The commands `check`, `lint` and `preview` build what they look at by the same functions.

mod capacity;
mod parts;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant};

pub use self::capacity::Capacity;
pub use self::parts::{
    certificate, component, component_named, directory, login, policy, provisioner, reference, site_data,
    site_data_of_files, sources, templates,
};
use crate::http;
use crate::model::config::Config;
use crate::provision::Provisioner;
use crate::reload::Reloader;
use crate::telemetry::{History, Metrics, Recorder};

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
        let listener = http::listen(config.http.listen)
            .with_context(|| format!("http.listen: cannot listen on {}", config.http.listen))?;
        let local_addr = listener.local_addr()?;
        let provisioner = Arc::new(provisioner(config, reloader.policy(), &config.component.name)?);
        let asked = Arc::clone(&provisioner);
        let metrics = Arc::new(Metrics::new(move || asked.live()));
        reloader.count(&metrics);
        let history = config.admin.is_on().then(|| Arc::new(History::new(History::MOST)));
        let recorder = Recorder::start(Arc::clone(&metrics), history.clone());
        let services = http::Services {
            provisioner: Arc::clone(&provisioner),
            metrics,
            recorder: recorder.clone(),
            policy: reloader.state(),
        };
        let server = http::Server::new(listener, reloader.tls(), &config.http, &config.limits, services);
        let grouped = Arc::clone(&provisioner);
        let background = vec![reloader.run(move || grouped.forget_groups()).boxed()];
        Ok(Self { server, provisioner, recorder, local_addr, capacity, background })
    }

    /// The address that is listened on.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
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
        self.server.run(shutdown).await;
        self.recorder.catch_up(LAST_RECORDS).await;
        // A reload may take longer than the shutdown may; its result is dropped.
        background.abort_all();
        self.provisioner.shutdown(Instant::now() + FAREWELL).await;
    }
}
