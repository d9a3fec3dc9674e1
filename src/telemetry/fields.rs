//! Values of the log's fields.

use std::time::Duration;

/// The value of a field of the log; none when it is empty, so that the field is left out.
pub(crate) fn given(value: &str) -> Option<&str> {
    (!value.is_empty()).then_some(value)
}

/// Milliseconds with one decimal.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}
