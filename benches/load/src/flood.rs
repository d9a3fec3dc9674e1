//! One host floods the service, and clients of another host ask meanwhile.

mod attack;
mod clients;
mod memory_group;

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use test_servers::openfire::Openfire;
use tokio::time::{Instant, sleep};

use self::attack::Attack;
pub(crate) use self::attack::Kind;
use self::clients::Clients;
use self::memory_group::MemoryGroup;
use crate::measure::{Pass, warm_up};
use crate::service::{Launch, Service, Template};

/// Clients that ask at the same time.
const IN_FLIGHT: usize = 8;
/// Growth of the 99th percentile, in milliseconds: not above.
const GROWTH_GOAL: f64 = 250.0;
/// Time after a flood in which the service may give memory back.
const RECOVERY: Duration = Duration::from_secs(6);
/// Passes with and without a flood, which take turns.
const PASSES: usize = 3;

/// How much, and within what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent<'a> {
    /// Length of a pass.
    pub(crate) pass: Duration,
    /// Connections that the flood tries to hold at one time.
    pub(crate) connections: usize,
    /// Connections that it opens in a second.
    pub(crate) pace: usize,
    /// Kinds of floods; none means all.
    pub(crate) kinds: &'a [Kind],
    /// Limit of the service's memory.
    pub(crate) memory_mib: Option<u64>,
}

/// One kind of flood.
struct Row {
    kind: Kind,
    without: Pass,
    with: Pass,
    opened: usize,
    held: usize,
    before_kib: u64,
    most_kib: u64,
    after_kib: u64,
}

/// Measures each kind, prints the table as Markdown, and says whether every client was served in time.
pub(crate) async fn run(openfire: &Openfire, program: &Path, extent: Extent<'_>) -> anyhow::Result<bool> {
    println!(
        "| flood | clients without it: answers, failed, p50 / p99 ms | with it: answers, failed, p50 / p99 ms | p99 grows by | opened | held at most | memory before / most / after, MiB |"
    );
    println!("|---|---|---|---|---|---|---|");
    let mut met = true;
    for kind in Kind::ALL.into_iter().filter(|kind| extent.kinds.is_empty() || extent.kinds.contains(kind)) {
        // A service of its own for each kind, so that the memory is that of this kind.
        let group = extent.memory_mib.map(MemoryGroup::new).transpose().context("no memory group can be made here")?;
        let launch =
            Launch { secured: kind.is_secured(), group: group.as_ref().map(MemoryGroup::procs), ..Launch::default() };
        let service = Service::launch(program, openfire, "flood", Template::WithoutRoster, launch).await?;
        let row = measure(&service, kind, extent).await.with_context(|| format!("flood: {}", kind.name()))?;
        met &= print(&row);
        drop(service);
    }
    Ok(met)
}

async fn measure(service: &Service, kind: Kind, extent: Extent<'_>) -> anyhow::Result<Row> {
    let clients = Clients::of(service)?;
    eprintln!("{}: warming up", kind.name());
    let pass = clients.ask(IN_FLIGHT, Duration::from_secs(1)).await?;
    if let (0, Some(error)) = (pass.micros.len(), pass.error) {
        anyhow::bail!("no client is served even without it: {error}");
    }
    warm_up(async || clients.ask(IN_FLIGHT, extent.pass).await).await?;
    let before_kib = service.resident_kib()?;
    let mut row = Row {
        kind,
        without: Pass::default(),
        with: Pass::default(),
        opened: 0,
        held: 0,
        before_kib,
        most_kib: before_kib,
        after_kib: 0,
    };
    for pass in 1..=PASSES {
        eprintln!("{}: pass {pass} of {PASSES}", kind.name());
        row.without.add(clients.ask(IN_FLIGHT, extent.pass).await?);
        let attack = Attack::start(kind, service, extent.connections, extent.pace)?;
        // The flood is at its height first.
        let height = Instant::now() + Duration::from_secs((extent.connections / extent.pace.max(1)) as u64);
        while Instant::now() < height {
            row.with.add(clients.ask(IN_FLIGHT, Duration::from_secs(1)).await?);
            row.most_kib = row.most_kib.max(service.resident_kib()?);
        }
        row.with.add(clients.ask(IN_FLIGHT, extent.pass).await?);
        row.most_kib = row.most_kib.max(service.resident_kib()?);
        let (opened, held) = attack.end().await;
        row.opened += opened;
        row.held = row.held.max(held);
    }
    sleep(RECOVERY).await;
    // A few answers, since memory is given back while something is done.
    clients.ask(IN_FLIGHT, Duration::from_secs(1)).await?;
    row.after_kib = service.resident_kib()?;
    Ok(row)
}

fn print(row: &Row) -> bool {
    let mib = |kib: u64| kib as f64 / 1024.0;
    let answers = |pass: &Pass| {
        format!("{}, {}, {:.0} / {:.0}", pass.micros.len(), pass.errors, pass.percentile(0.5), pass.percentile(0.99))
    };
    let growth = row.with.percentile(0.99) - row.without.percentile(0.99);
    println!(
        "| {} | {} | {} | {growth:.0} ms | {} | {} | {:.1} / {:.1} / {:.1} |",
        row.kind.name(),
        answers(&row.without),
        answers(&row.with),
        row.opened,
        row.held,
        mib(row.before_kib),
        mib(row.most_kib),
        mib(row.after_kib),
    );
    for pass in [&row.without, &row.with] {
        if let Some(error) = &pass.error {
            eprintln!("a client was not served: {error}");
        }
    }
    growth <= GROWTH_GOAL && row.with.errors == 0
}
