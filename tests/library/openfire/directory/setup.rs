//! What the tests of the directory share: settings, a component, a look-up with a time limit.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use openfire_provisioner::app;
use openfire_provisioner::model::account::{Contact, Credentials, Entry, PartSet, Password, Subscription, Username};
use openfire_provisioner::model::config::{self, Pattern};
use openfire_provisioner::model::named_groups::NamedGroups;
use openfire_provisioner::openfire::component::{Component, ComponentState};
use openfire_provisioner::openfire::directory::Directory;
use openfire_provisioner::openfire::login::{Login, Session};
use test_servers::openfire::{COMPONENT_SECRET, DOMAIN, Openfire};
use test_servers::seeds::SeedContact;
use tokio::time::{Instant, timeout};
use xmpp_parsers::jid::DomainPart;

/// Time in which anything here has to happen.
const LIMIT: Duration = Duration::from_secs(20);

pub const IQ_TIMEOUT: Duration = Duration::from_secs(5);

pub fn deadline() -> Instant {
    Instant::now() + LIMIT
}

pub fn user(name: &str) -> Username {
    Username::parse(name, &DomainPart::new(DOMAIN).unwrap()).unwrap()
}

/// A component under `name` that the server at `address` has accepted.
#[track_caller]
pub fn component(name: &str, address: SocketAddr, secret: &str) -> impl Future<Output = Component> {
    let settings: config::Component = toml::from_str(&format!(
        "name = \"{name}\"\nsecret = \"{secret}\"\nhost = \"{}\"\nport = {}\ntls = \"none\"",
        address.ip(),
        address.port()
    ))
    .unwrap();
    let openfire: config::Openfire = toml::from_str(&format!("domain = \"{DOMAIN}\"")).unwrap();
    async move {
        let component = app::component(&settings, &openfire).unwrap();
        let mut state = component.state();
        let connected = state.wait_for(|state| matches!(state, ComponentState::Connected { .. }));
        timeout(LIMIT, connected).await.expect("a connection in time").expect("a component that runs");
        component
    }
}

pub async fn openfire_component(name: &str, openfire: &Openfire) -> Component {
    component(name, openfire.component(), COMPONENT_SECRET).await
}

pub fn directory(component: Component, settings: &str) -> Directory {
    let domain = DomainPart::new(DOMAIN).unwrap().into_owned();
    Directory::new(component, toml::from_str(settings).unwrap(), domain, IQ_TIMEOUT)
}

/// A user's own stream, fresh from the login.
pub async fn session(address: SocketAddr, ca_file: &Path, name: &str, password: &str) -> Session {
    let settings: config::Openfire = toml::from_str(&format!(
        "domain = \"{DOMAIN}\"\nhost = \"{}\"\nport = {}\nca_file = \"{}\"",
        address.ip(),
        address.port(),
        ca_file.display()
    ))
    .unwrap();
    let login = Login::new(&settings, &config::Limits::default()).unwrap();
    let credentials = Credentials { username: user(name), password: Password::parse(password.to_owned()).unwrap() };
    login.authenticate(&credentials, deadline()).await.expect("a login")
}

/// Lets this time pass for the service, not for the servers.
pub async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// The groups that a rule with these patterns names.
pub fn named_groups(patterns: &[&str]) -> Arc<NamedGroups> {
    let patterns: Vec<Pattern> = patterns.iter().map(|pattern| Pattern::parse(pattern).unwrap()).collect();
    Arc::new(NamedGroups::new(&patterns, []))
}

pub async fn look_up(directory: &Directory, name: &str, wanted: PartSet, session: Option<Session>) -> Entry {
    timeout(LIMIT, directory.look_up(&user(name), wanted, session, deadline())).await.expect("an entry in time")
}

/// Asserts that the contacts that were read, in whatever order, are those of the seeds.
///
/// Names stand in attributes, where a line break that was not escaped is read as a blank (XML 1.0 section 3.3.3).
#[track_caller]
pub fn assert_same(mut read: Vec<Contact>, seeds: &[SeedContact]) {
    let contact = |seed: &SeedContact| Contact {
        jid: seed.jid.clone(),
        name: seed.name.replace('\n', " "),
        groups: seed.groups.clone(),
        subscription: match seed.subscription.as_str() {
            "to" => Subscription::To,
            "from" => Subscription::From,
            "both" => Subscription::Both,
            _ => Subscription::None,
        },
    };
    let mut expected: Vec<Contact> = seeds.iter().map(contact).collect();
    for contacts in [&mut read, &mut expected] {
        contacts.sort_by(|one, other| one.jid.cmp(&other.jid));
        for contact in contacts {
            contact.groups.sort();
        }
    }
    assert_eq!(read, expected);
}
