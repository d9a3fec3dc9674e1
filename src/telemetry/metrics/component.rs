//! Whether the component is connected, checked at each reading of the metrics.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;

/// A gauge that is 1 while the component's stream is up.
pub(super) struct Connected(Box<dyn Fn() -> bool + Send + Sync>);

impl Connected {
    /// `connected` is asked at each reading.
    pub(super) fn new(connected: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Box::new(connected))
    }
}

impl Collector for Connected {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let help = "Whether the component's stream to Openfire is up: 1 or 0.";
        let gauge = ConstGauge::new(i64::from((self.0)()));
        gauge.encode(encoder.encode_descriptor("component_connected", help, None, MetricType::Gauge)?)
    }
}

impl fmt::Debug for Connected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connected({})", (self.0)())
    }
}
