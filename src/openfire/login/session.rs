//! A user's own stream after the login.
//!
//! 1. A new stream header (RFC 6120 section 6.4.6) and the binding of a random resource (section 7), in one piece, since
//!    neither depends on an answer.
//! 2. The query for the roster (RFC 6121 section 2.1.3), once the binding has been answered: Openfire 5.1.1 and later bind on
//!    another thread, where a query that comes too early overtakes the binding and is refused, or its answer is lost.
//! 3. Only what the server says for itself or for the user counts as an answer ([`StreamOwner`]).

use rand::distr::{Alphanumeric, SampleString};
use tokio::time::{Instant, timeout_at};
use xmpp_parsers::iq::Iq;
use xmpp_parsers::jid::{BareJid, DomainRef, Jid};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::ns;
use xmpp_parsers::roster::Roster;

use super::error::Unreachable;
use super::queue::LoginPermit;
use super::stage::{Elapsed, Stage};
use super::stream::{ClientStream, StreamFault, condition};
use crate::openfire::connect::ReadLimit;
use crate::openfire::server_text::ServerText;

/// A user's own stream after the login, no resource bound yet. Dropping it closes the socket.
///
/// Until then, or until its roster is read, it counts as one of the `limits.concurrent_logins`.
pub struct Session {
    stream: ClientStream,
    user: BareJid,
    permit: LoginPermit,
    elapsed: Elapsed,
}

/// Why a session gave no roster.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The stream failed, or the deadline passed.
    #[error(transparent)]
    Lost(#[from] Unreachable),
    /// The server refused to bind a resource or to give the roster (RFC 6120 section 8.3).
    #[error("the server refused {what} ({condition}){}", ServerText::behind(text.as_ref()))]
    Stanza {
        /// `a resource` or `the roster`.
        what: &'static str,
        /// The condition of RFC 6120 section 8.3.3.
        condition: String,
        /// The server's own words.
        text: Option<ServerText>,
    },
}

/// Ids of the two queries.
const BIND: &str = "bind";
const ROSTER: &str = "roster";

impl Session {
    pub(super) fn new(stream: ClientStream, user: BareJid, permit: LoginPermit, elapsed: Elapsed) -> Self {
        Self { stream, user, permit, elapsed }
    }

    /// How long the parts of the login took.
    #[must_use]
    pub fn elapsed(&self) -> Elapsed {
        self.elapsed
    }

    /// SHA-1 of the server's certificate; none without TLS.
    #[must_use]
    pub fn certificate_sha1(&self) -> Option<[u8; 20]> {
        self.stream.link().tls().map(crate::openfire::tls::Secured::sha1)
    }

    /// Ends the stream politely, without waiting for the server.
    pub async fn close(self) {
        self.stream.close().await;
    }

    /// Binds a resource, reads the user's roster (RFC 6121 section 2.1.4) and ends the stream. No presence is sent.
    ///
    /// Gives `<query xmlns='jabber:iq:roster'/>`.
    ///
    /// # Errors
    ///
    /// [`SessionError`], at the deadline at the latest; the login stays valid.
    pub async fn roster(self, deadline: Instant) -> Result<Element, SessionError> {
        let Self { stream, user, permit, elapsed: _ } = self;
        let asked = timeout_at(deadline, ask(stream, StreamOwner { user, bound: None })).await;
        let (stream, roster) = asked.map_err(|_| Unreachable::TimedOut { stage: Stage::Session })??;
        stream.close().await;
        // Only here, so that the reading of rosters is bounded as well.
        drop(permit);
        Ok(roster)
    }
}

async fn ask(stream: ClientStream, mut account: StreamOwner) -> Result<(ClientStream, Element), SessionError> {
    let domain = account.user.domain().to_owned();
    let mut stream = stream.reopen(&domain, &bind(), ReadLimit::AFTER_LOGIN).await.map_err(lost)?;
    let bound = answer(&mut stream, BIND, &account).await?;
    account.bound = jid(&bound);
    let query = Iq::from_get(ROSTER, Roster { ver: None, items: Vec::new() });
    stream.send(&query).await.map_err(lost)?;
    let roster = answer(&mut stream, ROSTER, &account).await?;
    let query = roster.children().find(|child| child.is("query", ns::ROSTER)).cloned();
    Ok((stream, query.unwrap_or_else(|| Element::bare("query", ns::ROSTER))))
}

