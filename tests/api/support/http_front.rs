//! The HTTP front with the use case behind it, before a client port that does what the user name says.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use openfire_provisioner::app;
use openfire_provisioner::http::server::tls;
use openfire_provisioner::http::{Server, Services};
use openfire_provisioner::model::config::{self, Config, HttpTls};
use openfire_provisioner::policy::PolicyState;
use openfire_provisioner::settings::Settings;
use openfire_provisioner::telemetry::{Metrics, Recorder};
use tempfile::TempDir;
use test_servers::component_port::ComponentPort;
use test_servers::openfire::{COMPONENT_SECRET, DOMAIN};
use test_servers::scripted_peer::text::{SUCCESS, failure, mechanisms, secured};
use test_servers::scripted_peer::{ByUser, ScriptedPeer, Step};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

/// What `anna` gets.
pub const TEXT: &str = "org.example.site.wallpaper=/usr/share/site/wallpaper.jpg\n";

/// The template of all users; `long` gets more.
const TEMPLATE: &str = "\
org.example.site.wallpaper=/usr/share/site/wallpaper.jpg
{%- if user.name == 'long' %}
{% for number in range(100) -%}
org.example.site.number{{ number }}=the same text in every line
{% endfor %}
{%- endif %}
";

/// The template of the rule `staff`, which is for the user `template`. It fails for names of eight letters.
const STAFF: &str = "org.example.site.number={{ 1 / ((user.name | length) - 8) }}\n";

/// A template that shows what is known of the request.
pub const ECHO: &str = "\
name={{ user.name }}
address={{ request.ip }}
product={{ request.client.product }}
version={{ request.client.version }}
{% for name, value in request.fields | items -%}
field.{{ name }}={{ value }}
{% endfor %}
";

/// Time in which anything here has to happen.
const LIMIT: Duration = Duration::from_secs(10);

/// A running front.
pub struct Front {
    pub address: SocketAddr,
    pub script: Script,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
    folder: TempDir,
}

/// What the client port saw, and what it does.
#[derive(Clone)]
pub struct Script {
    /// User name and password of every login, as they came.
    logins: Arc<watch::Sender<Vec<(String, String)>>>,
    /// Plays the client port.
    pub peer: Arc<ScriptedPeer>,
    /// Plays the component port.
    port: Arc<ComponentPort>,
    /// Lets users go whose names begin with `held` or with `wrong-`.
    pub release: watch::Sender<bool>,
}

impl Front {
    pub async fn start(change: impl FnOnce(&mut config::Http, &mut config::Limits)) -> Self {
        Self::start_with(TEMPLATE, change).await
    }

    /// The same with another template.
    pub async fn start_with(template: &str, change: impl FnOnce(&mut config::Http, &mut config::Limits)) -> Self {
        let (mut settings, mut limits) = (config::Http::default(), limits());
        change(&mut settings, &mut limits);
        Self::with(template, settings, limits, ComponentPort::start(|_| None).await).await
    }

    /// A front with TLS.
    pub async fn secured(settings: config::Http) -> Self {
        Self::with(TEMPLATE, settings, limits(), ComponentPort::start(|_| None).await).await
    }

    /// A front whose component is turned away.
    pub async fn without_component() -> Self {
        let port = ComponentPort::start(|_| None).await;
        port.admit_by(|_| false);
        Self::with(TEMPLATE, config::Http::default(), limits(), port).await
    }

