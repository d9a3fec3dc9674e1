//! What Openfire 5.1 says to a user who asks for the commands, and what no healthy server says.

use std::time::Duration;

use openfire_provisioner::administration::role::Role;
use openfire_provisioner::administration::sign_in::SignInError;
use test_servers::scripted_peer::text::{OPENFIRE_5_BOUND, OPENFIRE_5_SESSION, healthy, open};
use test_servers::scripted_peer::{ScriptedPeer, Step};
use tokio::time::Instant;

use super::setup::Site;
use crate::support::logins::soon;

/// As recorded on Openfire 5.1.1, for an ordinary user.
const ONLY_PING: &str = r#"<iq type="result" id="commands" from="example.test" to="anna@example.test/RES"><query xmlns="http://jabber.org/protocol/disco#items" node="http://jabber.org/protocol/commands"><item jid="example.test" name="Request pong from server" node="ping"/></query></iq>"#;

/// The beginning of the same for an administrator.
const COMMANDS: &str = r#"<iq type="result" id="commands" from="example.test" to="anna@example.test/RES"><query xmlns="http://jabber.org/protocol/disco#items" node="http://jabber.org/protocol/commands"><item jid="example.test" name="VCard created" node="http://jabber.org/protocol/event#vcard-created"/><item jid="example.test" name="Get List of Existing Groups" node="http://jabber.org/protocol/admin#get-groups"/><item jid="example.test" name="Get User Properties" node="http://jabber.org/protocol/admin#get-user-properties"/></query></iq>"#;

/// What comes of a sign-in when the server says this after it was asked for the commands.
async fn answered(answers: &[&str], deadline: Instant) -> Result<Role, SignInError> {
    let mut steps = [healthy(), open(OPENFIRE_5_SESSION)].concat();
    steps.extend([
        Step::Expect("</iq>"),
        Step::Send(OPENFIRE_5_BOUND.to_owned()),
        Step::Expect("http://jabber.org/protocol/commands"),
        Step::Send(answers.concat()),
    ]);
    let peer = ScriptedPeer::start([steps]).await;
    // The component port is closed: signing in needs no component.
    let site = Site::new(peer.address(), 1, &peer.ca_file(), "").await;
    let outcome = site.sign_in_by("anna", "secret", "192.0.2.1", deadline).await;
    peer.all_closed().await;
    outcome.map(|account| account.role)
}

#[tokio::test]
async fn an_ordinary_user_of_openfire_5_is_offered_ping_alone_and_is_no_administrator() {
    assert_eq!(answered(&[ONLY_PING], soon()).await, Err(SignInError::NotAdministrator));
    assert_eq!(answered(&[COMMANDS], soon()).await, Ok(Role::Administrator));
}

#[tokio::test]
async fn only_the_server_itself_says_who_is_an_administrator() {
    let lies = ["mallory@example.test", "anna@example.test", "anna@example.test/RES", "evil.test", ""]
        .map(|from| COMMANDS.replace("from=\"example.test\"", &format!("from=\"{from}\"")));
    let without = COMMANDS.replace(" from=\"example.test\"", "");
    let another = COMMANDS.replace("id=\"commands\"", "id=\"roster\"");
    let answers = [&lies.concat(), &without, &another, ONLY_PING];
    assert_eq!(answered(&answers, soon()).await, Err(SignInError::NotAdministrator));
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_not_a_no() {
    let refused = "<iq type='error' id='commands' from='example.test'><error type='cancel'><service-unavailable \
                   xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>";
    let empty = "<iq type='result' id='commands' from='example.test'/>";
    for (answer, deadline) in [(refused, soon()), (empty, soon()), ("", Instant::now() + Duration::from_secs(2))] {
        let outcome = answered(&[answer], deadline).await;
        let Err(SignInError::CannotCheck { reason }) = outcome else { panic!("{answer}: {outcome:?}") };
        assert!(reason.starts_with("the password is correct, but Openfire did not say"), "{reason}");
    }
}
