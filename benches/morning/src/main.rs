//! A morning on paper and in reality, for `docs/scaling.md` and `scripts/morning.sh`.
//!
//! - `tables`: the tables of the page.
//! - `paper`: one morning of a site that the options describe.
//! - `real`: measures what a reply costs, plays a morning on a real Openfire, and shows paper and reality side by side.
//!
//! Exit code 0: done. 1: a client of the real morning got no reply. 2: it could not measure.

#![expect(clippy::print_stderr, clippy::print_stdout, reason = "it is a program that reports to a terminal")]

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use morning::arrivals::Arrivals;
use morning::costs::Costs;
use morning::page;
use morning::real::client::Clients;
use morning::real::comparison::{HEAD, compare};
use morning::real::costs::{Processes, ROUND, measure, warm_up};
use morning::real::process::descendant;
use morning::real::service::Service;
use morning::real::streams::Streams;
use morning::site::Site;
use test_servers::openfire::{Openfire, OpenfireOptions};
use tokio::signal::unix::{SignalKind, signal};

#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The tables of docs/scaling.md.
    Tables,
    /// One morning of one site.
    Paper {
        /// Users who start their clients.
        #[arg(long)]
        users: usize,
        /// The time span in which they do, in seconds.
        #[arg(long, default_value_t = 900.0)]
        within: f64,
        #[command(flatten)]
        site: Site,
    },
    /// A morning on a real Openfire, and the same on paper.
    Real(Real),
}

#[derive(Debug, Args)]
struct Real {
    /// The service.
    #[arg(long)]
    service: PathBuf,
    /// Users who start their clients; may be given several times.
    #[arg(long, default_values_t = [1000])]
    users: Vec<usize>,
    /// The time span in which they do, in seconds.
    #[arg(long, default_value_t = 60.0)]
    within: f64,
    /// Replies with which costs are measured.
    #[arg(long, default_value_t = 2000)]
    replies: usize,
    /// A line of the service's `[limits]`; may be given several times.
    #[arg(long)]
    limits: Vec<String>,
    /// Idle streams, at least and at most, of a service that has these settings.
    #[arg(long)]
    idle_streams: Option<usize>,
    /// A file for the costs.
    #[arg(long)]
    keep: Option<PathBuf>,
}

/// Users on the real server. More clients than that come as the same users again.
const ACCOUNTS: usize = 1000;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("cannot measure: {error:#}");
            ExitCode::from(2)
        }
    }
}

async fn run(command: Command) -> anyhow::Result<bool> {
    match command {
        Command::Tables => print!("{}", page::tables(&Costs::measured()?)),
        Command::Paper { users, within, site } => {
            anyhow::ensure!(users > 0 && within > 0.0, "a morning needs users and time");
            print!("{}", page::one(&site, &Costs::measured()?, Arrivals { users, within }));
        }
        Command::Real(real) => return interruptible(&real).await,
    }
    Ok(true)
}

/// Ends its servers also when it is interrupted.
async fn interruptible(real: &Real) -> anyhow::Result<bool> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        outcome = measure_and_play(real) => outcome,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
        _ = terminated.recv() => Err(anyhow::anyhow!("interrupted")),
    }
}

/// Measures costs, and plays mornings with them.
async fn measure_and_play(real: &Real) -> anyhow::Result<bool> {
    let openfire = Openfire::try_start(OpenfireOptions::numbered_users(ACCOUNTS)).await.map_err(anyhow::Error::msg)?;
    let streams =
        real.idle_streams.map(|number| format!("idle_streams_least = {number}\nidle_streams_most = {number}"));
    let limits: Vec<&str> = real.limits.iter().chain(&streams).map(String::as_str).collect();
    let service = Service::start(&real.service, &openfire, &limits.join("\n")).await?;
    let processes = Processes { openfire: descendant("java")?, service: service.pid()? };
    let clients = Clients::new(&service, ACCOUNTS)?;
    let streams = Streams::new(openfire.c2s(), &openfire.ca_file())?;
    eprintln!("warming up");
    let rounds = warm_up(&clients, &streams, processes).await?;
    println!(
        "Processor time of one reply in an Openfire that has just started, each the mean of {ROUND}: {rounds:?} ms\n"
    );
    eprintln!("measuring what one reply costs");
    let costs = measure(&clients, &streams, processes, real.replies).await?;
    let text = toml::to_string(&costs)?;
    println!(
        "{}\nof which the clients: {:.2} ms, and no processor: {:.2} ms\n",
        page::measured(&costs),
        costs.client,
        costs.idle
    );
    if let Some(file) = &real.keep {
        let head = "# What one reply costs in milliseconds: benches/morning/src/costs.rs says what each is. Written by \
                    scripts/morning.sh --keep\n";
        std::fs::write(file, head.to_owned() + &text).with_context(|| file.display().to_string())?;
    }
    print!("{HEAD}");
    let mut is_served = true;
    for users in &real.users {
        eprintln!("{users} users within {} s", real.within);
        let arrivals = Arrivals { users: *users, within: real.within };
        let idle_streams = real.idle_streams.unwrap_or(0);
        let morning = compare(&clients, processes, &costs, arrivals, idle_streams).await?;
        print!("{}", morning.rows());
        is_served &= morning.reality.failed() == 0;
    }
    drop(service);
    drop(openfire.stop().await);
    Ok(is_served)
}
