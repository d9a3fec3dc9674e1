//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

use crate::growth::Growth;
use crate::service::{NO_POOL, POOL};
use crate::targets::{Builds, Extent, Section};
use crate::{flood, questions};

/// Measures a service on a real Openfire.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Length of one pass in seconds; 2 by default, 3 with --growth, 5 with --stages, 6 with --questions and --flood.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: Option<u64>,
    /// A property of Openfire, as NAME=VALUE.
    #[arg(long)]
    pub(crate) property: Vec<String>,
    /// The program to measure.
    #[arg(long)]
    pub(crate) service: PathBuf,
    /// The program to measure it against.
    #[arg(long)]
    against: Option<PathBuf>,
    /// What the tables call the other program.
    #[arg(long, default_value = "old")]
    against_name: String,
    /// Alternating passes of each side, 12 by default; passes of each point with --growth, 4 by default; passes with --stages, 6 by
    /// default.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=100))]
    pairs: Option<u64>,
    /// Only this section; may be given several times.
    #[arg(long, value_enum, value_name = "SECTION")]
    pub(crate) only: Vec<Section>,
    /// Lines of the program's configuration with which it opens streams ahead of need.
    #[arg(long, value_name = "TOML", default_value = POOL)]
    pool: String,
    /// Lines with which it opens none.
    #[arg(long, value_name = "TOML", default_value = NO_POOL)]
    no_pool: String,
    /// The program hashes without the processor's instructions for SHA.
    #[arg(long)]
    software_hash: bool,
    /// Curves instead of one point; their plots go into this folder.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["against", "questions", "flood"])]
    growth: Option<PathBuf>,
    /// Where the processor time of one reply goes; the programs have symbols and frame pointers.
    #[arg(long, conflicts_with_all = ["growth", "questions", "flood"])]
    pub(crate) stages: bool,
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

impl Arguments {
    /// The programs.
    pub(crate) fn builds(&self) -> Builds {
        Builds {
            new: self.service.clone(),
            old: self.against.clone().map(|path| (path, self.against_name.clone())),
            pool: self.pool.clone(),
            no_pool: self.no_pool.clone(),
            software_hash: self.software_hash,
        }
    }

    /// How long and how often, where sides take turns.
    pub(crate) fn extent(&self) -> Extent {
        Extent { pass: self.pass(2), pairs: self.pairs(12) }
    }

    /// The same where the service is sampled.
    pub(crate) fn stages_extent(&self) -> Extent {
        Extent { pass: self.pass(5), pairs: self.pairs(6) }
    }

    /// What a flood is to be, if there is to be one.
    pub(crate) fn flood(&self) -> Option<flood::Extent<'_>> {
        let pace = usize::try_from(self.pace).unwrap_or(usize::MAX);
        let (kinds, memory_mib) = (&*self.kind, self.memory);
        self.flood.map(|connections| flood::Extent { pass: self.pass(6), connections, pace, kinds, memory_mib })
    }

    /// How much is to be asked by DHCP, if anything.
    pub(crate) fn questions(&self) -> Option<questions::Extent> {
        self.questions.map(|per_minute| questions::Extent { pass: self.pass(6), pairs: self.pairs(12), per_minute })
    }

    /// The curves, if they are asked for.
    pub(crate) fn growth(&self) -> Option<Growth<'_>> {
        // Points are compared with each other, so few passes are enough.
        let extent = Extent { pass: self.pass(3), pairs: self.pairs(4) };
        self.growth.clone().map(|folder| Growth { program: &self.service, folder, extent, properties: &self.property })
    }

    fn pass(&self, default: u64) -> Duration {
        Duration::from_secs(self.seconds.unwrap_or(default))
    }

    fn pairs(&self, default: u64) -> usize {
        usize::try_from(self.pairs.unwrap_or(default)).unwrap_or(usize::MAX)
    }
}
