//! The stages of one reply, and a process that runs them when it is asked.

use std::hint::black_box;
use std::io::{BufRead as _, Write as _};
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use jitsi_properties::{Client, Document};
use openfire_provisioner::model::account::ExtraNames;
use openfire_provisioner::model::config;
use openfire_provisioner::policy::load_templates;
use openfire_provisioner::template::{Sample, Templates};

/// The argument of a process that runs stages of the template in the file that follows.
pub(crate) const TURNS: &str = "--turns";

/// The argument of a process that lints the text in the file that follows, once.
pub(crate) const FIRST_LINT: &str = "--first-lint";

/// All stages, the last of them the others together.
pub(crate) const STAGES: [&str; 5] = ["render", "parse", "lint", "encode", "all"];

/// What the stages work on.
pub(crate) struct Stages {
    templates: Templates,
    sample: Sample,
    pub(crate) text: String,
    document: Document,
}

impl Stages {
    /// Fails when the reply is not one of 200 keys that a client would get.
    pub(crate) fn new(template: &str) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("site.properties");
        std::fs::write(&file, template)?;
        let settings = config::Template { file: Some(file), ..config::Template::default() };
        let names = ExtraNames::default();
        let templates = load_templates(&settings, &names)?;
        let sample = Sample::all(&names).into_iter().next().context("the everyday user")?;
        let mut stages = Self { templates, sample, text: String::new(), document: Document::default() };
        stages.text = stages.render()?;
        stages.document = jitsi_properties::parse(&stages.text)?;
        let keys = stages.document.entries().len();
        ensure!(keys == 200, "the figures are for 200 keys, not {keys}");
        let findings = jitsi_properties::lint(&stages.document, &Client::default());
        let worst = findings.iter().find(|finding| finding.level == jitsi_properties::Level::Error);
        ensure!(worst.is_none(), "no client would get this: {worst:?}");
        Ok(stages)
    }

    fn render(&self) -> anyhow::Result<String> {
        let template = self.templates.all().last().context("a default")?.template;
        Ok(template.render(&self.sample.context())?)
    }

    /// Runs one stage once. Gives how many bytes, entries or findings came of it.
    pub(crate) fn run(&self, stage: &str) -> usize {
        match stage {
            "render" => self.render().unwrap_or_default().len(),
            "parse" => jitsi_properties::parse(black_box(&self.text)).unwrap_or_default().entries().len(),
            "lint" => jitsi_properties::lint(black_box(&self.document), &Client::default()).len(),
            "encode" => jitsi_properties::encode(black_box(&self.document)).len(),
            _ => {
                let document = jitsi_properties::parse(&self.render().unwrap_or_default()).unwrap_or_default();
                jitsi_properties::lint(&document, &Client::default()).len() + jitsi_properties::encode(&document).len()
            }
        }
    }
}

/// For each line `STAGE TIMES` of the standard input prints how many nanoseconds that took.
pub(crate) fn take_turns(template: &str) -> anyhow::Result<()> {
    let stages = Stages::new(template)?;
    let mut out = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let Some((stage, times)) = line.split_once(' ') else { bail!("no turn: {line}") };
        let times: u32 = times.parse()?;
        let start = Instant::now();
        for _ in 0..times {
            black_box(stages.run(stage));
        }
        writeln!(out, "{}", start.elapsed().as_nanos())?;
        out.flush()?;
    }
    Ok(())
}

/// Prints how many nanoseconds the first lint of this process takes.
pub(crate) fn first_lint(text: &str) -> anyhow::Result<()> {
    let document = jitsi_properties::parse(text)?;
    let start = Instant::now();
    black_box(jitsi_properties::lint(black_box(&document), &Client::default()));
    writeln!(std::io::stdout(), "{}", start.elapsed().as_nanos())?;
    Ok(())
}
