//! One build of the service against another: both run at the same time on the same Openfire and take turns.

use std::path::Path;
use std::time::Duration;

use test_servers::openfire::Openfire;

use crate::measure::{Pass, warm_up};
use crate::replies::replies;
use crate::service::{Service, Template};
use crate::spread::Spread;

/// Replies in flight.
const IN_FLIGHT: usize = 32;
/// Fewer pairs say nothing against the noise of a machine.
const ENOUGH_PAIRS: usize = 12;
/// Replies per second, new against old: not below.
const RATE_GOAL: f64 = 0.97;
/// Processor time per reply, new against old: not above.
const CPU_GOAL: f64 = 1.03;

/// Two builds of the service.
#[derive(Debug)]
pub(crate) struct Builds<'a> {
    /// What is to be measured.
    pub(crate) new: &'a Path,
    /// What it is measured against.
    pub(crate) old: &'a Path,
    /// The other one's name.
    pub(crate) old_name: &'a str,
}

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    /// Length of a pass.
    pub(crate) pass: Duration,
    /// Pairs for each template.
    pub(crate) pairs: usize,
}

/// One pass of one service.
#[derive(Debug)]
struct Turn {
    pass: Pass,
    processor_time: Duration,
}

impl Turn {
    /// Milliseconds of the whole machine for one reply.
    fn machine_ms(&self) -> f64 {
        1000.0 / self.pass.per_second()
    }

    /// Milliseconds of the service's own processor time for one reply.
    fn cpu_ms(&self) -> f64 {
        self.processor_time.as_secs_f64() * 1000.0 / self.pass.micros.len() as f64
    }
}

/// Both builds with one template.
struct Contest {
    template: Template,
    new: Service,
    old: Service,
    turns: Vec<(Turn, Turn)>,
}

/// Measures, prints tables and verdict as Markdown, and says whether the goals were met without an error.
pub(crate) async fn run(openfire: &Openfire, builds: &Builds<'_>, extent: Extent) -> anyhow::Result<bool> {
    let mut contests = Vec::new();
    for (template, name) in [(Template::WithRoster, "roster"), (Template::WithoutRoster, "vcard")] {
        let new = Service::start(builds.new, openfire, &format!("new-{name}"), template).await?;
        let old = Service::start(builds.old, openfire, &format!("old-{name}"), template).await?;
        contests.push(Contest { template, new, old, turns: Vec::new() });
    }
    eprintln!("warming up");
    for contest in &contests {
        warm_up(async || replies(&contest.new, IN_FLIGHT, extent.pass).await).await?;
        warm_up(async || replies(&contest.old, IN_FLIGHT, extent.pass).await).await?;
    }
    for pair in 0..extent.pairs {
        eprintln!("pair {} of {}", pair + 1, extent.pairs);
        for contest in &mut contests {
            contest.pair(pair % 2 == 0, extent.pass).await?;
        }
    }
    Ok(print(&contests, builds.old_name))
}

impl Contest {
    /// One turn of each; who begins changes from pair to pair, so that a drift of the machine favours neither.
    async fn pair(&mut self, new_first: bool, length: Duration) -> anyhow::Result<()> {
        let pair = if new_first {
            let new = turn(&self.new, length).await?;
            (new, turn(&self.old, length).await?)
        } else {
            let old = turn(&self.old, length).await?;
            (turn(&self.new, length).await?, old)
        };
        self.turns.push(pair);
        Ok(())
    }

    fn spread(&self, value: impl Fn(&Turn, &Turn) -> f64) -> Spread {
        Spread::from_values(self.turns.iter().map(|(new, old)| value(new, old)))
    }

    fn rate(&self) -> Spread {
        self.spread(|new, old| new.pass.per_second() / old.pass.per_second())
    }

    fn cpu(&self) -> Spread {
        self.spread(|new, old| new.cpu_ms() / old.cpu_ms())
    }

    fn errors(&self) -> (usize, usize) {
        self.turns.iter().fold((0, 0), |sum, (new, old)| (sum.0 + new.pass.errors, sum.1 + old.pass.errors))
    }

    fn line(&self) -> String {
        let errors = self.errors();
        format!(
            "| {} | {:.0} | {:.0} | {} | {:.2} | {:.2} | {} | {} / {} |",
            self.template.name(),
            self.spread(|_, old| old.pass.per_second()).median,
            self.spread(|new, _| new.pass.per_second()).median,
            self.rate(),
            self.spread(|_, old| old.cpu_ms()).median,
            self.spread(|new, _| new.cpu_ms()).median,
            self.cpu(),
            errors.0,
            errors.1,
        )
    }
}

async fn turn(service: &Service, length: Duration) -> anyhow::Result<Turn> {
    let before = service.processor_time()?;
    let pass = replies(service, IN_FLIGHT, length).await?;
    Ok(Turn { pass, processor_time: service.processor_time()?.saturating_sub(before) })
}

fn print(contests: &[Contest], old: &str) -> bool {
    let pairs = contests.first().map_or(0, |contest| contest.turns.len());
    println!(
        "{IN_FLIGHT} replies in flight, {pairs} alternating pairs; ratios are new / {old}: median [quartiles] (least to most)\n"
    );
    println!(
        "| a reply holds | {old}: replies/s | new: replies/s | ratio | {old}: CPU ms | new: CPU ms | ratio | errors new / {old} |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for contest in contests {
        println!("{}", contest.line());
    }
    println!();
    if let [with, without] = contests {
        print_roster(with, without, old);
    }
    let mut met = true;
    for contest in contests {
        met &= print_verdict(contest);
    }
    if pairs < ENOUGH_PAIRS {
        println!("\nFewer than {ENOUGH_PAIRS} pairs: do not rely on this.");
    }
    met
}

/// What the roster alone costs: the difference between the two templates, pair by pair.
fn print_roster(with: &Contest, without: &Contest, old: &str) {
    let difference = |value: fn(&Turn) -> f64, side: fn(&(Turn, Turn)) -> &Turn| {
        let pairs = with.turns.iter().zip(&without.turns);
        Spread::from_values(pairs.map(|(with, without)| value(side(with)) - value(side(without)))).median
    };
    println!(
        "The roster from the user's own stream adds to a reply: {:.2} ms of the machine ({old}: {:.2}), of that {:.2} ms in \
         the service ({old}: {:.2}).\n",
        difference(Turn::machine_ms, |pair| &pair.0),
        difference(Turn::machine_ms, |pair| &pair.1),
        difference(Turn::cpu_ms, |pair| &pair.0),
        difference(Turn::cpu_ms, |pair| &pair.1),
    );
}

fn print_verdict(contest: &Contest) -> bool {
    let (rate, cpu) = (contest.rate(), contest.cpu());
    let errors = contest.errors();
    let met = rate.median >= RATE_GOAL && cpu.median <= CPU_GOAL && errors == (0, 0);
    let close = rate.straddles(RATE_GOAL) || cpu.straddles(CPU_GOAL);
    println!(
        "{}, {}: replies/s {:.3} (goal: at least {RATE_GOAL}), CPU per reply {:.3} (goal: at most {CPU_GOAL}){}",
        if met { "GOALS MET" } else { "GOALS MISSED" },
        contest.template.name(),
        rate.median,
        cpu.median,
        if close { "; a quartile lies beyond a goal: measure longer or on a quieter machine" } else { "" },
    );
    for pass in contest.turns.iter().flat_map(|(new, old)| [&new.pass, &old.pass]) {
        if let Some(error) = &pass.error {
            println!("A reply failed: {error}");
            break;
        }
    }
    met
}
