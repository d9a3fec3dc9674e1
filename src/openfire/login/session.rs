//! A user's own stream after the login.
//!
//! 1. A new stream header (RFC 6120 section 6.4.6) and the binding of a random resource (section 7), in one piece, since
//!    neither depends on an answer.
//! 2. One query, once the binding has been answered: for the roster (RFC 6121 section 2.1.3), or for the commands that the
//!    user may run (XEP-0050 section 2.2). Openfire 5.1.1 and later bind on another thread, where a query that comes too early
//!    overtakes the binding and is refused, or its answer is lost.
//! 3. Only what the server says for itself or for the user counts as an answer ([`StreamOwner`]).

use rand::distr::{Alphanumeric, SampleString};
use tokio::time::{Instant, timeout_at};
use xmpp_parsers::disco::DiscoItemsQuery;
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
/// Until then, or until its query is answered, it counts as one of the `limits.concurrent_logins`.
pub struct Session {
    stream: ClientStream,
    user: BareJid,
    permit: LoginPermit,
    elapsed: Elapsed,
}

/// Why a session gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The stream failed, or the deadline passed.
    #[error(transparent)]
    Lost(#[from] Unreachable),
    /// The server refused to bind a resource or to answer the query (RFC 6120 section 8.3).
    #[error("the server refused {what} ({condition}){}", ServerText::behind(text.as_ref()))]
    Stanza {
        /// `a resource`, `the roster` or `the list of commands`.
        what: &'static str,
        /// The condition of RFC 6120 section 8.3.3.
        condition: String,
        /// The server's own words.
        text: Option<ServerText>,
    },
}

/// The node under which a server lists its commands (XEP-0050 section 2.2).
const COMMANDS_NODE: &str = "http://jabber.org/protocol/commands";
/// Ids of the queries.
const BIND: &str = "bind";
const ROSTER: &str = "roster";
const COMMANDS: &str = "commands";

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
        let roster = self.answer_to(Query::Roster, deadline).await?;
        let query = roster.children().find(|child| child.is("query", ns::ROSTER)).cloned();
        Ok(query.unwrap_or_else(|| Element::bare("query", ns::ROSTER)))
    }

    /// Binds a resource, asks the server which of its commands this user may run (XEP-0050 section 2.2), and ends the stream.
    ///
    /// Gives `<query xmlns='http://jabber.org/protocol/disco#items'/>`. An administrator of Openfire is offered dozens; other users
    /// none on 4.2, and `ping` alone on 5.1. No command is run.
    ///
    /// # Errors
    ///
    /// [`SessionError`], at the deadline at the latest; the login stays valid. The commands are then unknown, not none.
    pub async fn commands(self, deadline: Instant) -> Result<Element, SessionError> {
        let answer = self.answer_to(Query::Commands, deadline).await?;
        let items = answer.children().find(|child| child.is("query", ns::DISCO_ITEMS)).cloned();
        items.ok_or_else(|| Unreachable::Garbage { stage: Stage::Session }.into())
    }

    /// The answer to one query.
    async fn answer_to(self, query: Query, deadline: Instant) -> Result<Element, SessionError> {
        let Self { stream, user, permit, elapsed: _ } = self;
        let asked = timeout_at(deadline, ask(stream, StreamOwner { user, bound: None }, query)).await;
        let (stream, answer) = asked.map_err(|_| Unreachable::TimedOut { stage: Stage::Session })??;
        stream.close().await;
        // Only here, so that the reading of answers is bounded as well.
        drop(permit);
        Ok(answer)
    }
}

/// What a session asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Query {
    Bind,
    Roster,
    Commands,
}

impl Query {
    fn id(self) -> &'static str {
        match self {
            Self::Bind => BIND,
            Self::Roster => ROSTER,
            Self::Commands => COMMANDS,
        }
    }

    /// What a server that answers with an error refuses.
    fn what(self) -> &'static str {
        match self {
            Self::Bind => "a resource",
            Self::Roster => "the roster",
            Self::Commands => "the list of commands",
        }
    }

    /// Whether an answer of this sender is one. Before the binding the server speaks for no other entity.
    fn is_answered_by(self, sender: Sender) -> bool {
        match self {
            Self::Bind => sender != Sender::Another,
            Self::Roster => sender == Sender::Account,
            Self::Commands => sender == Sender::Server,
        }
    }
}

async fn ask(
    stream: ClientStream,
    mut account: StreamOwner,
    query: Query,
) -> Result<(ClientStream, Element), SessionError> {
    let domain = account.user.domain().to_owned();
    let mut stream = stream.reopen(&domain, &bind(), ReadLimit::AFTER_LOGIN).await.map_err(lost)?;
    let bound = answer(&mut stream, Query::Bind, &account).await?;
    account.bound = jid(&bound);
    let iq = match query {
        Query::Commands => {
            let items = DiscoItemsQuery { node: Some(COMMANDS_NODE.to_owned()), rsm: None };
            Iq::from_get(COMMANDS, items).with_to(BareJid::from_parts(None, &domain).into())
        }
        Query::Bind | Query::Roster => Iq::from_get(ROSTER, Roster { ver: None, items: Vec::new() }),
    };
    stream.send(&iq).await.map_err(lost)?;
    let answer = answer(&mut stream, query, &account).await?;
    Ok((stream, answer))
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

/// Waits for the answer to `query`. The features, and all else that the server sends unasked, are skipped.
async fn answer(stream: &mut ClientStream, query: Query, account: &StreamOwner) -> Result<Element, SessionError> {
    loop {
        let element = stream.next(ReadLimit::AFTER_LOGIN).await.map_err(lost)?;
        if !element.is("iq", ns::JABBER_CLIENT) || element.attr("id") != Some(query.id()) {
            continue;
        }
        let sender = account.sender(&element);
        match element.attr("type") {
            Some("result") if query.is_answered_by(sender) => return Ok(element),
            // An error gives nothing away.
            Some("error") if sender != Sender::Another => return Err(refused(&element, query)),
            _ => tracing::debug!(
                stanza.id = query.id(),
                "an answer from another sender, or of no known type, is ignored"
            ),
        }
    }
}

fn refused(iq: &Element, query: Query) -> SessionError {
    let error = iq.children().find(|child| child.name() == "error");
    SessionError::Stanza {
        what: query.what(),
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
