//! The whole service in this process, on a free port, against a real server.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use openfire_provisioner::app::App;
use openfire_provisioner::model::account::{ClientInfo, ClientVersion};
use openfire_provisioner::model::config::Config;
use openfire_provisioner::provision::Provisioner;
use tempfile::TempDir;
use test_servers::openfire::{COMPONENT_SECRET, DOMAIN, Openfire, component_name};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

/// Time in which the service must be ready, and in which it must have stopped.
const LIMIT: Duration = Duration::from_secs(15);

/// A running service. It stops when it is dropped.
pub struct TestApp {
    address: SocketAddr,
    provisioner: Arc<Provisioner>,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<()>>,
    folder: TempDir,
}

/// The configuration of a service for `openfire`, as text: component name and further lines of TOML.
#[must_use]
pub fn config_text(openfire: &Openfire, component: &str, more: &str) -> String {
    let ca_file = openfire.ca_file();
    format!(
        "[openfire]\ndomain = \"{DOMAIN}\"\nhost = \"127.0.0.1\"\nport = {}\nca_file = \"{}\"\n\
         [component]\nname = \"{component}\"\nsecret = \"{COMPONENT_SECRET}\"\nport = {}\n{more}\n",
        openfire.c2s().port(),
        ca_file.display(),
        openfire.component().port(),
    )
}

impl TestApp {
    /// A service for `openfire` under a component name of its own, connected.
    pub async fn start(openfire: &Openfire, more: &str) -> Self {
        Self::with_text(&config_text(openfire, &component_name(), &with_port(more)), None).await
    }

    /// The same, with a template.
    pub async fn with_template(openfire: &Openfire, more: &str, template: &str) -> Self {
        let more = format!("{}\n[template]\nfile = \"provision.properties\"\n", with_port(more));
        Self::with_text(&config_text(openfire, &component_name(), &more), Some(template)).await
    }

    /// A service from a configuration, connected.
    pub async fn with_text(text: &str, template: Option<&str>) -> Self {
        let app = Self::unready(text, template);
        app.provisioner.connected(Instant::now() + LIMIT).await.expect("the component connects");
        app
    }

    /// A service from a configuration, not waited for.
    pub fn unready(text: &str, template: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        std::fs::write(&file, text).unwrap();
        if let Some(template) = template {
            std::fs::write(folder.path().join("provision.properties"), template).unwrap();
        }
        let mut config = Config::load(Some(&file)).unwrap_or_else(|error| panic!("{error}"));
        if !text.contains("idle_streams") {
            // Its tests would be about connections that they have not opened.
            config.limits.idle_streams_most = 0;
        }
        let app = App::build(&config).unwrap_or_else(|error| panic!("{error:#}"));
        let (address, provisioner) = (app.local_addr(), app.provisioner());
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(app.run(async move { drop(stopped.await) }));
        Self { address, provisioner, stop: Some(stop), running: Some(running), folder }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its use case.
    #[must_use]
    pub fn provisioner(&self) -> &Provisioner {
        &self.provisioner
    }

    /// Stops it as a signal would, and waits until it has.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        let running = self.running.take().expect("it runs until it is stopped");
        timeout(LIMIT, running).await.expect("it stops in time").expect("it does not panic");
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap());
        folder.close().unwrap();
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.abort();
        }
    }
}

fn with_port(more: &str) -> String {
    if more.contains("[http]") {
        more.replace("[http]", "[http]\nlisten = \"127.0.0.1:0\"")
    } else {
        format!("{more}\n[http]\nlisten = \"127.0.0.1:0\"\n")
    }
}

/// A client that sent these fields.
#[must_use]
pub fn client(fields: &[(&str, &str)]) -> ClientInfo {
    ClientInfo {
        address: Ipv4Addr::LOCALHOST.into(),
        user_agent: String::new(),
        version: ClientVersion::default(),
        fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    }
}
