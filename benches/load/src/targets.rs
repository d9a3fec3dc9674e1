//! The normal run: everything that the service is to reach on a real Openfire, with a verdict for each.

mod goal;
mod memory;
mod paced;
mod rates;
mod side;
mod slow_server;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;
use test_servers::openfire::Openfire;

pub(crate) use self::goal::{Bound, Goal, table};

/// Fewer pairs say nothing against the noise of a machine.
const ENOUGH_PAIRS: usize = 12;
/// The build before SCRAM's rounds used the processor's own instructions and before streams were opened ahead of need. What
/// was promised against it is more than to lose nothing.
const BEFORE: &str = "63e40ed";

/// A part of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Section {
    /// Replies per second against raw logins and a bare generator, and tail and processor time against another build.
    Rates,
    /// Latency when requests arrive at a steady pace.
    Paced,
    /// Idle memory, memory with 1,000 requests in flight, and the program's size.
    Memory,
}

/// The programs, and how they are configured.
#[derive(Debug)]
pub(crate) struct Builds {
    /// What is to be measured.
    pub(crate) new: PathBuf,
    /// What it is measured against, and its name.
    pub(crate) old: Option<(PathBuf, String)>,
    /// Lines of the configuration with which the new one keeps streams ready.
    pub(crate) pool: String,
    /// Lines with which it keeps none.
    pub(crate) no_pool: String,
    /// The new one hashes without the processor's own instructions.
    pub(crate) software_hash: bool,
}

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    /// Length of a pass.
    pub(crate) pass: Duration,
    /// Passes of each side.
    pub(crate) pairs: usize,
}

impl Builds {
    /// The name of the other build.
    fn old_name(&self) -> &str {
        self.old().map_or("", |(_, name)| name)
    }

    /// The other build.
    pub(crate) fn old(&self) -> Option<(&Path, &str)> {
        self.old.as_ref().map(|(path, name)| (&**path, &**name))
    }

    /// What may be against the other build: `promised` against the one before this work, else no loss.
    fn at_most(&self, promised: f64, no_loss: f64) -> Bound {
        Bound::AtMost(if self.old_name() == BEFORE { promised } else { no_loss })
    }

    /// A goal against a generator that hashes with the processor's own instructions.
    fn with_instructions(&self, bound: Bound) -> Bound {
        if self.software_hash { Bound::Free } else { bound }
    }
}

/// Measures the sections, prints tables and verdicts as Markdown, and says whether every goal was met without an error.
pub(crate) async fn run(
    openfire: &Openfire,
    builds: &Builds,
    extent: Extent,
    sections: &[Section],
) -> anyhow::Result<bool> {
    let mut goals = Vec::new();
    for section in Section::value_variants().iter().filter(|one| sections.is_empty() || sections.contains(one)) {
        goals.extend(match section {
            Section::Rates => rates::run(openfire, builds, extent).await?,
            Section::Paced => paced::run(openfire, builds, extent).await?,
            Section::Memory => memory::run(openfire, builds).await?,
        });
    }
    println!("{}", table(&goals));
    if extent.pairs < ENOUGH_PAIRS {
        println!("Fewer than {ENOUGH_PAIRS} pairs: do not rely on this.");
    }
    let missed = goals.iter().filter(|goal| !goal.is_met()).count();
    println!("{}", if missed == 0 { "ALL GOALS MET".to_owned() } else { format!("{missed} GOALS MISSED") });
    Ok(missed == 0)
}
