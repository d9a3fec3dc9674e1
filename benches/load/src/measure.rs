//! Workers that do one thing again and again for a while.

mod paced;

pub(crate) use self::paced::paced;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

/// Time after which one login or reply counts as an error.
const TIME_LIMIT: Duration = Duration::from_secs(8);

/// Logins or replies after which a server has compiled what it runs often, and the longest time to wait for them.
const WARM: (usize, Duration) = (2000, Duration::from_mins(1));

/// What one or more passes gave.
#[derive(Debug, Default)]
pub(crate) struct Pass {
    /// What was done without error, in microseconds each.
    pub(crate) micros: Vec<u64>,
    /// How many failed.
    pub(crate) errors: usize,
    /// Why the first one failed.
    pub(crate) error: Option<String>,
    /// Length of the passes.
    pub(crate) length: Duration,
}

impl Pass {
    /// One login or reply, which took so long.
    fn of(took: Duration, outcome: Result<anyhow::Result<()>, Elapsed>) -> Self {
        let why = match outcome {
            Ok(Ok(())) => {
                let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
                return Self { micros: vec![micros], ..Self::default() };
            }
            Ok(Err(error)) => format!("{error:#}"),
            Err(_) => format!("nothing came within {} s", TIME_LIMIT.as_secs()),
        };
        Self { errors: 1, error: Some(why), ..Self::default() }
    }

    /// Adds another pass.
    pub(crate) fn add(&mut self, other: Self) {
        self.micros.extend(other.micros);
        self.errors += other.errors;
        self.error = self.error.take().or(other.error);
        self.length += other.length;
    }

    /// What was done in a second.
    pub(crate) fn per_second(&self) -> f64 {
        self.micros.len() as f64 / self.length.as_secs_f64()
    }

    /// The time, in milliseconds, in which `share` of all was done (0.5 is the median).
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let mut sorted = self.micros.clone();
        sorted.sort_unstable();
        let index = ((sorted.len() as f64 - 1.0) * share).round().max(0.0) as usize;
        sorted.get(index).map_or(f64::NAN, |micros| *micros as f64 / 1000.0)
    }
}

/// Lets every worker do its thing until `length` has passed. A worker gets a number that no other gets; what it returns says
/// whether it went well.
pub(crate) async fn measure<W, F>(workers: Vec<W>, length: Duration) -> anyhow::Result<Pass>
where
    W: FnMut(usize) -> F + Send + 'static,
    F: Future<Output = anyhow::Result<()>> + Send,
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
                let outcome = timeout(TIME_LIMIT, worker(turn)).await;
                pass.add(Pass::of(begun.elapsed(), outcome));
            }
            pass
        });
    }
    let mut all = Pass::default();
    while let Some(pass) = tasks.join_next().await {
        all.add(pass?);
    }
    all.length = start.elapsed();
    Ok(all)
}

/// Repeats a pass until what runs is warm. It is counted and not timed: on a busy machine a time would be too short.
pub(crate) async fn warm_up(mut pass: impl AsyncFnMut() -> anyhow::Result<Pass>) -> anyhow::Result<()> {
    let start = Instant::now();
    let mut done = 0;
    while done < WARM.0 && start.elapsed() < WARM.1 {
        done += pass().await?.micros.len();
    }
    Ok(())
}
