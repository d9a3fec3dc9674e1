//! What a reply of 200 keys costs, by stage: render, parse, lint, encode. And what the data of a large site cost.
//!
//! `docs/performance.md` has the figures. One run compares the stages with each other and with the whole. With
//! `--against PROGRAM`, which `scripts/bench.sh --reply` builds of another revision, it compares both.
//!
//! Exit code 0: measured, goals met. 1: a goal was missed. 2: it could not measure.

mod comparison;
mod site_data;
#[path = "../load/src/spread.rs"]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    dead_code,
    unused_imports,
    reason = "a few pairs are far from the limits of a float; the load generator needs more, and runs the tests of this file"
)]
mod spread;
mod stages;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use criterion::Criterion;

use self::comparison::Extent;
use self::stages::{STAGES, Stages};

/// 200 keys of all kinds that sites send: accounts with values of the user, STUN servers, codecs, locks, chat rooms.
const TEMPLATE: &str = include_str!("site.properties");

#[expect(clippy::print_stderr, reason = "a benchmark reports to a terminal")]
fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("cannot measure: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> anyhow::Result<bool> {
    let value = |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1);
    if arguments.iter().any(|argument| argument == stages::TURNS) {
        let template = value(stages::TURNS).context("no template")?;
        stages::take_turns(&std::fs::read_to_string(template)?).map(|()| true)
    } else if let Some(text) = value(stages::FIRST_LINT) {
        stages::first_lint(&std::fs::read_to_string(text)?).map(|()| true)
    } else if let Some(old) = value("--against") {
        let pairs = value("--pairs").map_or(Ok(40), |pairs| pairs.parse())?;
        let name = value("--against-name").map_or("old", String::as_str);
        comparison::run(&PathBuf::from(old), name, Extent { pairs })
    } else {
        let mut criterion = Criterion::default().configure_from_args();
        reply(&mut criterion)?;
        site_data::measure(&mut criterion)?;
        criterion.final_summary();
        Ok(true)
    }
}

fn reply(criterion: &mut Criterion) -> anyhow::Result<()> {
    let stages = Stages::new(TEMPLATE)?;
    let mut group = criterion.benchmark_group("reply of 200 keys");
    for stage in STAGES {
        group.bench_function(stage, |bench| bench.iter(|| stages.run(stage)));
    }
    group.finish();
    Ok(())
}
