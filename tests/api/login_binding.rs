//! Channel binding, and the stanzas of Openfire 5.1, which has it.

use openfire_provisioner::openfire::login::{CannotCheck, LoginError, Refusal, Unreachable};

use crate::support::logins::{credentials, login, settings_with_ca, soon};
use crate::support::scripted_peer::text::{PROCEED, failure, mechanisms, open, secured};
use crate::support::scripted_peer::{Fault, Scram, ScriptedPeer, Step};

/// The features of Openfire 5.1.1 inside TLS, byte for byte (as measured on a running server).
const OPENFIRE_5_TLS: &str = r#"<stream:features><sasl-channel-binding xmlns="urn:xmpp:sasl-cb:0"><channel-binding type="tls-server-end-point"/></sasl-channel-binding><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism><mechanism>SCRAM-SHA-1</mechanism><mechanism>SCRAM-SHA-1-PLUS</mechanism></mechanisms><compression xmlns="http://jabber.org/features/compress"><method>zlib</method></compression><ver xmlns="urn:xmpp:features:rosterver"/><register xmlns="http://jabber.org/features/iq-register"/><c xmlns="http://jabber.org/protocol/caps" hash="sha-1" node="https://www.igniterealtime.org/projects/openfire/" ver="JM8CvO2Vtsbw056Qe+DD0fk9Pbs="/><limits xmlns="urn:xmpp:stream-limits:0"><max-bytes>1048576</max-bytes><idle-seconds>360</idle-seconds></limits></stream:features>"#;
/// The same in the clear, where `<limits/>` stands twice.
const OPENFIRE_5_CLEAR: &str = r#"<stream:features><starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/><limits xmlns="urn:xmpp:stream-limits:0"><max-bytes>1048576</max-bytes><idle-seconds>360</idle-seconds></limits><sasl-channel-binding xmlns="urn:xmpp:sasl-cb:0"><channel-binding type="tls-server-end-point"/></sasl-channel-binding><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism><mechanism>SCRAM-SHA-1</mechanism><mechanism>SCRAM-SHA-1-PLUS</mechanism></mechanisms><compression xmlns="http://jabber.org/features/compress"><method>zlib</method></compression><ver xmlns="urn:xmpp:features:rosterver"/><register xmlns="http://jabber.org/features/iq-register"/><c xmlns="http://jabber.org/protocol/caps" hash="sha-1" node="https://www.igniterealtime.org/projects/openfire/" ver="JM8CvO2Vtsbw056Qe+DD0fk9Pbs="/><limits xmlns="urn:xmpp:stream-limits:0"><max-bytes>1048576</max-bytes><idle-seconds>360</idle-seconds></limits></stream:features>"#;
const OPENFIRE_5_ROSTER: &str = r#"<iq type="result" id="roster" to="anna@example.test/RES"><query xmlns="jabber:iq:roster" ver="-1273018282"><item jid="user2@example.test" name="User Number 2" subscription="both"><group>Friends</group></item></query></iq>"#;

fn scram(fault: Fault) -> Step {
    Step::Scram(Scram { password: "secret", iterations: 4096, fault })
}

fn starttls() -> Vec<Step> {
    let mut steps = open(OPENFIRE_5_CLEAR);
    steps.extend([Step::Expect("<starttls"), Step::Expect(">"), Step::Send(PROCEED.to_owned()), Step::Tls]);
    steps
}

fn openfire_5(mechanism: &'static str) -> Vec<Step> {
    let mut steps = starttls();
    steps.extend(open(OPENFIRE_5_TLS));
    steps.extend([Step::Expect(mechanism), Step::Expect("</auth>"), scram(Fault::None)]);
    steps.push(Step::Session(Some(OPENFIRE_5_ROSTER)));
    steps
}

#[tokio::test]
async fn openfire_5_is_logged_in_to_with_the_binding_to_its_certificate() {
    for (peer, mechanism) in [
        (ScriptedPeer::start([openfire_5("'SCRAM-SHA-1-PLUS'")]).await, "TLS 1.3"),
        (ScriptedPeer::start_with_tls12([openfire_5("'SCRAM-SHA-1-PLUS'")]).await, "TLS 1.2"),
    ] {
        let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
        let session = login.authenticate(&credentials("anna", "secret"), soon()).await;
        let Ok(session) = session else { panic!("{mechanism}: {:?}", session.err()) };
        let roster = session.roster(soon()).await.expect("a roster");
        assert_eq!(roster.children().next().and_then(|item| item.attr("jid")), Some("user2@example.test"));
        peer.all_closed().await;
    }
}

#[tokio::test]
async fn the_default_binding_under_tls_13_is_the_exporter() {
    let mut steps = secured(&mechanisms(&["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"]));
    steps.extend([Step::Expect("'SCRAM-SHA-256-PLUS'"), Step::Expect("</auth>"), scram(Fault::None)]);
    let peer = ScriptedPeer::start([steps]).await;
    let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
    let outcome = login.authenticate(&credentials("anna", "secret"), soon()).await;
    assert!(outcome.is_ok(), "{:?}", outcome.err());
}

