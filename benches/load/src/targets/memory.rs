//! Idle memory, memory with 1,000 requests in flight, and the size of the program.

use std::fs;
use std::path::Path;
use std::time::Duration;

use test_servers::openfire::Openfire;
use tokio::time::sleep;

use super::goal::{Bound, Goal};
use super::{Builds, slow_server};
use crate::replies::replies;
use crate::service::{Launch, Service, Template};
use crate::spread::Spread;

/// Idle memory against another build: not above.
const IDLE: f64 = 1.1;
/// Services of each build, one pair after another.
const PAIRS: usize = 5;
/// Time for what follows a request.
const REST: Duration = Duration::from_secs(2);
/// The program, in megabytes: not larger.
const SIZE: f64 = 17.0;

/// Measures and gives the goals.
pub(super) async fn run(openfire: &Openfire, builds: &Builds) -> anyhow::Result<Vec<Goal>> {
    let mut goals = idle(openfire, builds).await?;
    goals.extend(slow_server::run(openfire, builds).await?);
    let megabytes = fs::metadata(&builds.new)?.len() as f64 / 1e6;
    goals.push(Goal::value("the program", megabytes, "MB", Bound::AtMost(SIZE)));
    Ok(goals)
}

/// Memory at rest without streams that were opened ahead of need, once some replies have been given.
async fn idle(openfire: &Openfire, builds: &Builds) -> anyhow::Result<Vec<Goal>> {
    eprintln!("memory at rest");
    let mut measured = Vec::new();
    for pair in 0..PAIRS {
        let new = at_rest(&builds.new, openfire, format!("new-idle{pair}"), &builds.no_pool);
        let old = async {
            let Some((path, _)) = builds.old() else { return Ok(None) };
            at_rest(path, openfire, format!("old-idle{pair}"), "").await.map(Some)
        };
        measured.push(tokio::try_join!(new, old)?);
    }
    let shown = |what: &str, value: fn(&(f64, f64)) -> f64, unit| {
        let measured = Spread::from_values(measured.iter().map(|(new, _)| value(new)));
        Goal { what: what.to_owned(), measured, unit, bound: Bound::Free }
    };
    let mut goals = vec![
        shown("idle memory", |(mib, _)| *mib, "MiB"),
        shown("from start to listening", |(_, milliseconds)| *milliseconds, "ms"),
    ];
    if let Some((_, name)) = builds.old() {
        let ratios = measured.iter().filter_map(|(new, old)| old.map(|old| new.0 / old.0));
        goals.push(Goal::ratio(
            format!("idle memory against {name}"),
            Spread::from_values(ratios),
            Bound::AtMost(IDLE),
        ));
    }
    Ok(goals)
}

/// Resident memory in MiB, and the milliseconds that the service took to listen.
async fn at_rest(program: &Path, openfire: &Openfire, name: String, config: &str) -> anyhow::Result<(f64, f64)> {
    let launch = Launch { config: config.to_owned(), ..Launch::default() };
    let service = Service::launch(program, openfire, &name, Template::WithRoster, launch).await?;
    replies(&service, 8, Duration::from_secs(1)).await?;
    sleep(REST).await;
    Ok((service.resident_kib()? as f64 / 1024.0, service.started_in().as_secs_f64() * 1000.0))
}
