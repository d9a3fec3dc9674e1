//! Where the processor time of one reply goes: the service's own, sampled under load and summed by stage.
//!
//! A sample belongs to the innermost function that is of a stage; frame pointers give the stack. The time itself is that of
//! the kernel's count, as in all other tables: samples only share it out.

mod perf;
mod stage;

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tempfile::TempDir;
use test_servers::openfire::Openfire;
use tokio::time::timeout;

use self::stage::Stage;
use crate::measure::warm_up;
use crate::replies::replies;
use crate::service::{Service, Template};
use crate::spread::Spread;
use crate::targets::{Builds, Extent};

/// Replies in flight.
const IN_FLIGHT: usize = 8;
/// Time in which `perf` must write its file after a pass.
const WRITE_LIMIT: Duration = Duration::from_secs(30);
/// Fewer samples say nothing about a stage.
const ENOUGH_SAMPLES: usize = 500;

/// One program with its passes: milliseconds of each stage for one reply.
struct Column<'a> {
    name: &'a str,
    service: Service,
    passes: Vec<HashMap<Stage, f64>>,
}

/// Samples each program in turns, prints the table as Markdown, and says whether it went without an error.
pub(crate) async fn run(openfire: &Openfire, builds: &Builds, extent: Extent) -> anyhow::Result<bool> {
    let mut columns = Vec::new();
    let programs = builds.old().into_iter().chain([(&*builds.new, "new")]);
    for (place, (program, name)) in programs.enumerate() {
        let service = Service::start(program, openfire, &format!("stages{place}"), Template::WithRoster).await?;
        eprintln!("{name}: warming up");
        warm_up(async || replies(&service, IN_FLIGHT, extent.pass).await).await?;
        columns.push(Column { name, service, passes: Vec::new() });
    }
    let folder = tempfile::tempdir()?;
    for pass in 0..extent.pairs {
        eprintln!("pass {} of {}", pass + 1, extent.pairs);
        for column in &mut columns {
            column.passes.push(sample(&column.service, extent.pass, &folder).await.context(column.name.to_owned())?);
        }
    }
    println!("{}", table(&columns));
    Ok(true)
}

/// One pass under load.
async fn sample(service: &Service, length: Duration, folder: &TempDir) -> anyhow::Result<HashMap<Stage, f64>> {
    let file = folder.path().join("perf.data");
    let mut perf = perf::record(service.pid()?, length, &file)?;
    let before = service.processor_time()?;
    let pass = replies(service, IN_FLIGHT, length).await?;
    let used = service.processor_time()?.saturating_sub(before);
    ensure!(pass.errors == 0, "a reply failed: {}", pass.error.unwrap_or_default());
    let ended = timeout(WRITE_LIMIT, perf.wait()).await.context("perf does not end")??;
    ensure!(ended.success(), "perf could not sample the service");
    let samples = count(&file).await?;
    let all: usize = samples.values().sum();
    ensure!(all >= ENOUGH_SAMPLES, "only {all} samples");
    let each = used.as_secs_f64() * 1000.0 / pass.micros.len() as f64;
    Ok(samples.into_iter().map(|(stage, count)| (stage, each * count as f64 / all as f64)).collect())
}

async fn count(file: &Path) -> anyhow::Result<HashMap<Stage, usize>> {
    let mut samples = HashMap::new();
    perf::stacks(file, |stack| *samples.entry(Stage::of(stack)).or_default() += 1).await?;
    Ok(samples)
}

/// Medians of the passes, in milliseconds for one reply.
fn table(columns: &[Column<'_>]) -> String {
    let row = |name: &str, cells: Vec<String>| format!("| {name} | {} |\n", cells.join(" | "));
    let values = |name: &str, value: &dyn Fn(&HashMap<Stage, f64>) -> f64| {
        let median = |column: &Column<'_>| Spread::from_values(column.passes.iter().map(value)).median;
        row(name, columns.iter().map(|column| format!("{:.3}", median(column))).collect())
    };
    let names = columns.iter().map(|column| column.name.to_owned()).collect();
    let mut rows =
        vec![row("ms of processor time for one reply", names), format!("|---|{}\n", "---|".repeat(columns.len()))];
    rows.extend(Stage::ALL.map(|stage| values(stage.name(), &|pass| pass.get(&stage).copied().unwrap_or_default())));
    rows.push(values("all", &|pass| pass.values().sum()));
    rows.concat()
}
