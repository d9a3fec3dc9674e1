//! A real Openfire, and what it takes its users from.

use anyhow::{Context as _, ensure};
use test_servers::ldap_proxy::{Fault, LdapProxy};
use test_servers::openfire::{Openfire, OpenfireOptions};
use test_servers::slapd::Slapd;

use crate::kind::{Kind, Store};
use crate::plan::Outage;

/// Users that every site has besides the reference account.
pub const USERS: usize = 200;

/// A user name and its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Without the domain.
    pub name: String,
    /// In the clear.
    pub password: String,
}

/// Openfire with its users; all its servers end when it is dropped.
#[derive(Debug)]
pub struct Site {
    openfire: Openfire,
    directory: Option<Directory>,
}

#[derive(Debug)]
struct Directory {
    proxy: LdapProxy,
    _slapd: Slapd,
}

impl Site {
    /// Starts Openfire, for a directory with slapd and a proxy between them.
    pub async fn start(store: Store) -> anyhow::Result<Self> {
        let (options, directory) = match store {
            // One more, for the reference account.
            Store::Database => (OpenfireOptions::numbered_users(USERS + 1), None),
            Store::Directory => {
                let slapd = Slapd::start_with_numbered_people(USERS).await;
                let proxy = LdapProxy::start(slapd.address()).await;
                // None of the database's own: it has no users here.
                let options = OpenfireOptions::numbered_users(0).ldap_at(proxy.address());
                (options, Some(Directory { proxy, _slapd: slapd }))
            }
        };
        let openfire = Openfire::try_start(options).await.map_err(anyhow::Error::msg)?;
        Ok(Self { openfire, directory })
    }

    /// The server.
    #[must_use]
    pub fn openfire(&self) -> &Openfire {
        &self.openfire
    }

    /// What it takes its users from.
    #[must_use]
    pub fn store(&self) -> Store {
        if self.directory.is_some() { Store::Directory } else { Store::Database }
    }

    /// One of its [`USERS`], by number from 0.
    #[must_use]
    pub fn user(&self, number: usize) -> Account {
        match self.store() {
            Store::Database => Account { name: format!("user{number}"), password: format!("pw{number}") },
            Store::Directory => {
                let name = format!("u{:02}", number + 1);
                Account { password: format!("pw-{name}"), name }
            }
        }
    }

    /// An account that no client uses.
    #[must_use]
    pub fn reference(&self) -> Account {
        match self.store() {
            Store::Database => self.user(USERS),
            Store::Directory => Account { name: "reference".to_owned(), password: "pw-reference".to_owned() },
        }
    }

    /// Lets an outage begin.
    ///
    /// # Errors
    ///
    /// This kind of outage needs another site.
    pub async fn begin(&self, kind: Kind, outage: &Outage) -> anyhow::Result<()> {
        let fault = match kind {
            Kind::DatabaseGone => return self.sql("ALTER TABLE ofUser RENAME TO ofUserAway").await,
            Kind::LdapDown => Fault::PortClosed,
            Kind::LdapStalledAndCut => Fault::Stall,
            Kind::ServiceBindRefused => Fault::RefuseServiceBinds,
            Kind::LdapResets => Fault::ResetEvery(outage.every),
        };
        let proxy = self.proxy()?;
        proxy.set(fault).await;
        if kind == Kind::LdapDown || kind == Kind::ServiceBindRefused && outage.cuts {
            proxy.cut();
        }
        Ok(())
    }

    /// Lets it end.
    ///
    /// # Errors
    ///
    /// As for its begin.
    pub async fn end(&self, kind: Kind) -> anyhow::Result<()> {
        if kind == Kind::DatabaseGone {
            return self.sql("ALTER TABLE ofUserAway RENAME TO ofUser").await;
        }
        let proxy = self.proxy()?;
        if kind == Kind::LdapStalledAndCut {
            proxy.cut();
        }
        proxy.set(Fault::None).await;
        Ok(())
    }

    async fn sql(&self, statement: &str) -> anyhow::Result<()> {
        ensure!(self.directory.is_none(), "this kind of outage needs a site without a directory");
        self.openfire.control(&["sql", statement]).await;
        Ok(())
    }

    fn proxy(&self) -> anyhow::Result<&LdapProxy> {
        let directory = self.directory.as_ref().context("this kind of outage needs a site with a directory")?;
        Ok(&directory.proxy)
    }
}
