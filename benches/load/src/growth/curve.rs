//! One curve: its points, what they are measured on, and how they are shown.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::plot::{Axis, Panel};
use super::thousands;
use crate::replies::replies;
use crate::service::Service;
use crate::spread::Spread;

/// Replies of a pass: processor time is counted in hundredths of a second.
const ENOUGH: usize = 50;
/// Time after which a pass is not repeated.
const LIMIT: Duration = Duration::from_secs(15);

/// One curve.
#[derive(Debug)]
pub(super) struct Curve {
    /// Its file, without the ending.
    pub(super) name: &'static str,
    /// What grows.
    pub(super) axis: Axis,
    /// From the least to the most.
    pub(super) points: Vec<Point>,
}

/// One point: medians and quartiles of its passes.
#[derive(Debug)]
pub(super) struct Point {
    /// How much of what grows.
    pub(super) value: f64,
    /// Milliseconds of the service's processor time for one reply.
    pub(super) cpu_ms: Spread,
    /// Replies in a second.
    pub(super) rate: Spread,
    /// Median latency in milliseconds.
    pub(super) median_ms: Spread,
    /// What failed, and why the first did.
    pub(super) errors: (usize, Option<String>),
}

impl Point {
    /// Measures it in some passes, each of which is repeated until there are enough replies, within a limit.
    pub(super) async fn measure(
        value: f64,
        service: &Service,
        in_flight: usize,
        length: Duration,
        passes: usize,
    ) -> anyhow::Result<Self> {
        let mut turns = Vec::new();
        let mut errors = (0, None);
        for _ in 0..passes {
            let (before, begun) = (service.processor_time()?, Instant::now());
            let mut pass = replies(service, in_flight, length).await?;
            while pass.micros.len() < ENOUGH && begun.elapsed() < LIMIT {
                pass.add(replies(service, in_flight, length).await?);
            }
            let used = service.processor_time()?.saturating_sub(before).as_secs_f64() * 1000.0;
            errors = (errors.0 + pass.errors, errors.1.or(pass.error.take()));
            turns.push((used / pass.micros.len() as f64, pass.per_second(), pass.percentile(0.5)));
        }
        let spread = |value: fn(&(f64, f64, f64)) -> f64| Spread::from_values(turns.iter().map(value));
        Ok(Self {
            value,
            cpu_ms: spread(|turn| turn.0),
            rate: spread(|turn| turn.1),
            median_ms: spread(|turn| turn.2),
            errors,
        })
    }
}

impl Curve {
    /// Milliseconds of processor time that one more of what grows costs, between two points by their places.
    pub(super) fn slope(&self, from: usize, to: usize) -> f64 {
        let Some((from, to)) = self.points.get(from).zip(self.points.get(to)) else { return f64::NAN };
        (to.cpu_ms.median - from.cpu_ms.median) / (to.value - from.value)
    }

    /// The panels of its picture.
    pub(super) fn panels(&self) -> [Panel; 3] {
        let panel = |title, value: fn(&Point) -> Spread| {
            let points = self.points.iter().map(|point| (point.value, value(point).quarters())).collect();
            Panel { title, points }
        };
        [
            panel("CPU ms of the service for one reply", |point| point.cpu_ms),
            panel("replies each second", |point| point.rate),
            panel("median latency, ms", |point| point.median_ms),
        ]
    }

    /// Its table, in Markdown.
    pub(super) fn table(&self) -> String {
        let mut text = format!(
            "| {} | CPU ms for one reply: median [quartiles] | replies/s | p50 ms | errors |\n|---|---|---|---|---|\n",
            self.axis.title
        );
        for Point { value, cpu_ms, rate, median_ms, errors } in &self.points {
            let (value, cpu) = (thousands(*value), cpu_ms.quartiles());
            let (rate, latency, errors) = (rate.median, median_ms.median, errors.0);
            // Writing to a text does not fail.
            let _ = writeln!(text, "| {value} | {cpu} | {rate:.0} | {latency:.1} | {errors} |");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_is_what_one_more_costs() {
        let spread = |value: f64| Spread::from_values([value].into_iter());
        let point = |value, cpu_ms| Point {
            value,
            cpu_ms: spread(cpu_ms),
            rate: spread(100.0),
            median_ms: spread(1.0),
            errors: (0, None),
        };
        let curve = Curve {
            name: "contacts",
            axis: Axis { title: "contacts", is_logarithmic: false },
            points: vec![point(10.0, 1.0), point(200.0, 1.95), point(2000.0, 10.95)],
        };
        assert!((curve.slope(0, 1) - 0.005).abs() < 1e-9 && (curve.slope(1, 2) - 0.005).abs() < 1e-9);
        assert!(curve.slope(2, 3).is_nan());
        assert!(curve.table().ends_with("| 2,000 | 10.950 [10.950, 10.950] | 100 | 1.0 | 0 |\n"), "{}", curve.table());
    }
}
