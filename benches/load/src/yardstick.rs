//! Replies against raw logins.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use test_servers::openfire::Openfire;

use crate::USERS;
use crate::login::RawLogin;
use crate::measure::{Pass, measure, warm_up};
use crate::replies::replies;
use crate::service::{Service, Template};

/// Logins and replies in flight.
const IN_FLIGHT: [usize; 3] = [1, 8, 32];
/// Passes of each side at each number in flight.
const PASSES: usize = 2;

/// One number in flight, both sides.
#[derive(Debug, Default)]
struct Row {
    in_flight: usize,
    logins: Pass,
    replies: Pass,
}

/// Measures, prints the table as Markdown, and says whether all went without error.
pub(crate) async fn run(openfire: &Openfire, program: &Path, pass: Duration) -> anyhow::Result<bool> {
    let service = Service::start(program, openfire, "load", Template::WithRoster).await?;
    let login = Arc::new(RawLogin::new(openfire.c2s(), &openfire.ca_file())?);

    eprintln!("warming up");
    warm_up(async || logins(&login, 8, pass).await).await?;
    warm_up(async || replies(&service, 8, pass).await).await?;
    let idle = service.resident_kib()?;
    let processor_time = service.processor_time()?;
    let mut rows = Vec::new();
    for in_flight in IN_FLIGHT {
        eprintln!("measuring with {in_flight} in flight");
        let mut row = Row { in_flight, ..Row::default() };
        for _ in 0..PASSES {
            row.logins.add(logins(&login, in_flight, pass).await?);
            row.replies.add(replies(&service, in_flight, pass).await?);
        }
        rows.push(row);
    }
    let processor_time = service.processor_time()?.saturating_sub(processor_time);
    print(&rows, &service, idle, processor_time);
    Ok(rows.iter().all(|row| row.logins.errors + row.replies.errors == 0))
}

async fn logins(login: &Arc<RawLogin>, in_flight: usize, length: Duration) -> anyhow::Result<Pass> {
    let workers = (0..in_flight).map(|_| {
        let login = Arc::clone(login);
        move |turn: usize| {
            let (login, user) = (Arc::clone(&login), turn % USERS);
            async move { login.log_in(&format!("user{user}"), &format!("pw{user}")).await }
        }
    });
    measure(workers.collect(), length).await
}

fn print(rows: &[Row], service: &Service, idle_kib: u64, processor_time: Duration) {
    println!("| in flight | logins/s | replies/s | ratio | login p50 / p99 ms | reply p50 / p99 ms | errors |");
    println!("|---|---|---|---|---|---|---|");
    for row in rows {
        println!("{}", line(row));
    }
    println!();
    for (what, pass) in rows.iter().flat_map(|row| [("login", &row.logins), ("reply", &row.replies)]) {
        if let Some(error) = &pass.error {
            println!("A {what} failed: {error}");
        }
    }
    let mib = |kib: u64| format!("{:.1} MiB", kib as f64 / 1024.0);
    let peak = service.peak_resident_kib().map_or_else(|error| error.to_string(), mib);
    println!("Resident memory: {} idle, {peak} at the most under load.", mib(idle_kib));
    let replies: usize = rows.iter().map(|row| row.replies.micros.len()).sum();
    let each = processor_time.as_secs_f64() * 1000.0 / replies as f64;
    println!("Processor time of the service for one reply, its side of TLS and SCRAM included: {each:.2} ms.");
    println!("From start to listening: {:.0} ms.", service.started_in().as_secs_f64() * 1000.0);
}

fn line(row: &Row) -> String {
    let Row { in_flight, logins, replies } = row;
    format!(
        "| {in_flight} | {:.0} | {:.0} | {:.2} | {:.1} / {:.1} | {:.1} / {:.1} | {} / {} |",
        logins.per_second(),
        replies.per_second(),
        replies.per_second() / logins.per_second(),
        logins.percentile(0.5),
        logins.percentile(0.99),
        replies.percentile(0.5),
        replies.percentile(0.99),
        logins.errors,
        replies.errors,
    )
}
