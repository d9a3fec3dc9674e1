//! What a reply takes from Openfire, without a service around it: the login, the binding, the roster from the user's own
//! stream, and the vCard over a component.
//!
//! It takes the fewest round trips that work on Openfire 4.2: SCRAM's last message, the new header and the binding are one
//! write; the roster is asked for when the binding has been answered, since newer servers need that, and the vCard is asked
//! for meanwhile.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::ensure;
use test_servers::openfire::Openfire;

use super::component::Component;
use super::login::{RawLogin, Stream, close, header};
use super::wire::{Tls, receive, send};
use crate::users::Users;

/// What is asked for beside the login and the vCard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Roster {
    /// The user's contacts.
    Asked,
    /// No contacts, and so no binding.
    Left,
}

/// Does what a reply needs, again and again.
pub(crate) struct Bare {
    login: RawLogin,
    component: Component,
    bound: AtomicU64,
}

impl Bare {
    /// Connects its component as `name`.
    pub(crate) async fn connect(openfire: &Openfire, name: &str) -> anyhow::Result<Self> {
        let ca_file = openfire.ca_file();
        Ok(Self {
            login: RawLogin::new(openfire.c2s(), &ca_file)?,
            component: Component::connect(openfire.component(), name, &Tls::new(&ca_file)?).await?,
            bound: AtomicU64::new(0),
        })
    }

    /// All of it for one user.
    pub(crate) async fn fetch(&self, number: usize, password: &str, roster: Roster) -> anyhow::Result<()> {
        let user = Users::name(number);
        let (mut stream, proof) = self.login.challenge(&user, password).await?;
        let (asks, end) = match roster {
            Roster::Asked => (proof.response.clone() + &header() + &self.bind(), "</iq>"),
            Roster::Left => (proof.response.clone(), "</success>"),
        };
        send(&mut stream, &asks).await?;
        let answer = receive(&mut stream, &[end, "<failure", "<stream:error"]).await?;
        proof.verify(&answer)?;
        let vcard = match roster {
            Roster::Left => self.component.vcard(&user).await?,
            Roster::Asked => {
                ensure!(answer.contains("<jid>"), "no resource was bound: {answer}");
                tokio::try_join!(self.component.vcard(&user), contacts(&mut stream))?.0
            }
        };
        // Every tenth user has no vCard.
        ensure!(number % 10 == 9 || vcard.contains("<FN>User Number "), "not a vCard: {vcard}");
        close(stream).await
    }

    /// The binding of a resource that no other login has (RFC 6120 section 7).
    fn bind(&self) -> String {
        let number = self.bound.fetch_add(1, Ordering::Relaxed);
        format!(
            "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>bare{number:x}</resource>\
             </bind></iq>"
        )
    }
}

/// The roster (RFC 6121 section 2.1.3).
async fn contacts(stream: &mut Stream) -> anyhow::Result<()> {
    send(stream, "<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>").await?;
    let answer = receive(stream, &["</iq>", "<stream:error"]).await?;
    ensure!(answer.contains("<item "), "no contacts: {answer}");
    Ok(())
}
