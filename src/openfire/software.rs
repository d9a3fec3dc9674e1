//! Which software the server is (XEP-0092).

use tokio::time::Instant;
use xmpp_parsers::jid::{BareJid, DomainPart, Jid};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::ns;
use xmpp_parsers::version::VersionResult;

use super::component::{Component, IqError};
use super::server_text::ServerText;

/// What a server says of itself. It may say anything there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Software {
    /// Its name, for example `Openfire`.
    pub name: ServerText,
    /// Its version; none when it does not say.
    pub version: Option<ServerText>,
}

/// Asks the server `domain`. None when the answer holds no name.
///
/// # Errors
///
/// [`IqError`], at the deadline at the latest.
pub async fn software(
    component: &Component,
    domain: &DomainPart,
    deadline: Instant,
) -> Result<Option<Software>, IqError> {
    let server = Jid::from(BareJid::from_parts(None, domain));
    let answer = component.get(server, Element::bare("query", ns::VERSION), deadline).await?;
    Ok(answer.and_then(read))
}

fn read(answer: Element) -> Option<Software> {
    let VersionResult { name, version, os: _ } = VersionResult::try_from(answer).ok()?;
    Some(Software { name: ServerText::clean(&name)?, version: ServerText::clean(&version) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn software(payload: &str) -> Option<(String, Option<String>)> {
        let answer = format!("<query xmlns='jabber:iq:version'>{payload}</query>").parse().unwrap();
        read(answer).map(|Software { name, version }| {
            (name.as_str().to_owned(), version.map(|version| version.as_str().to_owned()))
        })
    }

    /// XEP-0092 section 2, example 2.
    #[test]
    fn name_and_version_are_read_and_the_rest_is_not() {
        let said = software("<name>Exodus</name><version>0.7.0.4</version><os>Windows-XP 5.01.2600</os>");
        assert_eq!(said, Some(("Exodus".to_owned(), Some("0.7.0.4".to_owned()))));
    }

    #[test]
    fn hostile_and_missing_answers_do_no_harm() {
        let long = software(&format!("<name>{}\u{202e}</name><version/>", "x".repeat(5000)));
        assert!(long.is_some_and(|(name, version)| name.chars().count() <= 201 && version.is_none()));
        assert_eq!(software("<name> </name><version>1</version>"), None);
        assert_eq!(software(""), None);
    }
}
