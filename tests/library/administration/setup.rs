//! Sign-ins at a server, without a service around them.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use openfire_provisioner::administration::role::Role;
use openfire_provisioner::administration::sign_in::{Account, SignIn, SignInError};
use openfire_provisioner::app;
use openfire_provisioner::authentication::Origin;
use openfire_provisioner::model::config::Config;
use openfire_provisioner::provision::Provisioner;
use test_servers::openfire::{DOMAIN, Openfire, component_name};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::support::logins::soon;

/// The password of the account `admin`, which Openfire takes for an administrator.
pub const ADMIN_PASSWORD: &str = "admin-secret";

/// The reference account. With it one refusal after the other is believed.
pub const REFERENCE: &str = "reference_user = \"maria.silva\"\nreference_password = \"quiet-harbour-19\"";

/// What signs in, with the use case behind it.
pub struct Site {
    pub sign_in: SignIn,
    pub provisioner: Arc<Provisioner>,
}

impl Site {
    /// At this Openfire, with further lines of the configuration, those of `[openfire]` first.
    pub async fn at(openfire: &Openfire, more: &str) -> Self {
        let (c2s, component) = (openfire.c2s(), openfire.component());
        Self::new(c2s, component.port(), &openfire.ca_file(), more).await
    }

    /// At a server with these ports.
    pub async fn new(c2s: SocketAddr, component_port: u16, ca_file: &Path, more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        let text = format!(
            "[component]\nname = \"{}\"\nsecret = \"component-secret\"\nport = {component_port}\n\
             [openfire]\ndomain = \"{DOMAIN}\"\nhost = \"127.0.0.1\"\nport = {}\nca_file = \"{}\"\n{more}\n",
            component_name(),
            c2s.port(),
            ca_file.display()
        );
        std::fs::write(&file, text).unwrap();
        let config = Config::load(Some(&file)).unwrap_or_else(|error| panic!("{error}"));
        let policy = app::policy(&config).await.unwrap_or_else(|error| panic!("{error:#}"));
        let policy = watch::Sender::new(Arc::new(policy)).subscribe();
        let provisioner = Arc::new(app::provisioner(&config, policy, &config.component.name).unwrap());
        let sign_in = SignIn::new(Arc::clone(&provisioner), &config.admin, &config.openfire);
        Self { sign_in, provisioner }
    }

    /// A sign-in from `address`.
    pub async fn sign_in(&self, name: &str, password: &str, address: &str) -> Result<Account, SignInError> {
        self.sign_in_by(name, password, address, soon()).await
    }

    /// The same with a deadline.
    pub async fn sign_in_by(
        &self,
        name: &str,
        password: &str,
        address: &str,
        deadline: Instant,
    ) -> Result<Account, SignInError> {
        self.sign_in.sign_in(name, password.to_owned(), origin(address), deadline).await
    }

    /// The role that a sign-in gives.
    pub async fn role(&self, name: &str, password: &str) -> Result<Role, SignInError> {
        self.sign_in(name, password, "192.0.2.1").await.map(|account| account.role)
    }
}

/// A browser at `address`.
#[must_use]
pub fn origin(address: &str) -> Origin<'static> {
    let address: IpAddr = address.parse().unwrap();
    Origin { address, client: "Mozilla/5.0" }
}
