//! Load generator for `scripts/bench.sh`.
//!
//! - Without `--against`: raw SASL logins on a real Openfire against provisioning replies from the service.
//! - With `--against`: replies from one build of the service against those from another.
//! - With `--questions`: replies while clients ask for their provisioning URL by DHCP, see `scripts/discovery.sh`.
//! - With `--flood`: clients of one host while another one floods the service, see `scripts/flood.sh`.
//!
//! Both sides use the same Openfire, users and machine, and take turns. The tables go to the standard output.
//!
//! The raw logins share no code with the service: a yardstick made of the service's own login pays for each of its faults
//! too, and so hides them.
//!
//! Exit code 0: measured, goals met. 1: a goal was missed, or a login or reply failed. 2: it could not measure.

#![expect(clippy::print_stderr, clippy::print_stdout, reason = "it is a program that reports to a terminal")]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "counts of a load generator are far from the limits of a float"
)]

mod at_rest;
mod comparison;
mod flood;
mod login;
mod measure;
mod questions;
mod quick_ack;
mod replies;
mod scram;
mod service;
mod spread;
mod yardstick;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;
use test_servers::openfire::{Openfire, OpenfireOptions};
use tokio::signal::unix::{SignalKind, signal};

use self::comparison::{Builds, Extent};

/// Users on the server.
const USERS: usize = 1000;

#[derive(Debug, Parser)]
struct Arguments {
    /// Length of one pass in seconds.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: u64,
    /// A property of Openfire, as NAME=VALUE.
    #[arg(long)]
    property: Vec<String>,
    /// The program to measure.
    #[arg(long)]
    service: PathBuf,
    /// The program to measure it against; without it raw logins are the measure.
    #[arg(long)]
    against: Option<PathBuf>,
    /// What the tables call the other program.
    #[arg(long, default_value = "old")]
    against_name: String,
    /// Alternating pairs of passes for each template.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u64).range(1..=100))]
    pairs: u64,
    /// Questions by DHCP in a minute; replies meanwhile are compared with those without them.
    #[arg(long, value_name = "PER_MINUTE", conflicts_with_all = ["against", "flood"])]
    questions: Option<u32>,
    /// Connections of a host that floods the service; replies meanwhile are compared with those without it.
    #[arg(long, value_name = "CONNECTIONS", conflicts_with = "against")]
    flood: Option<usize>,
    /// Only this kind of flood; may be given several times.
    #[arg(long, value_enum, requires = "flood")]
    kind: Vec<flood::Kind>,
    /// Connections that it opens in a second.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pace: u64,
    /// Limit of the service's memory; needs the right to make a control group.
    #[arg(long, value_name = "MIB", requires = "flood")]
    memory: Option<u64>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("cannot measure: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Starts Openfire, measures, and ends it again, also when it is interrupted.
async fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    let mut terminated = signal(SignalKind::terminate())?;
    let openfire = tokio::select! {
        openfire = Openfire::try_start(options(&arguments.property)?) => openfire.map_err(anyhow::Error::msg)?,
        _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
        _ = terminated.recv() => anyhow::bail!("interrupted"),
    };
    let outcome = tokio::select! {
        outcome = measure(arguments, &openfire) => outcome,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
        _ = terminated.recv() => Err(anyhow::anyhow!("interrupted")),
    };
    drop(openfire.stop().await);
    outcome
}

/// Made-up users instead of the tests' people, and the properties, each `NAME=VALUE`.
fn options(properties: &[String]) -> anyhow::Result<OpenfireOptions> {
    let mut options = OpenfireOptions::numbered_users(USERS);
    for property in properties {
        let (name, value) = property.split_once('=').with_context(|| format!("no `=` in `{property}`"))?;
        options = options.property(name, value);
    }
    Ok(options)
}

async fn measure(arguments: &Arguments, openfire: &Openfire) -> anyhow::Result<bool> {
    let pass = Duration::from_secs(arguments.seconds);
    if let Some(connections) = arguments.flood {
        let pace = usize::try_from(arguments.pace)?;
        let extent = flood::Extent { pass, connections, pace, kinds: &arguments.kind, memory_mib: arguments.memory };
        return flood::run(openfire, &arguments.service, extent).await;
    }
    let pairs = usize::try_from(arguments.pairs)?;
    if let Some(per_minute) = arguments.questions {
        return questions::run(openfire, &arguments.service, questions::Extent { pass, pairs, per_minute }).await;
    }
    let Some(old) = &arguments.against else {
        return yardstick::run(openfire, &arguments.service, pass).await;
    };
    let builds = Builds { new: &arguments.service, old, old_name: &arguments.against_name };
    comparison::run(openfire, &builds, Extent { pass, pairs }).await
}
