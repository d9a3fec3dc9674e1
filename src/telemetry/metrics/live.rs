//! What is asked at each reading of the metrics instead of being counted by them.

use std::fmt;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

/// How the service stands at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Live {
    /// Whether the component's stream is up.
    pub is_connected: bool,
    /// Whether refused logins are answered with 503 instead of 401.
    pub is_in_doubt: bool,
    /// Whether administrators have paused provisioning.
    pub is_paused: bool,
    /// Refused logins since the start, by what became of them.
    pub refusals: [(&'static str, u64); 3],
    /// Streams to Openfire that are opened ahead of logins.
    pub idle_streams: IdleStreamCounts,
}

/// Streams to Openfire that wait for logins, and what became of others since the start.
#[derive(Debug, Clone, Copy, Default)]
pub struct IdleStreamCounts {
    /// Those that wait now.
    pub waiting: u64,
    /// Logins by what they found: `hit`, `miss` (none waited), `dead` (so they opened their own).
    pub takes: [(&'static str, u64); 3],
    /// How long the streams of the hits had waited, all together.
    pub age: Duration,
    /// Those that left without a login, by the reason.
    pub left: [(&'static str, u64); 6],
}

/// Numbers that are up to date whenever they are read.
pub(super) struct LiveNumbers(Box<dyn Fn() -> Live + Send + Sync>);

impl LiveNumbers {
    /// `live` is asked at each reading.
    pub(super) fn new(live: impl Fn() -> Live + Send + Sync + 'static) -> Self {
        Self(Box::new(live))
    }
}

impl Collector for LiveNumbers {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let Live { is_connected, is_in_doubt, is_paused, refusals, idle_streams } = (self.0)();
        let help = "Whether the component's stream to Openfire is up: 1 or 0.";
        let gauge = ConstGauge::new(i64::from(is_connected));
        gauge.encode(encoder.encode_descriptor("component_connected", help, None, MetricType::Gauge)?)?;
        let help = "Whether refused logins are answered with 503 instead of 401: 1 or 0.";
        let gauge = ConstGauge::new(i64::from(is_in_doubt));
        gauge.encode(encoder.encode_descriptor("in_doubt", help, None, MetricType::Gauge)?)?;
        let help = "Whether administrators have paused provisioning: 1 or 0.";
        let gauge = ConstGauge::new(i64::from(is_paused));
        gauge.encode(encoder.encode_descriptor("paused", help, None, MetricType::Gauge)?)?;
        let help = "Refused logins by what became of them.";
        let mut family = encoder.encode_descriptor("refusals", help, None, MetricType::Counter)?;
        for (verdict, count) in refusals.into_iter().filter(|(verdict, _)| !verdict.is_empty()) {
            let counter = ConstCounter::new(count);
            counter.encode(family.encode_family(&[("verdict", verdict)])?)?;
        }
        idle_streams.encode(&mut encoder)
    }
}

impl IdleStreamCounts {
    fn encode(&self, encoder: &mut DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let help = "Streams to Openfire that were opened ahead and wait for logins.";
        let gauge = ConstGauge::new(i64::try_from(self.waiting).unwrap_or(i64::MAX));
        gauge.encode(encoder.encode_descriptor("idle_streams", help, None, MetricType::Gauge)?)?;
        let help = "Users' logins by whether a stream waited for them.";
        let mut family = encoder.encode_descriptor("idle_stream_takes", help, None, MetricType::Counter)?;
        for (result, count) in self.takes.into_iter().filter(|(result, _)| !result.is_empty()) {
            ConstCounter::new(count).encode(family.encode_family(&[("result", result)])?)?;
        }
        let help = "Total time that the streams of the hits had waited.";
        let counter = ConstCounter::new(self.age.as_secs_f64());
        let unit = Some(&Unit::Seconds);
        counter.encode(encoder.encode_descriptor("idle_stream_age_at_use", help, unit, MetricType::Counter)?)?;
        let help = "Streams that were opened ahead and left without a login, by the reason.";
        let mut family = encoder.encode_descriptor("idle_streams_left", help, None, MetricType::Counter)?;
        for (reason, count) in self.left.into_iter().filter(|(reason, _)| !reason.is_empty()) {
            ConstCounter::new(count).encode(family.encode_family(&[("reason", reason)])?)?;
        }
        Ok(())
    }
}

impl fmt::Debug for LiveNumbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LiveNumbers({:?})", (self.0)())
    }
}
