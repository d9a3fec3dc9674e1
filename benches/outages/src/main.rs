//! Runs outages and prints their ledger, for `scripts/outages.sh`.
//!
//! Exit code 0: the goals are met. 1: a goal was missed. 2: it could not measure.

#![expect(clippy::print_stderr, clippy::print_stdout, reason = "it is a program that reports to a terminal")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Parser, ValueEnum as _};
use outages::crowd::{Addresses, Which};
use outages::kind::Kind;
use outages::ledger::{Ledger, head};
use outages::plan::Plan;
use outages::tally::Record;
use outages::trial::{Setup, Trial};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

#[derive(Debug, Parser)]
struct Arguments {
    /// The program to try.
    #[arg(long)]
    program: PathBuf,
    /// A kind of outage; may be given several times. Default: all kinds.
    #[arg(long)]
    kind: Vec<Kind>,
    /// Outages of each kind.
    #[arg(long, default_value_t = 50)]
    outages: usize,
    /// Length of the shortest outages in seconds.
    #[arg(long, default_value_t = 0.3)]
    shortest: f64,
    /// Length of the longest outages in seconds.
    #[arg(long, default_value_t = 60.0)]
    longest: f64,
    /// Kinds that run at one time, each with an Openfire of its own.
    #[arg(long, default_value_t = 1)]
    parallel: usize,
    /// Clients with right passwords on each service.
    #[arg(long, default_value_t = 30)]
    clients: usize,
    /// Whether they come from one address or each from its own.
    #[arg(long, value_enum, default_value_t = Addresses::One)]
    addresses: Addresses,
    /// The same number gives the same outages again.
    #[arg(long)]
    seed: Option<u64>,
    /// Folder for logs and all answers, one folder in it for each kind.
    #[arg(long)]
    folder: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("cannot measure: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs all kinds, and ends their servers also when it is interrupted.
async fn run(arguments: Arguments) -> anyhow::Result<bool> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        outcome = measure(arguments) => outcome,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
        _ = terminated.recv() => Err(anyhow::anyhow!("interrupted")),
    }
}

async fn measure(arguments: Arguments) -> anyhow::Result<bool> {
    let seed = arguments.seed.unwrap_or_else(rand::random);
    anyhow::ensure!(arguments.program.is_file(), "{} is no file; build it first", arguments.program.display());
    anyhow::ensure!(
        0.0 < arguments.shortest && arguments.shortest <= arguments.longest && arguments.longest <= 3600.0,
        "outages from {} to {} s make no sense",
        arguments.shortest,
        arguments.longest
    );
    println!("seed {seed}; logs and all answers are in {}", arguments.folder.display());
    let kinds = if arguments.kind.is_empty() { Kind::value_variants().to_vec() } else { arguments.kind.clone() };
    let turns = Arc::new(Semaphore::new(arguments.parallel.max(1)));
    let arguments = Arc::new(arguments);
    let mut trials = JoinSet::new();
    for (place, kind) in kinds.into_iter().enumerate() {
        let (turns, arguments) = (Arc::clone(&turns), Arc::clone(&arguments));
        trials.spawn(async move {
            let _turn = turns.acquire_owned().await?;
            let ledger = trial(&arguments, kind, seed).await.with_context(|| kind.name())?;
            println!("\n{}", ledger.notes());
            Ok::<_, anyhow::Error>((place, ledger))
        });
    }
    let mut ledgers = Vec::new();
    while let Some(ended) = trials.join_next().await {
        ledgers.push(ended??);
    }
    ledgers.sort_by_key(|(place, _)| *place);
    print!("\n{}", head());
    for (_, ledger) in &ledgers {
        print!("{}", ledger.table());
    }
    let missed: Vec<String> = ledgers.iter().flat_map(|(_, ledger)| ledger.missed()).collect();
    println!();
    for missed in &missed {
        println!("MISSED {missed}");
    }
    Ok(missed.is_empty())
}

async fn trial(arguments: &Arguments, kind: Kind, seed: u64) -> anyhow::Result<Ledger> {
    let setup = Setup {
        program: absolute(&arguments.program)?,
        clients: arguments.clients,
        addresses: arguments.addresses,
        folder: absolute(&arguments.folder)?.join(kind.name()),
    };
    let plan = Plan {
        outages: arguments.outages,
        shortest: Duration::from_secs_f64(arguments.shortest),
        longest: Duration::from_secs_f64(arguments.longest),
        gap: (Duration::from_secs(2), Duration::from_secs(5)),
        seed,
    };
    let mut trial = Trial::start(kind.store(), &setup).await?;
    trial.run(kind, &plan, |record| eprintln!("{}", progress(kind, &plan, record))).await
}

fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| path.display().to_string())
}

/// One outage in a line.
fn progress(kind: Kind, plan: &Plan, record: &Record) -> String {
    let heard: Vec<String> = Which::BOTH
        .iter()
        .zip(&record.heard)
        .map(|(which, heard)| {
            let right = heard.tally.right;
            let (reply, undecided, refused, throttled) = (right.reply, right.undecided, right.refused, right.throttled);
            format!("{}: {reply} x 200, {undecided} x 503, {refused} x 401, {throttled} x 429", which.name())
        })
        .collect();
    let (number, length) = (record.outage.number, record.outage.length.as_secs_f64());
    format!("{} {number}/{}, {length:.1} s; {}", kind.name(), plan.outages, heard.join("; "))
}
