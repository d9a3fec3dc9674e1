//! 100,000 users with five values each: time to load, memory, and a look-up.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use criterion::Criterion;
use openfire_provisioner::model::account::Username;
use openfire_provisioner::model::config;
use openfire_provisioner::site_data::{SiteData, Source};
use xmpp_parsers::jid::DomainPart;

const USERS: usize = 100_000;

/// Measures; the memory is printed, since Criterion knows time only.
#[expect(clippy::print_stdout, reason = "a benchmark is there to print")]
pub(crate) fn measure(criterion: &mut Criterion) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("users.csv");
    std::fs::write(&file, rows()?)?;
    let domain = DomainPart::new("example.org")?.into_owned();
    let settings: config::Data = toml::from_str(&format!("name = \"users\"\nfile = \"{}\"", file.display()))?;
    let source = Source::new(&settings, &domain)?;

    let before = resident()?;
    let table = Arc::new(source.read()?.context("a file can be read at once")?);
    println!("site data of {USERS} users: {} MiB resident", (resident()? - before) / 1024);
    let data = SiteData::new(vec![(&source, Some(table))])?;
    let user = Username::parse("first.last77777", &domain)?;

    let mut group = criterion.benchmark_group("site data of 100,000 users");
    group.sample_size(10);
    group.bench_function("load", |bench| bench.iter(|| source.read()));
    group.bench_function("look up", |bench| bench.iter(|| data.values_for(&user, &[], &[])));
    group.finish();
    Ok(())
}

fn rows() -> Result<String, std::fmt::Error> {
    let mut text = "username,extension,sip_password,voicemail,phone,desk\n".to_owned();
    for user in 0..USERS {
        writeln!(
            text,
            "first.last{user},{},s3cr3t-{user:08x},voicemail-{user},+49 30 1234-{user},desk {user}",
            40_000 + user
        )?;
    }
    Ok(text)
}

/// Memory of this process that is resident, in KiB (proc(5), `VmRSS`).
fn resident() -> anyhow::Result<usize> {
    let status = std::fs::read_to_string(Path::new("/proc/self/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}
