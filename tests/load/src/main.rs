//! Load generator: raw SASL logins on a real Openfire against provisioning replies from the service, in one run.
//!
//! `cargo bench --bench load -- [--seconds N] [--service FILE]`, or `scripts/bench.sh`, which builds what is needed.
//! Both sides use the same mechanism, TLS version, users and machine, and take turns, so that the server is equally
//! warm for both. The table goes to the standard output.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "it is started by hand, prints a table, and may end with a panic"
)]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "counts of a benchmark are far from the limits of a float"
)]
#![expect(unreachable_pub, reason = "the tests' servers are shared")]

mod measure;
#[path = "../api/support/openfire.rs"]
#[expect(dead_code, reason = "the tests' server has more methods than a benchmark needs")]
mod openfire;
#[path = "../api/support/process.rs"]
#[expect(dead_code, reason = "the same")]
mod process;
mod replies;
mod report;
#[path = "../api/support/seeds.rs"]
#[expect(dead_code, reason = "the same")]
mod seeds;
mod service;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use openfire_provisioner::account::{Credentials, Password, Username};
use openfire_provisioner::config::Config;
use openfire_provisioner::openfire::login::Login;
use tokio::time::Instant;

use self::measure::{Pass, measure};
use self::openfire::{Openfire, OpenfireOptions};
use self::report::Row;
use self::service::Service;

/// Users on the server.
const USERS: usize = 1000;
/// Logins and replies in flight.
const IN_FLIGHT: [usize; 3] = [1, 8, 32];
/// Time after which one login or reply counts as an error.
const TIME_LIMIT: Duration = Duration::from_secs(8);

#[derive(Debug, Parser)]
struct Arguments {
    /// Length of one pass; each side has two at each number in flight.
    #[arg(long, default_value_t = 6)]
    seconds: u64,
    /// The program to measure, as `cargo build --release` makes it.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/target/release/openfire-provisioner"))]
    service: PathBuf,
    /// A property of Openfire, as NAME=VALUE.
    #[arg(long)]
    property: Vec<String>,
    /// What `cargo bench` passes to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let pass = Duration::from_secs(arguments.seconds);
    let mut options = OpenfireOptions::default().set("USERS", &USERS.to_string());
    for property in &arguments.property {
        let (name, value) = property.split_once('=').unwrap_or((property, ""));
        options = options.property(name, value);
    }
    let openfire = Openfire::start(options).await;
    let service = Service::start(&arguments.service, &openfire).await?;
    let config = Config::load(Some(service.config_file()))?;
    let login = Login::new(&config.openfire, &config.limits)?;

    eprintln!("warming up");
    logins(&login, &config, 8, pass).await?;
    replies::replies(&service, 8, pass).await?;
    let idle = service.resident_kib()?;
    let processor_time = service.processor_time()?;
    let mut rows = Vec::new();
    for in_flight in IN_FLIGHT {
        eprintln!("measuring with {in_flight} in flight");
        let mut row = Row::new(in_flight);
        for _ in 0..2 {
            row.logins.add(logins(&login, &config, in_flight, pass).await?);
            row.replies.add(replies::replies(&service, in_flight, pass).await?);
        }
        rows.push(row);
    }
    let processor_time = service.processor_time()?.saturating_sub(processor_time);
    report::print(&rows, &service, idle, processor_time);
    openfire.stop().await;
    let errors: usize = rows.iter().map(|row| row.logins.errors + row.replies.errors).sum();
    anyhow::ensure!(errors == 0, "{errors} logins or replies failed");
    Ok(())
}

/// Raw logins: connect, TLS, SASL, close.
async fn logins(login: &Login, config: &Config, in_flight: usize, length: Duration) -> anyhow::Result<Pass> {
    let credentials = (0..USERS)
        .map(|number| {
            Ok(Credentials {
                username: Username::parse(&format!("user{number}"), &config.openfire.domain)?,
                password: Password::parse(format!("pw{number}"))?,
            })
        })
        .collect::<anyhow::Result<Arc<[_]>>>()?;
    let workers = (0..in_flight).map(|_| {
        let (login, credentials) = (login.clone(), Arc::clone(&credentials));
        move |turn: usize| {
            let (login, credentials) = (login.clone(), Arc::clone(&credentials));
            async move {
                let user = &credentials[turn % USERS];
                login.authenticate(user, Instant::now() + TIME_LIMIT).await.map(drop).is_ok()
            }
        }
    });
    Ok(measure(workers.collect(), length).await)
}
