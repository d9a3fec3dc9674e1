//! Load generator for `scripts/bench.sh`.
//!
//! - As it is: everything that the service is to reach, beside raw SASL logins, a bare generator and, with `--against`,
//!   another build of the service ([`targets`]).
//! - With `--growth`: curves over what is in flight, users, contacts and vCards ([`growth`]).
//! - With `--stages`: where the processor time of one reply goes ([`stages`]).
//! - With `--questions`: replies while clients ask for their provisioning URL by DHCP, see `scripts/discovery.sh`.
//! - With `--flood`: clients of one host while another one floods the service, see `scripts/flood.sh`.
//!
//! All sides use the same Openfire, users and machine, and take turns. The tables go to the standard output.
//!
//! The generator shares no code with the service: a yardstick made of the service's own login pays for each of its faults
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

mod arguments;
mod flood;
mod generator;
mod growth;
mod measure;
mod questions;
mod replies;
mod service;
mod spread;
mod stages;
mod targets;
mod users;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;
use test_servers::openfire::{Openfire, OpenfireOptions};
use tokio::signal::unix::{SignalKind, signal};

use self::arguments::Arguments;
use self::users::Users;

/// Users on the server.
const USERS: Users = Users::new(1000);

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

/// Measures until it is interrupted. All that it has started ends with it.
async fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        outcome = measure(arguments) => outcome,
        _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
        _ = terminated.recv() => anyhow::bail!("interrupted"),
    }
}

async fn measure(arguments: &Arguments) -> anyhow::Result<bool> {
    if let Some(growth) = arguments.growth() {
        return growth.run().await;
    }
    let options = with_properties(OpenfireOptions::numbered_users(USERS.count), &arguments.property)?;
    let openfire = Openfire::try_start(options).await.map_err(anyhow::Error::msg)?;
    let outcome = if let Some(extent) = arguments.flood() {
        flood::run(&openfire, &arguments.service, extent).await
    } else if let Some(extent) = arguments.questions() {
        questions::run(&openfire, &arguments.service, extent).await
    } else if arguments.stages {
        stages::run(&openfire, &arguments.builds(), arguments.stages_extent()).await
    } else {
        targets::run(&openfire, &arguments.builds(), arguments.extent(), &arguments.only).await
    };
    drop(openfire.stop().await);
    outcome
}

/// With the properties, each `NAME=VALUE`.
fn with_properties(mut options: OpenfireOptions, properties: &[String]) -> anyhow::Result<OpenfireOptions> {
    for property in properties {
        let (name, value) = property.split_once('=').with_context(|| format!("no `=` in `{property}`"))?;
        options = options.property(name, value);
    }
    Ok(options)
}
