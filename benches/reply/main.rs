//! What a reply of 200 keys costs, by stage: render, parse, lint, encode. And what the data of a large site cost.
//!
//! `docs/performance.md` has the figures. One run compares the stages with each other and with the whole.

mod site_data;

use std::hint::black_box;

use anyhow::{Context as _, ensure};
use criterion::Criterion;
use jitsi_properties::Client;
use openfire_provisioner::model::account::ExtraNames;
use openfire_provisioner::model::config;
use openfire_provisioner::template::{Sample, Templates};

/// 200 keys of all kinds that sites send: accounts with values of the user, STUN servers, codecs, locks, chat rooms.
const TEMPLATE: &str = include_str!("site.properties");

fn main() -> anyhow::Result<()> {
    let mut criterion = Criterion::default().configure_from_args();
    reply(&mut criterion)?;
    site_data::measure(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}

fn reply(criterion: &mut Criterion) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("site.properties");
    std::fs::write(&file, TEMPLATE)?;
    let settings = config::Template { file: Some(file), ..config::Template::default() };
    let names = ExtraNames::default();
    let templates = Templates::load(&settings, &names, jitsi_properties::escape)?;
    let template = templates.all().last().context("a default")?.template;
    let samples = Sample::all(&names);
    let context = samples.first().context("the everyday user")?.context();
    let client = Client::default();

    let text = template.render(&context)?;
    let document = jitsi_properties::parse(&text)?;
    ensure!(document.entries().len() == 200, "the figures are for 200 keys, not {}", document.entries().len());
    let findings = jitsi_properties::lint(&document, &client);
    ensure!(findings.is_empty(), "what sites send has no findings: {findings:?}");

    let mut group = criterion.benchmark_group("reply of 200 keys");
    group.bench_function("1 render", |bench| bench.iter(|| template.render(&context)));
    group.bench_function("2 parse", |bench| bench.iter(|| jitsi_properties::parse(black_box(&text))));
    group.bench_function("3 lint", |bench| bench.iter(|| jitsi_properties::lint(black_box(&document), &client)));
    group.bench_function("4 encode", |bench| bench.iter(|| jitsi_properties::encode(black_box(&document))));
    group.bench_function("all", |bench| {
        bench.iter(|| {
            let text = template.render(&context).unwrap_or_default();
            let document = jitsi_properties::parse(&text).unwrap_or_default();
            let findings = jitsi_properties::lint(&document, &client);
            (jitsi_properties::encode(&document), findings)
        });
    });
    group.finish();
    Ok(())
}
