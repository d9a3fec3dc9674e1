//! What the administrators' pages cost, each over a connection that stays open. Signing in is not measured.
//!
//! The service has served [`REQUESTS`] requests before. `docs/performance.md` has the figures.

mod client;

use anyhow::{Context as _, ensure};
use criterion::Criterion;
use openfire_provisioner::app::App;
use openfire_provisioner::model::config::Config;
use test_servers::openfire::{COMPONENT_SECRET, DOMAIN, Openfire, component_name};
use test_servers::process::free_port;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use self::client::Client;

/// Requests that the pages show and count.
const REQUESTS: usize = 5_000;

/// All pages of an account that is signed in.
const PAGES: [&str; 10] = [
    "/admin/",
    "/admin/requests",
    "/admin/requests?outcome=refused&user=user49",
    "/admin/preview",
    "/admin/templates",
    "/admin/data",
    "/admin/settings",
    "/admin/locked-out",
    "/admin/audit",
    "/admin/console-plugin",
];

fn main() -> anyhow::Result<()> {
    let mut criterion = Criterion::default().configure_from_args();
    let runtime = Runtime::new()?;
    let openfire = runtime.block_on(Openfire::shared());
    let folder = tempfile::tempdir()?;
    let address = format!("127.0.0.1:{}", free_port());
    let text = configuration(openfire, &address, &folder.path().display().to_string());
    let file = folder.path().join("config.toml");
    std::fs::write(&file, text)?;
    let guard = runtime.enter();
    let app = App::build(&Config::load(Some(&file))?)?;
    drop(guard);
    let (stop, stopped) = oneshot::channel::<()>();
    let running = runtime.spawn(app.run(async move { drop(stopped.await) }));

    let mut client = Client::connect(&address)?;
    for number in 0..REQUESTS {
        let form = format!("username=user{number}");
        let answer = client.post("/provision", &form)?;
        ensure!(matches!(answer.status, 400..500), "a request without a password: {}", answer.status);
    }
    client.sign_in("admin", "admin-secret")?;
    let mut group = criterion.benchmark_group("pages");
    for page in PAGES {
        let answer = client.get(page)?;
        ensure!(answer.status == 200, "{page}: {}", answer.status);
        group.bench_function(page, |bench| bench.iter(|| client.get(page).map(|answer| answer.body.len()).ok()));
    }
    group.finish();
    drop(stop);
    runtime.block_on(running).context("the service ends")?;
    criterion.final_summary();
    Ok(())
}

fn configuration(openfire: &Openfire, address: &str, state: &str) -> String {
    format!(
        "[openfire]\ndomain = \"{DOMAIN}\"\nhost = \"127.0.0.1\"\nport = {}\nca_file = \"{}\"\n\
         [component]\nname = \"{}\"\nsecret = \"{COMPONENT_SECRET}\"\nport = {}\n\
         [http]\nlisten = \"{address}\"\n\
         [admin]\nurls = [\"http://{address}\"]\nstate_directory = \"{state}\"\n",
        openfire.c2s().port(),
        openfire.ca_file().display(),
        component_name(),
        openfire.component().port(),
    )
}
