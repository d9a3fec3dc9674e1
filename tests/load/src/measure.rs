//! Workers that do one thing again and again for a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

/// What one or more passes gave.
#[derive(Debug, Default)]
pub struct Pass {
    /// What was done without error, in microseconds each.
    pub micros: Vec<u64>,
    /// What failed.
    pub errors: usize,
    /// Length of the passes.
    pub length: Duration,
}

impl Pass {
    /// Adds another pass.
    pub fn add(&mut self, other: Pass) {
        self.micros.extend(other.micros);
        self.errors += other.errors;
        self.length += other.length;
    }

    /// What was done in a second.
    pub fn per_second(&self) -> f64 {
        self.micros.len() as f64 / self.length.as_secs_f64()
    }

    /// The time, in milliseconds, in which `share` of all was done (0.5 is the median).
    pub fn percentile(&self, share: f64) -> f64 {
        let mut sorted = self.micros.clone();
        sorted.sort_unstable();
        let index = ((sorted.len() as f64 - 1.0) * share).round().max(0.0) as usize;
        sorted.get(index).map_or(f64::NAN, |micros| *micros as f64 / 1000.0)
    }
}

/// Lets every worker do its thing until `length` has passed. A worker gets a number that no other gets and says whether
/// it went well.
pub async fn measure<W, F>(workers: Vec<W>, length: Duration) -> Pass
where
    W: FnMut(usize) -> F + Send + 'static,
    F: Future<Output = bool> + Send,
{
    let turns = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for mut worker in workers {
        let turns = Arc::clone(&turns);
        tasks.spawn(async move {
            let mut pass = Pass::default();
            while start.elapsed() < length {
                let turn = turns.fetch_add(1, Ordering::Relaxed);
                let begun = Instant::now();
                if worker(turn).await {
                    pass.micros.push(u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX));
                } else {
                    pass.errors += 1;
                }
            }
            pass
        });
    }
    let mut all = Pass::default();
    while let Some(pass) = tasks.join_next().await {
        all.add(pass.expect("a worker does not panic"));
    }
    all.length = start.elapsed();
    all
}
