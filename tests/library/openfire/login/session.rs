//! The user's own stream after the login: the binding before the roster, whose answers count, and how much is read.

use std::net::Ipv4Addr;
use std::time::Duration;

use openfire_provisioner::model::account::{Part, PartSet, Reason};
use openfire_provisioner::openfire::login::{SessionError, Stage, Unreachable};
use test_servers::component_port::{ComponentPort, named};
use test_servers::openfire::COMPONENT_SECRET;
use test_servers::scripted_peer::text::{OPENFIRE_5_BOUND, header, healthy, open};
use test_servers::scripted_peer::{ScriptedPeer, Step};
use tokio::time::Instant;
use xmpp_parsers::minidom::Element;

use crate::openfire::directory::setup as directory_setup;
use crate::support::logins::{credentials, login, settings_with_ca, soon};

/// As recorded on Openfire 5.1.1.
const ROSTER: &str = r#"<iq type="result" id="roster" to="anna@example.test/RES"><query xmlns="jabber:iq:roster" ver="-1273018282"><item jid="user2@example.test" name="User Number 2" subscription="both"><group>Friends</group></item></query></iq>"#;

/// The roster that a user gets from a server that goes on so after the login.
async fn roster(after_login: Vec<Step>, deadline: Instant) -> Result<Element, SessionError> {
    let peer = ScriptedPeer::start([[healthy(), after_login].concat()]).await;
    let login = login(&settings_with_ca(peer.address(), &peer.ca_file(), ""));
    let session = login.authenticate(&credentials("anna", "secret"), soon()).await.expect("a login");
    let outcome = session.roster(deadline).await;
    peer.all_closed().await;
    outcome
}

/// Answers the binding by `bound`, and sends `then` when the roster is asked for.
fn answers(bound: &str, then: &[&str]) -> Vec<Step> {
    let mut steps = open("<stream:features/>");
    steps.extend([Step::Expect("</iq>"), Step::Send(bound.to_owned()), Step::Expect("jabber:iq:roster")]);
    steps.push(Step::Send(then.concat()));
    steps
}

#[track_caller]
fn jids(roster: Result<Element, SessionError>) -> Vec<String> {
    let roster = roster.expect("a roster");
    roster.children().filter_map(|item| item.attr("jid").map(str::to_owned)).collect()
}

#[tokio::test]
async fn openfire_5_is_asked_for_the_roster_when_it_has_answered_the_binding() {
    assert_eq!(jids(roster(vec![Step::Session(Some(ROSTER))], soon()).await), ["user2@example.test"]);
}

#[tokio::test]
async fn a_roster_that_is_not_answered_costs_its_own_time_limit() {
    let peer = ScriptedPeer::start([[healthy(), vec![Step::Session(None)]].concat()]).await;
    let port = ComponentPort::start(|query| named(query, "Anna Berger")).await;
    let component = directory_setup::component("prov.example.test", port.address(), COMPONENT_SECRET).await;
    let directory = directory_setup::directory(component, "roster = \"session\"\nroster_timeout = \"200ms\"");
    let address = (Ipv4Addr::LOCALHOST, peer.address().port()).into();
    let session = directory_setup::session(address, &peer.ca_file(), "anna", "secret").await;
    let wanted = PartSet::NOTHING.with(Part::Vcard).with(Part::Roster);
    // It would wait for all of its 20 s.
    let entry = directory_setup::look_up(&directory, "anna", wanted, Some(session)).await;
    assert_eq!(entry.profile.full_name, "Anna Berger");
    let [missing] = entry.missing.as_slice() else { panic!("{:?}", entry.missing) };
    assert!(
        matches!(&missing.reason, Reason::Session(reported) if reported.contains("`directory.roster_timeout`")),
        "{missing}"
    );
    peer.all_closed().await;
}

