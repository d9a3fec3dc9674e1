//! `/healthz`, `/readyz` and `/metrics`: for load balancers and monitoring systems.

mod metrics;
mod readiness;

pub(super) use self::metrics::MetricsEndpoint;
pub(super) use self::readiness::ReadinessEndpoint;
pub(crate) use self::readiness::{COMPONENT_HEADER, COMPONENT_LINE};