fn bind() -> String {
    let resource = Alphanumeric.sample_string(&mut rand::rng(), 12);
    format!(
        "<iq type='set' id='{BIND}'><bind xmlns='{}'><resource>provisioning-{resource}</resource></bind></iq>",
        ns::BIND
    )
}

/// The JID in the answer to a binding (RFC 6120 section 7.6.1).
fn jid(bound: &Element) -> Option<Jid> {
    let jid = bound.get_child("bind", ns::BIND)?.get_child("jid", ns::BIND)?.text();
    Jid::new(jid.trim()).ok()
}

/// Waits for the answer to the query `id`. The features, and all else that the server sends unasked, are skipped.
async fn answer(stream: &mut ClientStream, id: &'static str, account: &StreamOwner) -> Result<Element, SessionError> {
    loop {
        let element = stream.next(ReadLimit::AFTER_LOGIN).await.map_err(lost)?;
        if !element.is("iq", ns::JABBER_CLIENT) || element.attr("id") != Some(id) {
            continue;
        }
        let sender = account.sender(&element);
        match element.attr("type") {
            // Before the binding the server speaks for no other entity, and an error gives nothing away.
            Some("result") if sender == Sender::Account || (id == BIND && sender == Sender::Server) => {
                return Ok(element);
            }
            Some("error") if sender != Sender::Another => return Err(refused(&element, id)),
            _ => tracing::debug!(stanza.id = id, "an answer from another sender, or of no known type, is ignored"),
        }
    }
}

fn refused(iq: &Element, id: &'static str) -> SessionError {
    let error = iq.children().find(|child| child.name() == "error");
    SessionError::Stanza {
        what: if id == BIND { "a resource" } else { "the roster" },
        condition: error.map_or_else(|| "undefined-condition".to_owned(), |error| condition(error, ns::XMPP_STANZAS)),
        text: error.and_then(|error| ServerText::in_error(error, ns::XMPP_STANZAS)),
    }
}

fn lost(fault: StreamFault) -> SessionError {
    fault.at(Stage::Session).into()
}

/// Whose stream it is.
struct StreamOwner {
    user: BareJid,
    /// What the server calls the user on this stream, once a resource is bound.
    bound: Option<Jid>,
}

/// For whom an answer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sender {
    /// For the user's own account: no `from` at all, or the account's JID (RFC 6120 section 8.1.2.1, RFC 6121 section 2.1.3).
    Account,
    /// For the server itself: Openfire 5 refuses so what comes before a resource is bound.
    Server,
    /// For another entity, which is no answer to us.
    Another,
}

impl StreamOwner {
    fn sender(&self, iq: &Element) -> Sender {
        let Some(from) = iq.attr("from") else { return Sender::Account };
        let Ok(from) = Jid::new(from) else { return Sender::Another };
        let bound = self.bound.as_ref();
        if from == self.user || bound.is_some_and(|bound| from == *bound || from == bound.to_bare()) {
            Sender::Account
        } else if from.node().is_none() && from.resource().is_none() && from.domain() == self.domain() {
            Sender::Server
        } else {
            Sender::Another
        }
    }

    fn domain(&self) -> &DomainRef {
        self.user.domain()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(from: &str, bound: Option<&str>) -> Sender {
        let bound = bound.map(|jid| Jid::new(jid).unwrap());
        let account = StreamOwner { user: BareJid::new("anna@example.test").unwrap(), bound };
        account.sender(&format!("<iq xmlns='jabber:client' {from}/>").parse().unwrap())
    }

    // Source: RFC 6120 section 8.1.2.1, RFC 6121 section 2.1.3.
    #[test]
    fn an_answer_is_for_the_account_only_without_from_or_from_the_account_itself() {
        let bound = Some("anna@example.test/r");
        for from in ["", "from='anna@example.test'", "from='anna@example.test/r'", "from='ANNA@Example.Test'"] {
            assert_eq!(sender(from, bound), Sender::Account, "{from}");
        }
        assert_eq!(sender("from='example.test'", bound), Sender::Server);
        for from in [
            "from='bob@example.test'",
            "from='anna@example.test/other'",
            "from='anna@other.test'",
            "from='example.test/r'",
            "from='other.test'",
            "from=''",
            "from='@'",
        ] {
            assert_eq!(sender(from, bound), Sender::Another, "{from}");
        }
        assert_eq!(sender("from='anna@example.test/r'", None), Sender::Another);
    }
}