#[tokio::test]
async fn an_answer_in_the_name_of_somebody_else_is_none() {
    let forged = |from: &str, id: &str| {
        format!(
            "<iq type='result' id='{id}' from='{from}'><query xmlns='jabber:iq:roster'><item jid='forged@evil.test'/></query></iq>"
        )
    };
    let senders = [
        "mallory@example.test",
        "anna@example.test/other",
        "anna@evil.test",
        "example.test",
        "",
        "prov.example.test/x",
    ];
    let lies: String = senders.map(|from| forged(from, "roster")).concat();
    let refusal = "<iq type='error' id='roster' from='mallory@example.test'><error type='auth'><forbidden \
                   xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>";
    let others = "<iq type='get' id='roster'/><message id='roster'/><iq xmlns='x' type='result' id='roster'/>";
    assert_eq!(
        jids(roster(answers(OPENFIRE_5_BOUND, &[&lies, refusal, others, ROSTER]), soon()).await),
        ["user2@example.test"]
    );
    for from in ["anna@example.test", "anna@example.test/RES", "ANNA@example.test"] {
        let true_one = ROSTER.replacen("<iq ", &format!("<iq from='{from}' "), 1);
        assert_eq!(jids(roster(answers(OPENFIRE_5_BOUND, &[&true_one]), soon()).await), ["user2@example.test"]);
    }
    // The binding, too, is nobody else's to answer; the server may answer it in its own name.
    let bound = |from: &str| OPENFIRE_5_BOUND.replacen("<iq ", &format!("<iq from='{from}' "), 1);
    let stolen = bound("mallory@example.test").replace("anna@", "mallory@");
    let twice = stolen + &bound("example.test");
    assert_eq!(jids(roster(answers(&twice, &[&lies, ROSTER]), soon()).await), ["user2@example.test"]);
    // An answer to what has not been asked yet is none either.
    let early = ROSTER.replace("user2@", "early@") + OPENFIRE_5_BOUND;
    assert_eq!(jids(roster(answers(&early, &[ROSTER]), soon()).await), ["user2@example.test"]);
}

#[tokio::test]
async fn a_roster_without_an_end_is_given_up_at_once() {
    let open_roster = "<iq type='result' id='roster'><query xmlns='jabber:iq:roster'>";
    for flood in ["<item/>", "<item jid='a@b'><group>g</group></item>"] {
        let steps = [answers(OPENFIRE_5_BOUND, &[open_roster]), vec![Step::Flood(flood, 400_000)]].concat();
        let error = roster(steps, Instant::now() + Duration::from_mins(2)).await.unwrap_err();
        let reported = matches!(error, SessionError::Lost(Unreachable::Oversized { stage: Stage::Session }));
        assert!(reported, "{error:?}");
    }
    // Nor before the roster is asked for.
    let features = vec![Step::Expect(">"), Step::Send(header() + "<stream:features>")];
    let steps = [features, vec![Step::Flood("<a/>", 400_000)]].concat();
    let error = roster(steps, Instant::now() + Duration::from_mins(2)).await.unwrap_err();
    assert!(matches!(error, SessionError::Lost(Unreachable::Oversized { .. })), "{error:?}");
}

#[tokio::test]
async fn the_servers_own_words_are_passed_on() {
    let refused = "<iq type='error' id='bind'><error type='cancel'><not-allowed \
                   xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>Too many\n\
                   sessions\u{202e}</text></error></iq>";
    let reported = roster(answers(refused, &[]), soon()).await.unwrap_err().to_string();
    assert_eq!(reported, "the server refused a resource (not-allowed); the server says \"Too many sessions\u{fffd}\"");
    let over = "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text \
                xmlns='urn:ietf:params:xml:ns:xmpp-streams'>TLS is mandatory, but was not established.</text></stream:error>";
    let reported = roster(answers(OPENFIRE_5_BOUND, &[over]), soon()).await.unwrap_err().to_string();
    assert!(reported.ends_with("; the server says \"TLS is mandatory, but was not established.\""), "{reported}");
}
