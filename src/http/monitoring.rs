//! `/healthz`, `/readyz` and `/metrics`.

pub(super) mod metrics;
pub(super) mod readiness;
