//! What the tests of the component share.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use openfire_provisioner::app;
use openfire_provisioner::model::config;
use openfire_provisioner::openfire::component::{Component, ComponentError, ComponentState, IqError};
use test_servers::openfire::DOMAIN;
use tokio::time::{Instant, timeout};
use xmpp_parsers::jid::Jid;
use xmpp_parsers::minidom::Element;

/// Time in which anything here has to happen.
pub const LIMIT: Duration = Duration::from_secs(20);

/// Settings of a component; `more` are further lines of `[component]`.
pub fn settings(name: &str, secret: &str, address: SocketAddr, more: &str) -> config::Component {
    let (host, port) = (address.ip(), address.port());
    toml::from_str(&format!("name = \"{name}\"\nsecret = \"{secret}\"\nhost = \"{host}\"\nport = {port}\n{more}"))
        .unwrap()
}

/// Starts a component below the test domain, trusting the authority in `ca_file`.
pub fn start(settings: &config::Component, ca_file: &std::path::Path) -> Component {
    let openfire: config::Openfire =
        toml::from_str(&format!("domain = \"{DOMAIN}\"\nca_file = \"{}\"", ca_file.display())).unwrap();
    app::component(settings, &openfire).unwrap()
}

pub async fn connected(component: &Component) {
    let mut state = component.state();
    let connected = state.wait_for(|state| matches!(state, ComponentState::Connected { .. }));
    timeout(LIMIT, connected).await.expect("a connection in time").expect("a component that runs");
}

pub async fn reason(component: &Component) -> Arc<ComponentError> {
    let mut state = component.state();
    let down = state.wait_for(|state| matches!(state, ComponentState::Down { .. }));
    match &*timeout(LIMIT, down).await.expect("an end in time").expect("a component that runs") {
        ComponentState::Down { reason, .. } => Arc::clone(reason),
        other => panic!("{other:?}"),
    }
}

/// The server's answer to a ping (XEP-0199): empty.
pub async fn ping(component: &Component) -> Result<Option<Element>, IqError> {
    component.get(Jid::new(DOMAIN).unwrap(), Element::bare("ping", "urn:xmpp:ping"), Instant::now() + LIMIT).await
}
