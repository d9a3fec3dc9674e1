//! What a reply of 200 keys costs, by stage: render, parse, lint, encode.
//!
//! `docs/performance.md` has the figures. One run compares the stages with each other and with the whole.

use std::hint::black_box;

use criterion::Criterion;
use openfire_provisioner::account::ExtraNames;
use openfire_provisioner::config;
use openfire_provisioner::properties::{self, Client};
use openfire_provisioner::template::{Sample, Templates};

/// 200 keys of all kinds that sites send: accounts with values of the user, STUN servers, codecs, locks, chat rooms.
const TEMPLATE: &str = include_str!("site.properties");

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("site.properties");
    std::fs::write(&file, TEMPLATE).expect("a template");
    let settings = config::Template { file: Some(file), ..config::Template::default() };
    let names = ExtraNames::default();
    let templates = Templates::load(&settings, &names, properties::escape).expect("a sound template");
    let template = templates.all().last().expect("a default").template;
    let samples = Sample::all(&names);
    let context = samples.first().expect("the everyday user").context();
    let client = Client::default();

    let render = || template.render(&context).expect("a text");
    let text = render();
    let document = properties::parse(&text).expect("a properties text");
    assert_eq!(document.entries().len(), 200, "the figures are for 200 keys");
    assert!(properties::lint(&document, &client).is_empty(), "what sites send has no findings");

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("reply of 200 keys");
    group.bench_function("1 render", |bench| bench.iter(&render));
    group.bench_function("2 parse", |bench| bench.iter(|| properties::parse(black_box(&text))));
    group.bench_function("3 lint", |bench| bench.iter(|| properties::lint(black_box(&document), &client)));
    group.bench_function("4 encode", |bench| bench.iter(|| properties::encode(black_box(&document))));
    group.bench_function("all", |bench| {
        bench.iter(|| {
            let document = properties::parse(&render()).expect("a properties text");
            let findings = properties::lint(&document, &client);
            (properties::encode(&document), findings)
        });
    });
    group.finish();
    criterion.final_summary();
}
