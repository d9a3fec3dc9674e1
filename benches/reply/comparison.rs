//! One revision against another: a process of each, which take turns.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, ensure};

use crate::TEMPLATE;
use crate::spread::Spread;
use crate::stages::{FIRST_LINT, STAGES, Stages, TURNS};

/// Length of a turn, in nanoseconds.
const TURN: f64 = 20e6;
/// Fewer pairs say nothing against the noise of a machine.
const ENOUGH_PAIRS: usize = 12;
/// New against old: not above.
const GOALS: [(&str, f64); 2] = [("lint", 0.5), ("all", 0.7)];
/// The first lint of a process takes less, in nanoseconds.
const FIRST_LINT_GOAL: f64 = 1e6;

/// How often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    /// Pairs of turns for each stage.
    pub(crate) pairs: usize,
}

/// A process that takes turns.
struct Side {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Side {
    fn start(program: &Path, template: &Path) -> anyhow::Result<Self> {
        let mut process =
            Command::new(program).arg(TURNS).arg(template).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = process.stdin.take().context("no input")?;
        let output = BufReader::new(process.stdout.take().context("no output")?);
        Ok(Self { process, input, output })
    }

    /// Nanoseconds for one run of a stage, measured in `times`.
    fn turn(&mut self, stage: &str, times: u32) -> anyhow::Result<f64> {
        writeln!(self.input, "{stage} {times}")?;
        self.input.flush()?;
        let mut line = String::new();
        ensure!(self.output.read_line(&mut line)? > 0, "a process that takes turns has ended");
        Ok(line.trim().parse::<f64>()? / f64::from(times))
    }

    fn end(mut self) -> anyhow::Result<()> {
        drop(self.input);
        self.process.wait()?;
        Ok(())
    }
}

/// Nanoseconds of both sides in each pair.
struct Pairs {
    what: &'static str,
    times: Vec<(f64, f64)>,
}

impl Pairs {
    /// Takes `count` pairs. Who begins changes, so that a drift of the machine favours neither.
    fn take(
        what: &'static str,
        count: usize,
        mut turn: impl FnMut(bool) -> anyhow::Result<f64>,
    ) -> anyhow::Result<Self> {
        let mut times = Vec::new();
        for pair in 0..count {
            times.push(if pair % 2 == 0 {
                let new = turn(true)?;
                (new, turn(false)?)
            } else {
                let old = turn(false)?;
                (turn(true)?, old)
            });
        }
        Ok(Self { what, times })
    }

    fn spread(&self, value: impl Fn(&(f64, f64)) -> f64) -> Spread {
        Spread::from_values(self.times.iter().map(value))
    }

    fn ratio(&self) -> Spread {
        self.spread(|(new, old)| new / old)
    }
}

/// Measures, prints a table and the verdict as Markdown, and says whether the goals were met.
pub(crate) fn run(old: &Path, old_name: &str, extent: Extent) -> anyhow::Result<bool> {
    let folder = tempfile::tempdir()?;
    let (template, text) = (folder.path().join("site.properties"), folder.path().join("reply.properties"));
    std::fs::write(&template, TEMPLATE)?;
    std::fs::write(&text, Stages::new(TEMPLATE)?.text)?;
    let new = std::env::current_exe()?;
    let mut sides = (Side::start(&new, &template)?, Side::start(old, &template)?);
    let mut rows = Vec::new();
    for stage in STAGES {
        let both = sides.0.turn(stage, 20)? + sides.1.turn(stage, 20)?;
        let times = times(both / 2.0);
        rows.push(Pairs::take(stage, extent.pairs, |is_new| {
            let side = if is_new { &mut sides.0 } else { &mut sides.1 };
            side.turn(stage, times)
        })?);
    }
    sides.0.end()?;
    sides.1.end()?;
    rows.push(Pairs::take("first lint of a process", extent.pairs, |is_new| {
        first_lint(if is_new { &new } else { old }, &text)
    })?);
    Ok(print(&rows, old_name, extent))
}

/// How often a stage is run in a turn.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded")]
fn times(nanoseconds: f64) -> u32 {
    (TURN / nanoseconds).clamp(1.0, 100_000.0) as u32
}

fn first_lint(program: &Path, text: &Path) -> anyhow::Result<f64> {
    let output = Command::new(program).arg(FIRST_LINT).arg(text).stderr(Stdio::inherit()).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to a terminal")]
fn print(rows: &[Pairs], old: &str, extent: Extent) -> bool {
    let pairs = extent.pairs;
    println!(
        "A reply of 200 keys, {pairs} alternating pairs; ratios are new / {old}: median [quartiles] (least to most)\n"
    );
    println!("| stage | {old}: µs | new: µs | ratio |\n|---|---|---|---|");
    for row in rows {
        let [new, before] = [row.spread(|pair| pair.0 / 1e3).median, row.spread(|pair| pair.1 / 1e3).median];
        println!("| {} | {before:.1} | {new:.1} | {} |", row.what, row.ratio());
    }
    println!();
    let mut met = true;
    for (what, goal) in GOALS {
        let Some(row) = rows.iter().find(|row| row.what == what) else { continue };
        let ratio = row.ratio();
        met &= ratio.median <= goal;
        println!(
            "{}, {what}: {:.3} (goal: at most {goal}){}",
            verdict(ratio.median <= goal),
            ratio.median,
            if ratio.straddles(goal) {
                "; a quartile lies beyond the goal: measure longer or on a quieter machine"
            } else {
                ""
            },
        );
    }
    if let Some(row) = rows.last() {
        let first = row.spread(|pair| pair.0).median;
        met &= first < FIRST_LINT_GOAL;
        println!("{}, {}: {:.3} ms (goal: below 1)", verdict(first < FIRST_LINT_GOAL), row.what, first / 1e6);
    }
    if pairs < ENOUGH_PAIRS {
        println!("\nFewer than {ENOUGH_PAIRS} pairs: do not rely on this.");
    }
    met
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "GOAL MET" } else { "GOAL MISSED" }
}
