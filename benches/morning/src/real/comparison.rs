//! Paper and reality side by side.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::client::Clients;
use super::costs::Processes;
use super::play::play;
use super::process::{machine_time, processor_time};
use crate::arrivals::Arrivals;
use crate::costs::Costs;
use crate::outcome::Outcome;
use crate::route::Routes;
use crate::simulation::simulate;
use crate::site::Site;

/// The head of the table.
pub const HEAD: &str = "| users | within s | | p50 ms | p90 ms | p99 ms | longest ms | 503 | gave up | cores in use by others |\n\
                        |---|---|---|---|---|---|---|---|---|---|\n";

/// The same morning twice.
#[derive(Debug)]
pub struct Comparison {
    arrivals: Arrivals,
    /// On paper.
    pub paper: Outcome,
    /// On real servers.
    pub reality: Outcome,
    /// Cores that other processes used meanwhile; paper knows nothing of them.
    others: f64,
}

/// Plays a morning on this machine, on which Openfire, the service and the clients share all cores, and computes the same.
pub async fn compare(
    clients: &Clients,
    processes: Processes,
    costs: &Costs,
    arrivals: Arrivals,
    idle_streams: usize,
) -> anyhow::Result<Comparison> {
    let starts = arrivals.times(&mut StdRng::seed_from_u64(0));
    let cores = std::thread::available_parallelism()?.get();
    let site = Site { openfire_cores: cores, one_machine: true, own_login: 0.0, idle_streams, ..Site::with_defaults() };
    let paper = simulate(&site, &Routes::new(&site, costs), &starts, 0);

    let (begun, before) = (Instant::now(), used_by_others(processes)?);
    let reality = play(clients, &starts).await?;
    let others = used_by_others(processes)?.saturating_sub(before);
    let others = others.as_secs_f64() / begun.elapsed().as_secs_f64();
    Ok(Comparison { arrivals, paper, reality, others })
}

/// Processor time of all processes but ours, up to now.
fn used_by_others(processes: Processes) -> anyhow::Result<Duration> {
    let mut others = machine_time()?;
    for pid in [processes.openfire, processes.service, std::process::id()] {
        others = others.saturating_sub(processor_time(pid)?);
    }
    Ok(others)
}

impl Comparison {
    /// Three rows: paper, reality, and how they differ.
    #[must_use]
    pub fn rows(&self) -> String {
        let Self { arrivals: Arrivals { users, within }, paper, reality, others } = self;
        let mut text = String::new();
        for (name, outcome, others) in [("paper", paper, String::new()), ("reality", reality, format!("{others:.2}"))] {
            let [p50, p90, p99, longest] = SHARES.map(|share| outcome.percentile(share).unwrap_or(f64::NAN));
            let busy = outcome.full + outcome.late;
            _ = writeln!(
                text,
                "| {users} | {within} | {name} | {p50:.1} | {p90:.1} | {p99:.1} | {longest:.0} | {busy} | {} | {others} |",
                outcome.gave_up
            );
        }
        let [p50, p90, p99, longest] = SHARES.map(|share| match (paper.percentile(share), reality.percentile(share)) {
            (Some(paper), Some(reality)) => format!("{:.2}", reality / paper),
            _ => "-".to_owned(),
        });
        let points = 100.0 * (reality.share(reality.failed()) - paper.share(paper.failed()));
        _ = writeln!(
            text,
            "| | | reality / paper | {p50} | {p90} | {p99} | {longest} | {points:+.1} points of all clients | | |"
        );
        text
    }
}

const SHARES: [f64; 4] = [0.5, 0.9, 0.99, 1.0];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_show_how_far_reality_is_from_paper() {
        let comparison = Comparison {
            arrivals: Arrivals { users: 4, within: 60.0 },
            paper: Outcome { times: vec![10.0; 4], ..Outcome::default() },
            reality: Outcome { times: vec![12.0, 12.0, 20.0], late: 1, ..Outcome::default() },
            others: 0.25,
        };
        assert_eq!(
            comparison.rows(),
            "| 4 | 60 | paper | 10.0 | 10.0 | 10.0 | 10 | 0 | 0 |  |\n\
             | 4 | 60 | reality | 12.0 | 20.0 | 20.0 | 20 | 1 | 0 | 0.25 |\n\
             | | | reality / paper | 1.20 | 2.00 | 2.00 | 2.00 | +25.0 points of all clients | | |\n"
        );
    }
}