// Source: RFC 6120 section 6.3.10.
#[tokio::test]
async fn the_signature_may_come_in_a_challenge_before_the_success() {
    let mut steps = secured(&mechanisms(&["SCRAM-SHA-256"]));
    steps.extend([Step::Expect("</auth>"), scram(Fault::SignatureInChallenge)]);
    let peer = ScriptedPeer::start([steps]).await;
    let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
    let outcome = login.authenticate(&credentials("anna", "secret"), soon()).await;
    assert!(outcome.is_ok(), "{:?}", outcome.err());
}

/// A server behind something that ends TLS: every login with channel binding fails.
fn behind_a_proxy() -> Vec<Step> {
    let mut steps = secured(&mechanisms(&["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"]));
    for _ in 0..2 {
        steps.extend([Step::Expect("</auth>"), scram(Fault::OtherChannel)]);
    }
    steps
}

#[tokio::test]
async fn a_broken_channel_binding_is_not_taken_for_a_wrong_password() {
    let peer = ScriptedPeer::start([behind_a_proxy()]).await;
    let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
    let right = login.authenticate(&credentials("anna", "secret"), soon()).await;
    assert!(matches!(right, Err(LoginError::CannotCheck(CannotCheck::ChannelBinding))), "{:?}", right.err());
    let wrong = login.authenticate(&credentials("anna", "wrong"), soon()).await;
    assert!(matches!(wrong, Err(LoginError::Refused(Refusal::NotAuthorized, _))), "{:?}", wrong.err());
    peer.all_closed().await;
}

#[tokio::test]
async fn once_channel_binding_has_worked_a_refusal_is_a_refusal() {
    let bound = |more: [Step; 1]| {
        let mut steps = secured(&mechanisms(&["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"]));
        steps.push(Step::Expect("</auth>"));
        steps.extend(more);
        steps
    };
    let scripts = [bound([scram(Fault::None)]), bound([Step::Send(failure("not-authorized"))])];
    let peer = ScriptedPeer::start(scripts).await;
    let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
    let first = login.authenticate(&credentials("anna", "secret"), soon()).await;
    assert!(first.is_ok(), "{:?}", first.err());
    let second = login.authenticate(&credentials("anna", "secret"), soon()).await;
    assert!(matches!(second, Err(LoginError::Refused(Refusal::NotAuthorized, _))), "{:?}", second.err());
}

/// A server that answers a login with channel binding by `condition`, and then the one without it by `then`.
async fn unconfirmed(condition: &str, then: Vec<Step>) -> LoginError {
    let mut steps = secured(&mechanisms(&["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"]));
    steps.extend([Step::Expect("'SCRAM-SHA-256-PLUS'"), Step::Expect("</auth>"), Step::Send(failure(condition))]);
    steps.extend(then);
    let peer = ScriptedPeer::start([steps]).await;
    let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
    let error = login.authenticate(&credentials("anna", "secret"), soon()).await.err().expect("a failure");
    peer.all_closed().await;
    error
}

#[tokio::test]
async fn a_refusal_that_cannot_be_confirmed_is_none() {
    let unbound = |answer: Step| vec![Step::Expect("</auth>"), answer];
    let error = unconfirmed("not-authorized", vec![Step::Cut]).await;
    assert!(matches!(error, LoginError::Unreachable(Unreachable::Cut { .. })), "{error:?}");
    let error = unconfirmed("not-authorized", vec![Step::Send("</stream:stream>".to_owned())]).await;
    assert!(matches!(error, LoginError::Unreachable(Unreachable::Cut { .. })), "{error:?}");
    let over = "<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
    let error = unconfirmed("not-authorized", unbound(Step::Send(over.to_owned()))).await;
    assert!(matches!(error, LoginError::Unreachable(Unreachable::StreamError { .. })), "{error:?}");
    let error = unconfirmed("not-authorized", unbound(Step::Send("<what/>".to_owned()))).await;
    assert!(matches!(error, LoginError::Unreachable(Unreachable::Garbage { .. })), "{error:?}");
    let error = unconfirmed("not-authorized", unbound(Step::Send(failure("temporary-auth-failure")))).await;
    assert!(matches!(error, LoginError::CannotCheck(CannotCheck::Condition { .. })), "{error:?}");
    let error = unconfirmed("not-authorized", unbound(Step::Send(failure("account-disabled")))).await;
    assert!(matches!(error, LoginError::Refused(Refusal::AccountDisabled, _)), "{error:?}");
}

#[tokio::test]
async fn a_message_that_is_not_understood_is_sent_again_without_channel_binding() {
    let error = unconfirmed("malformed-request", vec![Step::Expect("</auth>"), scram(Fault::None)]).await;
    assert!(matches!(error, LoginError::CannotCheck(CannotCheck::ChannelBinding)), "{error:?}");
    let refusal = Step::Send(failure("not-authorized"));
    let error = unconfirmed("malformed-request", vec![Step::Expect("</auth>"), refusal]).await;
    assert!(matches!(error, LoginError::Refused(Refusal::NotAuthorized, _)), "{error:?}");
}
