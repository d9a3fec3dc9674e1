//! Administrators get chat messages about what needs attention.

use std::sync::Arc;
use std::time::Duration;

use openfire_provisioner::administration::attention::Attention;
use openfire_provisioner::administration::overview::{LinkState, Overview};
use openfire_provisioner::administration::word::{self, Audience, Pace};
use openfire_provisioner::app;
use openfire_provisioner::model::config::Config;
use openfire_provisioner::policy::PolicyState;
use openfire_provisioner::provision::Provisioner;
use openfire_provisioner::settings::{Actor, Change, Settings};
use openfire_provisioner::telemetry::{History, Live, Metrics};
use tempfile::TempDir;
use test_servers::openfire::{COMPONENT_SECRET, DOMAIN, Openfire, OpenfireOptions, component_name};
use tokio::sync::watch;
use tokio::time::Instant;
use xmpp_parsers::jid::BareJid;
use xmpp_parsers::minidom::Element;

use crate::support::chat::ChatClient;

/// Time in which a real server on a busy machine does anything.
const LIMIT: Duration = Duration::from_secs(30);

/// Long enough for a second message to come, if there were one.
const MORE: Duration = Duration::from_secs(2);

/// A service without HTTP whose administrators can pause it.
struct Service {
    provisioner: Arc<Provisioner>,
    overview: Arc<Overview>,
    settings: Settings,
    _folder: TempDir,
}

impl Service {
    async fn start(openfire: &Openfire, component: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        let text = format!(
            "[openfire]\ndomain = \"{DOMAIN}\"\nhost = \"127.0.0.1\"\nport = {}\nca_file = {:?}\n\
             [component]\nname = \"{component}\"\nsecret = \"{COMPONENT_SECRET}\"\nport = {}\ntls = \"none\"\n\
             [admin]\nstate_directory = {:?}\n",
            openfire.c2s().port(),
            openfire.ca_file().display().to_string(),
            openfire.component().port(),
            folder.path().display().to_string(),
        );
        std::fs::write(&file, text).unwrap();
        let config = Config::load(Some(&file)).unwrap();
        let policy = watch::channel(Arc::new(app::policy(&config).await.unwrap())).1;
        let provisioner = Arc::new(app::provisioner(&config, policy, component).unwrap());
        provisioner.connected(Instant::now() + LIMIT).await.unwrap();
        let settings = app::settings(&config);
        let overview = Arc::new(Overview::new(
            Arc::clone(&provisioner),
            watch::channel(PolicyState::loaded_now()).1,
            Arc::new(Metrics::new(Live::default)),
            Arc::new(History::new(1)),
            settings.clone(),
        ));
        Self { provisioner, overview, settings, _folder: folder }
    }

    async fn change(&self, change: Change) {
        let by = Actor { name: "ben".to_owned(), address: None };
        self.settings.change(change, &by).await.unwrap();
    }

    /// Sends messages to these accounts from now on, sooner than the real service.
    fn send_to(&self, names: &[&str]) {
        let audience = Audience {
            to: names.iter().map(|name| BareJid::new(&format!("{name}@{DOMAIN}")).unwrap()).collect(),
            pages: "https://provisioning.example.test".to_owned(),
            pace: Pace {
                lasting: Duration::from_millis(300),
                over: Duration::from_millis(300),
                between: Duration::from_millis(10),
                a_day: 20,
            },
            looks: Duration::from_millis(100),
        };
        let component = self.provisioner.component().clone();
        tokio::spawn(word::run(Arc::clone(&self.overview), Arc::new(Attention::default()), component, audience));
    }
}

fn body(message: &Element) -> String {
    message.get_child("body", "jabber:client").expect("a body").text()
}

#[tokio::test]
async fn a_message_comes_once_when_something_begins_and_once_when_it_is_over_also_after_an_outage() {
    let openfire = Openfire::start(OpenfireOptions::default()).await;
    openfire.control(&["user", "admin-of-pages", "pässword", "Admin", "admin@example.test"]).await;
    let component = component_name();
    let service = Service::start(&openfire, &component).await;
    let online = async |openfire: &Openfire| {
        ChatClient::online(openfire.c2s_tls(), &openfire.ca_file(), "admin-of-pages", "pässword").await
    };
    let mut client = online(&openfire).await;
    // The account that does not exist must not keep the others from their messages.
    service.send_to(&["does-not-exist", "admin-of-pages"]);
    assert!(client.message(MORE).await.is_none(), "nothing needs attention");

    service.change(Change::Pause { reason: "upgrade <of> everything".to_owned() }).await;
    let begun = client.message(LIMIT).await.expect("a message");
    assert_eq!((begun.attr("from"), begun.attr("type")), (Some(component.as_str()), Some("chat")));
    let text = body(&begun);
    assert!(text.contains("- ben has paused provisioning: upgrade <of> everything. Since 20"), "{text}");
    assert!(text.ends_with("\nhttps://provisioning.example.test/admin/"), "{text}");
    assert!(client.message(MORE).await.is_none(), "once");

    service.change(Change::Resume).await;
    let over = body(&client.message(LIMIT).await.expect("a message"));
    assert!(over.contains("this is over\n- Provisioning was paused, from 20"), "{over}");
    assert!(client.message(MORE).await.is_none(), "once");

    drop(client);
    let stopped = openfire.stop().await;
    let mut state = service.provisioner.component().state();
    state.wait_for(|_| !service.provisioner.is_connected()).await.unwrap();
    let openfire = stopped.start().await;
    let mut client = online(&openfire).await;
    let outage = body(&client.message(LIMIT).await.expect("a message"));
    assert!(outage.contains("this is over\n- The component was not connected to Openfire, from "), "{outage}");
    assert!(client.message(MORE).await.is_none(), "once");
}

#[tokio::test]
async fn the_overview_knows_openfires_version_certificate_and_mechanisms() {
    let openfire = Openfire::shared().await;
    let component = component_name();
    let service = Service::start(openfire, &component).await;
    let before = service.overview.snapshot();
    assert_eq!((before.openfire.domain.as_str(), before.openfire.software, before.openfire.seen), (DOMAIN, None, None));
    // Openfire says yes to the handshake a moment before it routes to the component.
    let asked = async {
        while service.overview.snapshot().openfire.software.is_none() {
            service.overview.forget();
            service.overview.refresh().await;
        }
    };
    tokio::time::timeout(LIMIT, asked).await.expect("an answer");
    let now = service.overview.snapshot();
    assert_eq!(now.openfire.software, Some(("Openfire".to_owned(), Some("4.2.0".to_owned()))));
    assert!(now.openfire.certificate_ends.is_some_and(|ends| ends > now.at), "{:?}", now.openfire);
    assert!(now.openfire.mechanisms.iter().any(|mechanism| mechanism == "PLAIN"), "{:?}", now.openfire);
    assert_eq!(now.component.name, component);
    assert!(matches!(now.component.link, LinkState::Connected { since } if since <= now.at));
}
