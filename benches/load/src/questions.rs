//! Compares replies while many clients ask for their provisioning URL by DHCP with replies while none asks, and
//! measures the cost of answering them at rest.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use tempfile::TempDir;
use test_servers::link::{INTERFACE, Link};
use test_servers::openfire::Openfire;
use tokio::process::{Child, Command};

use crate::measure::{Pass, warm_up};
use crate::replies::replies;
use crate::service::at_rest::{AtRest, watch};
use crate::service::{Launch, Service, Template};
use crate::spread::Spread;

/// Replies in flight.
const IN_FLIGHT: usize = 32;
/// The least ratio of replies per second with questions to those without.
const RATE_GOAL: f64 = 0.97;
/// The most memory that answering may cost, in KiB.
const MEMORY_GOAL: u64 = 2048;
/// How long the services are watched at rest.
const REST: Duration = Duration::from_mins(1);

/// What the services answer with, on the link to the clients.
const DISCOVERY: &str = "[discovery]\nurl = \"https://provisioning.example.org/provision?username=${username}&password=${password}\"\n\
                         interfaces = [\"eth0\"]\nmdns = false\n";

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    /// Length of a pass.
    pub(crate) pass: Duration,
    /// Pairs of passes.
    pub(crate) pairs: usize,
    /// Questions in a minute.
    pub(crate) per_minute: u32,
}

/// Measures, prints what came of it as Markdown, and says whether the goals were met without an error.
///
/// It must run in a network namespace of its own, see `scripts/discovery.sh`.
pub(crate) async fn run(openfire: &Openfire, program: &Path, extent: Extent) -> anyhow::Result<bool> {
    let link = Link::from_here();
    // One host has all addresses of the clients, and not that of the server: what came from an own address would be dropped.
    link.server.ip(&["address", "add", "10.98.0.1/16", "dev", INTERFACE]);
    link.client.ip(&["route", "add", "local", "10.98.4.0/22", "dev", INTERFACE]);
    link.server.ip(&["link", "add", "eth1", "type", "veth", "peer", "name", "eth2"]);
    link.server.ip(&["address", "add", "10.97.0.1/24", "dev", "eth1"]);
    let plain = serve(openfire, program, "without", "").await?;
    let answering = serve(openfire, program, "answering", &format!("{DISCOVERY}in_serve = true\n")).await?;
    let alone = Discover::start(program)?;
    eprintln!("at rest for {} s", REST.as_secs());
    let rows = tokio::try_join!(
        watch(plain.pid()?, REST),
        watch(answering.pid()?, REST),
        watch(alone.child.id().context("`discover` has ended")?, REST),
    )?;
    let met = print_rest(rows);
    drop((plain, alone));
    eprintln!("warming up");
    warm_up(async || replies(&answering, IN_FLIGHT, extent.pass).await).await?;
    let (mut quiet, mut busy, mut questions) = (Vec::new(), Vec::new(), (0, 0));
    for pair in 0..extent.pairs {
        eprintln!("pair {} of {}", pair + 1, extent.pairs);
        // The order changes from pair to pair, so that a drift of the machine favours neither.
        for asked in if pair % 2 == 0 { [true, false] } else { [false, true] } {
            if asked {
                let running = ask(&link, extent)?;
                busy.push(replies(&answering, IN_FLIGHT, extent.pass).await?);
                let (sent, answered) = counts(running).await?;
                questions = (questions.0 + sent, questions.1 + answered);
            } else {
                quiet.push(replies(&answering, IN_FLIGHT, extent.pass).await?);
            }
        }
    }
    Ok(print(&quiet, &busy, questions) && met)
}

/// Prints the table of what the three cost at rest.
fn print_rest((plain, answering, alone): (AtRest, AtRest, AtRest)) -> bool {
    println!("| at rest for {} s | PSS, KiB | private, KiB | processor time, ms |\n|---|---|---|---|", REST.as_secs());
    for (name, row) in [("`serve`", plain), ("`serve` that answers", answering), ("`discover`", alone)] {
        println!("| {name} | {} | {} | {:.1} |", row.pss_kib, row.private_kib, row.processor.as_secs_f64() * 1000.0);
    }
    let more = answering.private_kib.saturating_sub(plain.private_kib);
    let met = more <= MEMORY_GOAL;
    println!(
        "\n{}: answering costs {more} KiB (goal: at most {MEMORY_GOAL})",
        if met { "GOAL MET" } else { "GOAL MISSED" }
    );
    met
}

async fn serve(openfire: &Openfire, program: &Path, name: &str, config: &str) -> anyhow::Result<Service> {
    // Where discovery is answered, the service must be reachable, if only through a proxy.
    let config = format!("trusted_proxies = [\"127.0.0.1\"]\n{config}");
    let launch = Launch { config, ..Launch::default() };
    Service::launch(program, openfire, name, Template::WithoutRoster, launch).await
}

/// `discover` as a separate process, on another interface, since the service has the port on the first.
struct Discover {
    child: Child,
    _folder: TempDir,
}

impl Discover {
    fn start(program: &Path) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("config.toml");
        std::fs::write(&file, DISCOVERY.replace("eth0", "eth1"))?;
        let child = Command::new(program).args(["discover", "--config"]).arg(&file).kill_on_drop(true).spawn()?;
        Ok(Self { child, _folder: folder })
    }
}

/// Starts the program that asks from the other host.
fn ask(link: &Link, extent: Extent) -> anyhow::Result<Child> {
    let asker = std::env::current_exe()?.with_file_name("ask-dhcp");
    let mut command = Command::from(link.client.command(&asker.display().to_string()));
    command.arg(extent.per_minute.to_string()).arg(extent.pass.as_secs().to_string());
    command.stdout(Stdio::piped()).kill_on_drop(true).spawn().context("ask-dhcp cannot be started")
}

/// How many questions it asked, and how many answers it got.
async fn counts(running: Child) -> anyhow::Result<(u64, u64)> {
    let output = String::from_utf8(running.wait_with_output().await?.stdout)?;
    let (sent, answered) = output.trim().split_once(' ').context("ask-dhcp failed")?;
    Ok((sent.parse()?, answered.parse()?))
}

/// Prints the table of the pairs and the verdict.
fn print(quiet: &[Pass], busy: &[Pass], (asked, answered): (u64, u64)) -> bool {
    let ratios = || busy.iter().zip(quiet).map(|(busy, quiet)| busy.per_second() / quiet.per_second());
    let (ratio, errors) =
        (Spread::from_values(ratios()), |passes: &[Pass]| passes.iter().map(|pass| pass.errors).sum());
    let (without, with): (usize, usize) = (errors(quiet), errors(busy));
    let median = |passes: &[Pass]| Spread::from_values(passes.iter().map(Pass::per_second)).median;
    println!(
        "\n| replies/s without questions | with | ratio | errors without / with | questions | answered |\n|---|---|---|---|---|---|"
    );
    println!("| {:.0} | {:.0} | {ratio} | {without} / {with} | {asked} | {answered} |\n", median(quiet), median(busy));
    let met = ratio.median >= RATE_GOAL && without + with == 0 && answered > 0;
    println!(
        "{}: replies/s {:.3} (goal: at least {RATE_GOAL}){}",
        if met { "GOAL MET" } else { "GOAL MISSED" },
        ratio.median,
        if ratio.straddles(RATE_GOAL) {
            "; a quartile lies beyond the goal: measure longer or on a quieter machine"
        } else {
            ""
        },
    );
    met
}
