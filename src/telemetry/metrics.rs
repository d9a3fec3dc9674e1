//! Numbers for a monitoring system, in the text format of Prometheus. `docs/metrics.md` says what each means.
//!
//! No label holds a user, an address or anything else that a request brings: what labels say is a fixed set of words, but
//! for the names of the site's own data sources.

mod live;
mod log;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use self::live::LiveNumbers;
pub use self::live::{IdleStreamCounts, Live};
use self::log::Dropped;

/// How all names begin.
const PREFIX: &str = "openfire_provisioner";

/// Upper bounds of the times of a stage, in seconds: a render takes a part of a millisecond, a request 8 s at most.
const TIMES: [f64; 14] = [0.000_25, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// All numbers that are counted. Shared by all who count.
pub struct Metrics {
    registry: Registry,
    requests: Family<[(&'static str, &'static str); 1], Counter>,
    lost_records: Counter,
    stages: Family<[(&'static str, &'static str); 1], Histogram, Buckets>,
    mistakes: Family<[(&'static str, &'static str); 1], Counter>,
    connections: Gauge,
    yielded: Family<[(&'static str, &'static str); 1], Counter>,
    reloads: Family<[(&'static str, &'static str); 1], Counter>,
    loaded: Gauge<f64, AtomicU64>,
    attempted: Gauge<f64, AtomicU64>,
    current: Gauge,
    ages: Family<[(&'static str, String); 1], Gauge<f64, AtomicU64>>,
    failures: Family<[(&'static str, String); 1], Counter>,
    read: Mutex<BTreeMap<String, Option<Instant>>>,
}

/// How an attempt to replace the policy ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reloaded {
    /// Another one is in force.
    Replaced,
    /// It would have been the same.
    Unchanged,
    /// It could not be read, so the one before stays in force.
    Failed,
}

/// What a site has set up wrongly at its clients or at its proxy, as a request shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetupMistake {
    /// A path at which there is nothing.
    WrongPath,
    /// Plain HTTP on a port that speaks TLS.
    PlainOnTls,
    /// TLS on a port that speaks plain HTTP.
    TlsOnPlain,
    /// A proxy that says who its client is in a header that is not read.
    UnreadProxyHeader,
    /// A field of the form that holds a placeholder of the client beside other text.
    Placeholder,
}

/// What an HTTP connection was doing when it was closed because the places ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Yielded {
    /// It waited for the next request.
    Idle,
    /// It waited for the first byte, for TLS, or for the rest of a head.
    Head,
    /// It waited for the rest of a body.
    Body,
    /// Its client did not take the answer.
    Unread,
    /// It answered a request.
    Request,
    /// It was new, and found no place.
    Newcomer,
}

impl Metrics {
    /// Nothing is counted yet. `live` is asked at each reading how the service stands.
    #[must_use]
    pub fn new(live: impl Fn() -> Live + Send + Sync + 'static) -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix(PREFIX),
            requests: Family::default(),
            lost_records: Counter::default(),
            stages: Family::new_with_constructor(Buckets),
            mistakes: Family::default(),
            connections: Gauge::default(),
            yielded: Family::default(),
            reloads: Family::default(),
            loaded: Gauge::default(),
            attempted: Gauge::default(),
            current: Gauge::default(),
            ages: Family::default(),
            failures: Family::default(),
            read: Mutex::default(),
        };
        metrics.register();
        metrics.registry.register_collector(Box::new(LiveNumbers::new(live)));
        metrics.registry.register_collector(Box::new(Dropped));
        // A counter that is absent until it is 1 cannot be alarmed on.
        for mistake in SetupMistake::ALL {
            drop(metrics.mistakes.get_or_create(&[("mistake", mistake.name())]));
        }
        for yielded in Yielded::ALL {
            drop(metrics.yielded.get_or_create(&[("phase", yielded.name())]));
        }
        for reloaded in [Reloaded::Replaced, Reloaded::Unchanged, Reloaded::Failed] {
            drop(metrics.reloads.get_or_create(&[("result", reloaded.name())]));
        }
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("build", "The version of the service", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        registry.register("requests", "Requests by outcome, as in the log", self.requests.clone());
        let help = "Requests that are missing in the log and in these numbers, since they ended faster than they could \
            be recorded";
        registry.register("request_records_lost", help, self.lost_records.clone());
        let help = "Time that a stage of a request took";
        registry.register_with_unit("stage_duration", help, Unit::Seconds, self.stages.clone());
        let help = "Requests that show a mistake in the set-up of a client or a proxy";
        registry.register("setup_mistakes", help, self.mistakes.clone());
        registry.register("connections_open", "HTTP connections that are open", self.connections.clone());
        let help = "HTTP connections that were closed because all places were taken, by what they were doing";
        registry.register("connections_yielded", help, self.yielded.clone());
        registry.register("reloads", "Attempts to replace templates, rules and data", self.reloads.clone());
        let help = "When the templates, rules and data in force were loaded";
        registry.register_with_unit("policy_loaded_timestamp", help, Unit::Seconds, self.loaded.clone());
        let help = "When the service last tried to load them, with any result";
        registry.register_with_unit("policy_attempt_timestamp", help, Unit::Seconds, self.attempted.clone());
        let help = "Whether they are what the files, commands and endpoints say: 1, or 0 after a failure";
        registry.register("policy_current", help, self.current.clone());
        let help = "Time since the data in force of a source were read";
        registry.register_with_unit("data_age", help, Unit::Seconds, self.ages.clone());
        registry.register("data_failures", "Failed attempts to read a source of data", self.failures.clone());
    }

    /// Requests can end like these: each is counted from 0.
    pub fn outcomes(&self, outcomes: impl IntoIterator<Item = &'static str>) {
        for outcome in outcomes {
            drop(self.requests.get_or_create(&[("outcome", outcome)]));
        }
    }

    /// A request showed this mistake.
    pub fn mistake(&self, mistake: SetupMistake) {
        self.mistakes.get_or_create(&[("mistake", mistake.name())]).inc();
    }

    /// An HTTP connection has a place from now on.
    pub(crate) fn connection_opened(&self) {
        self.connections.inc();
    }

    /// An HTTP connection has left its place.
    pub(crate) fn connection_closed(&self) {
        self.connections.dec();
    }

    /// An HTTP connection is closed because the places ran out; how many are open does not change.
    pub(crate) fn connection_yielded(&self, yielded: Yielded) {
        self.yielded.get_or_create(&[("phase", yielded.name())]).inc();
    }

    /// One request ended like this; `outcome` is `provisioned`, an error string or another fixed word.
    pub fn request(&self, outcome: &'static str) {
        self.requests.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// The record of a request was lost, so it is neither in the log nor in the other numbers.
    pub(super) fn record_lost(&self) {
        self.lost_records.inc();
    }

    /// How many records of requests were lost since the start.
    #[must_use]
    pub fn lost_records(&self) -> u64 {
        self.lost_records.get()
    }

    /// A stage of a request took so long. `stage` is one of a fixed set of words.
    pub fn stage(&self, stage: &'static str, took: Duration) {
        self.stages.get_or_create(&[("stage", stage)]).observe(took.as_secs_f64());
    }

    /// Another policy is in force from now on.
    pub fn loaded(&self) {
        self.loaded.set(unix_time());
        self.attempted.set(unix_time());
    }

    /// Whether everything in force is what files, commands and endpoints say.
    pub fn current(&self, is_current: bool) {
        self.current.set(i64::from(is_current));
    }

    /// An attempt to replace the policy ended.
    pub fn reload(&self, reloaded: Reloaded) {
        self.reloads.get_or_create(&[("result", reloaded.name())]).inc();
        self.attempted.set(unix_time());
        if reloaded == Reloaded::Replaced {
            self.loaded();
        }
    }

    /// The sources of data are these from now on; a name may come twice.
    pub fn sources<'a>(&self, names: impl Iterator<Item = &'a str>) {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = std::mem::take(&mut *read);
        for name in names {
            drop(self.failures.get_or_create(&[("source", name.to_owned())]));
            read.entry(name.to_owned()).or_insert_with(|| before.remove(name).flatten());
        }
        for gone in before.into_keys() {
            self.failures.remove(&[("source", gone.clone())]);
            self.ages.remove(&[("source", gone)]);
        }
    }

    /// A source of data was read, or not. One that is not among the [sources](Self::sources) is not counted.
    pub fn source(&self, name: &str, is_read: bool) {
        let mut sources = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(read) = sources.get_mut(name) else { return };
        if is_read {
            *read = Some(Instant::now());
        } else {
            self.failures.get_or_create(&[("source", name.to_owned())]).inc();
        }
    }

    /// All of it, as Prometheus reads it.
    #[must_use]
    pub fn text(&self) -> String {
        for (name, read) in &*self.read.lock().unwrap_or_else(PoisonError::into_inner) {
            if let Some(read) = read {
                self.ages.get_or_create(&[("source", name.clone())]).set(read.elapsed().as_secs_f64());
            }
        }
        let mut text = String::new();
        // A string takes everything, so it cannot fail.
        prometheus_text::encode(&mut text, &self.registry).unwrap_or_default();
        text
    }

    /// The media type of [`Metrics::text`].
    pub const CONTENT_TYPE: &str = prometheus_text::CONTENT_TYPE;
}

/// Makes the histogram of a stage.
#[derive(Clone)]
struct Buckets;

impl MetricConstructor<Histogram> for Buckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new(TIMES)
    }
}

impl SetupMistake {
    const ALL: [Self; 5] =
        [Self::WrongPath, Self::PlainOnTls, Self::TlsOnPlain, Self::UnreadProxyHeader, Self::Placeholder];

    fn name(self) -> &'static str {
        match self {
            Self::WrongPath => "wrong-path",
            Self::PlainOnTls => "plain-on-tls",
            Self::TlsOnPlain => "tls-on-plain",
            Self::UnreadProxyHeader => "unread-proxy-header",
            Self::Placeholder => "placeholder",
        }
    }
}

impl Yielded {
    const ALL: [Self; 6] = [Self::Idle, Self::Head, Self::Body, Self::Unread, Self::Request, Self::Newcomer];

    fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Head => "head",
            Self::Body => "body",
            Self::Unread => "unread",
            Self::Request => "request",
            Self::Newcomer => "newcomer",
        }
    }
}

impl Reloaded {
    fn name(self) -> &'static str {
        match self {
            Self::Replaced => "replaced",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

/// Seconds since 1970.
fn unix_time() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

#[cfg(test)]
mod tests;
