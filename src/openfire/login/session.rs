//! A user's own stream after the login.

use rand::distr::{Alphanumeric, SampleString};
use tokio::time::{Instant, timeout_at};
use xmpp_parsers::jid::{DomainPart, DomainRef};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::ns;

use super::error::Unreachable;
use super::stage::{Elapsed, Stage};
use super::stream::{ClientStream, condition};
use super::turnstile::Turn;
use crate::openfire::connect::Meter;

/// A user's own stream after the login, no resource bound yet. Dropping it closes the socket.
///
/// Until then, or until its roster is read, it counts as one of the `limits.concurrent_logins`.
pub struct Session {
    stream: ClientStream,
    domain: DomainPart,
    turn: Turn,
    elapsed: Elapsed,
}

/// Why a session gave no roster.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The stream failed, or the deadline passed.
    #[error(transparent)]
    Lost(#[from] Unreachable),
    /// The server refused to bind a resource or to give the roster (RFC 6120 section 8.3).
    #[error("the server refused {what} ({condition})")]
    Stanza {
        /// `a resource` or `the roster`.
        what: &'static str,
        /// The condition of RFC 6120 section 8.3.3.
        condition: String,
    },
}

/// Ids of the two queries.
const BIND: &str = "bind";
const ROSTER: &str = "roster";

impl Session {
    pub(super) fn new(stream: ClientStream, domain: DomainPart, turn: Turn, elapsed: Elapsed) -> Self {
        Self { stream, domain, turn, elapsed }
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

    /// Reads the user's roster (RFC 6121 section 2.1.4) and ends the stream. No presence is sent.
    ///
    /// The new stream header (RFC 6120 section 6.4.6), the binding of a random resource (section 7) and the query go out
    /// in one piece, since none of them depends on an answer. Gives `<query xmlns='jabber:iq:roster'/>`.
    ///
    /// # Errors
    ///
    /// [`SessionError`]; the login stays valid.
    pub async fn roster(self, deadline: Instant) -> Result<Element, SessionError> {
        let Self { stream, domain, turn, elapsed: _ } = self;
        let asked = timeout_at(deadline, ask(stream, &domain)).await;
        let (stream, roster) = asked.map_err(|_| Unreachable::TimedOut { stage: Stage::Session })??;
        stream.close().await;
        // Only here, so that the reading of rosters is bounded as well.
        drop(turn);
        Ok(roster)
    }
}

async fn ask(stream: ClientStream, domain: &DomainRef) -> Result<(ClientStream, Element), SessionError> {
    let mut link = stream.into_link();
    link.append_to_next_flush(queries().as_bytes());
    let opened = ClientStream::open(link, domain, Meter::AFTER_LOGIN).await;
    let mut stream = opened.map_err(|fault| fault.at(Stage::Session))?;
    loop {
        let element = stream.next(Meter::AFTER_LOGIN).await.map_err(|fault| fault.at(Stage::Session))?;
        // The features, and whatever else the server may say unasked, are of no interest.
        match (element.name(), element.attr("id")) {
            ("iq", Some(BIND)) => check(&element, "a resource")?,
            ("iq", Some(ROSTER)) => {
                check(&element, "the roster")?;
                let empty = || Element::builder("query", ns::ROSTER).build();
                let query = element.children().find(|child| child.is("query", ns::ROSTER)).cloned();
                return Ok((stream, query.unwrap_or_else(empty)));
            }
            _ => {}
        }
    }
}

fn queries() -> String {
    let resource = Alphanumeric.sample_string(&mut rand::rng(), 12);
    format!(
        "<iq type='set' id='{BIND}'><bind xmlns='{}'><resource>provisioning-{resource}</resource></bind></iq>\
         <iq type='get' id='{ROSTER}'><query xmlns='{}'/></iq>",
        ns::BIND,
        ns::ROSTER
    )
}

fn check(iq: &Element, what: &'static str) -> Result<(), SessionError> {
    if iq.attr("type") != Some("error") {
        return Ok(());
    }
    let error = iq.children().find(|child| child.name() == "error");
    let condition = error.map_or_else(|| "undefined-condition".to_owned(), |error| condition(error, ns::XMPP_STANZAS));
    Err(SessionError::Stanza { what, condition })
}
