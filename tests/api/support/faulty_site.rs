//! The whole service against a client port and a component port that are both played by hand.

use std::time::Duration;

use jitsi_properties::parse;
use test_servers::component_port::{ComponentPort, named};
use test_servers::openfire::{COMPONENT_SECRET, DOMAIN};
use test_servers::scripted_peer::{ScriptedPeer, Step};
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout};

use super::app::TestApp;
use super::http_client::{Answer, post, send};

/// Time in which what is over must have been cleaned up.
const LIMIT: Duration = Duration::from_secs(20);

/// Two services for one faulty server: each answers in one of the two ways of `http.error_status`.
pub struct FaultySite {
    pub peer: ScriptedPeer,
    pub port: ComponentPort,
    pub client_safe: TestApp,
    pub plugin: TestApp,
    /// Tasks that run while there is no request.
    tasks: usize,
}

/// What is set beside the addresses: lines of `[openfire]` with TLS and trust, of `[component]`, of `[limits]`, of
/// `[directory]`, and the template, where it is not the one that is built in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    pub openfire: &'static str,
    pub component: &'static str,
    pub limits: &'static str,
    pub directory: &'static str,
    pub template: Option<&'static str>,
}

impl FaultySite {
    /// Starts with a component port that names everybody `Anna Berger`; connection n to the client port plays script n.
    pub async fn start(settings: Settings, scripts: impl IntoIterator<Item = Vec<Step>>) -> Self {
        let peer = ScriptedPeer::start(scripts).await;
        let port = ComponentPort::start(|query| named(query, "Anna Berger")).await;
        let client_safe = app(settings, &peer, &port, "client-safe").await;
        let plugin = app(settings, &peer, &port, "plugin").await;
        let tasks = tasks();
        Self { peer, port, client_safe, plugin, tasks }
    }

    /// The answers for one request to each service, both under way at the same time: client-safe, plugin.
    pub async fn ask(&self) -> [Answer; 2] {
        tokio::join!(ask(&self.client_safe, "anna"), ask(&self.plugin, "anna")).into()
    }

    /// Asserts that nothing of the requests is left: no socket to the client port, no task.
    #[track_caller]
    pub fn is_clean(&self) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        let closed = self.peer.all_closed();
        async move {
            closed.await;
            let gone = timeout(LIMIT, async {
                while tasks() > self.tasks {
                    tokio::task::yield_now().await;
                }
            });
            assert!(gone.await.is_ok(), "{caller}: {} tasks where {} were before", tasks(), self.tasks);
        }
    }

    /// Asserts that both services provision again, with what the component tells, and leave nothing behind.
    #[track_caller]
    pub fn serves_again(&self) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            for answer in self.ask().await {
                assert!(is_provisioned(&answer, "Anna Berger"), "{caller}: {answer}");
            }
            self.is_clean().await;
        }
    }

    /// Waits until both services' components are connected.
    pub async fn connects(&self) {
        for app in [&self.client_safe, &self.plugin] {
            let connected = timeout(LIMIT, async {
                while app.provisioner().connected(Instant::now() + LIMIT).await.is_err() {
                    tokio::task::yield_now().await;
                }
            });
            connected.await.expect("a component that comes back");
        }
    }

    /// Stops both services.
    pub async fn stop(self) {
        tokio::join!(self.client_safe.stop(), self.plugin.stop());
    }
}

/// The answer for `user`, whose password is `secret`.
pub async fn ask(app: &TestApp, user: &str) -> Answer {
    send(app.address(), post("/provision", &form(user))).await
}

/// The form of `user`.
#[must_use]
pub fn form(user: &str) -> String {
    format!("username={user}&password=secret")
}

/// Whether it is a text with this `….DISPLAY_NAME`.
#[must_use]
pub fn is_provisioned(answer: &Answer, display_name: &str) -> bool {
    let Ok(document) = parse(answer.text()) else { return false };
    let mut entries = document.entries();
    answer.status == 200 && entries.any(|entry| entry.key().ends_with(".DISPLAY_NAME") && entry.value() == display_name)
}

/// Whether it is an error that begins with this string, in one line.
#[must_use]
pub fn is_error(answer: &Answer, status: u16, name: &str) -> bool {
    answer.status == status && answer.text().starts_with(&format!("{name}: ")) && answer.text().lines().count() == 1
}

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

async fn app(settings: Settings, peer: &ScriptedPeer, port: &ComponentPort, error_status: &str) -> TestApp {
    let Settings { openfire, component, limits, directory, template } = settings;
    let trust = if openfire.contains("tls") {
        openfire.to_owned()
    } else {
        format!("ca_file = \"{}\"\n{openfire}", peer.ca_file().display())
    };
    let guessing =
        if limits.contains("failures_per") { "" } else { "failures_per_user = 0\nfailures_per_address = 0\n" };
    let file = template.map_or("", |_| "[template]\nfile = \"provision.properties\"");
    let text = format!(
        "[openfire]\ndomain = \"{DOMAIN}\"\nhost = \"127.0.0.1\"\nport = {}\n{trust}\n\
         [component]\nname = \"{error_status}.{DOMAIN}\"\nsecret = \"{COMPONENT_SECRET}\"\nport = {}\ntls = \"none\"\n{component}\n\
         [http]\nlisten = \"127.0.0.1:0\"\nerror_status = \"{error_status}\"\n\
         [limits]\n{guessing}{limits}\n[directory]\n{directory}\n{file}\n",
        peer.address().port(),
        port.address().port(),
    );
    TestApp::with_text(&text, template).await
}