    async fn with(template: &str, http: config::Http, limits: config::Limits, port: ComponentPort) -> Self {
        let script = Script::new(port).await;
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("all.properties"), template).unwrap();
        std::fs::write(folder.path().join("staff.properties"), STAFF).unwrap();
        let config = Config { http, limits, ..config(folder.path(), &script.peer, &script.port) };
        let policy = watch::channel(Arc::new(app::policy(&config).await.unwrap())).1;
        let provisioner = app::provisioner(&config, policy, &config.component.name).unwrap();
        let provisioner = Arc::new(provisioner);
        let connected = Arc::clone(&provisioner);
        let metrics = Arc::new(Metrics::new(move || connected.live()));
        let services = Services {
            provisioner,
            metrics: Arc::clone(&metrics),
            recorder: Recorder::start(metrics, None),
            settings: Settings::of_configuration(&config.http),
            policy: watch::channel(PolicyState::loaded_now()).1,
            administration: None,
        };
        services.provisioner.connected(Instant::now() + LIMIT).await.ok();
        let tls = config.http.tls.as_ref().map(|files: &HttpTls| watch::channel(tls::load(files).unwrap()).1);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server::new(listener, tls, &config, services);
        let address = server.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(server.run(async {
            stopped.await.ok();
        }));
        Self { address, script, stop, task, folder }
    }

    /// The folder with the templates.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Asks the server to stop; the result ends when it has.
    pub fn stop(self) -> JoinHandle<()> {
        self.stop.send(()).unwrap();
        self.task
    }
}

impl Script {
    async fn new(port: ComponentPort) -> Self {
        let (logins, release) = (Arc::new(watch::Sender::new(Vec::new())), watch::Sender::new(false));
        let (seen, released) = (Arc::clone(&logins), release.clone());
        let by_user = ByUser::new(move |name, password| {
            seen.send_modify(|logins| logins.push((name.to_owned(), password.to_owned())));
            match name {
                "wrong" | "throttled" => vec![Step::Send(failure("not-authorized"))],
                "uncheckable" => vec![Step::Send(failure("temporary-auth-failure"))],
                "down" => vec![Step::Cut],
                "silent" => vec![],
                _ if name.starts_with("wrong-") => {
                    vec![Step::Until(released.subscribe()), Step::Send(failure("not-authorized"))]
                }
                _ if name.starts_with("held") => {
                    vec![Step::Until(released.subscribe()), Step::Send(SUCCESS.to_owned())]
                }
                _ => vec![Step::Send(SUCCESS.to_owned())],
            }
        });
        let mut login = secured(&mechanisms(&["PLAIN"]));
        login.push(Step::ByUser(by_user));
        Self { logins, peer: Arc::new(ScriptedPeer::start([login]).await), port: Arc::new(port), release }
    }

    /// User name and password of the only login so far.
    #[must_use]
    #[track_caller]
    pub fn only(&self) -> (String, String) {
        let logins = self.logins.borrow().clone();
        assert_eq!(logins.len(), 1, "{logins:?}");
        logins[0].clone()
    }

    /// How many logins there were.
    #[must_use]
    pub fn count(&self) -> usize {
        self.logins.borrow().len()
    }

    /// Waits until there were this many logins.
    pub async fn began(&self, wanted: usize) {
        let mut logins = self.logins.subscribe();
        timeout(LIMIT, logins.wait_for(|logins| logins.len() >= wanted)).await.unwrap().unwrap();
    }

    /// Waits until no login is under way.
    #[track_caller]
    pub fn all_ended(&self) -> impl Future<Output = ()> + use<> {
        self.peer.all_closed()
    }
}

/// Guessing is not limited and no row of refusals is doubted, unless a test asks for it.
fn limits() -> config::Limits {
    config::Limits { failures_per_user: 0, failures_per_address: 0, refusals_in_a_row: 0, ..config::Limits::default() }
}

fn config(folder: &Path, peer: &ScriptedPeer, port: &ComponentPort) -> Config {
    let text = format!(
        "[openfire]\ndomain = \"{DOMAIN}\"\nhost = \"127.0.0.1\"\nport = {}\nca_file = \"{}\"\n\
         [component]\nname = \"front.{DOMAIN}\"\nsecret = \"{COMPONENT_SECRET}\"\nport = {}\ntls = \"none\"\n\
         [template]\nfile = \"all.properties\"\n\
         [[template.rule]]\nname = \"staff\"\nfile = \"staff.properties\"\nusers = [\"template\"]\n",
        peer.address().port(),
        peer.ca_file().display(),
        port.address().port(),
    );
    let file = folder.join("config.toml");
    std::fs::write(&file, text).unwrap();
    Config::load(Some(&file)).unwrap_or_else(|error| panic!("{error}"))
}
