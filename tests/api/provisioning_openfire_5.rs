//! What Openfire 5.1.1 said on both ports, replayed: one whole request with vCard and roster.
//!
//! The stanzas were recorded on a running server; no other server that tests can start shows them.

use jitsi_properties::parse;
use openfire_provisioner::model::account::{Part, Reason, Username};
use tokio::time::{Duration, Instant};
use xmpp_parsers::jid::DomainPart;
use xmpp_parsers::minidom::Element;

use crate::support::component_port::{error, is_vcard_query, result};
use crate::support::faulty_site::{FaultySite, Settings, ask};
use crate::support::logins::client;
use crate::support::openfire::DOMAIN;
use crate::support::scripted_peer::text::{PROCEED, open};
use crate::support::scripted_peer::{Fault, Scram, Step};

const BEFORE_TLS: &str = r#"<stream:features><starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/><limits xmlns="urn:xmpp:stream-limits:0"><max-bytes>1048576</max-bytes><idle-seconds>360</idle-seconds></limits><sasl-channel-binding xmlns="urn:xmpp:sasl-cb:0"><channel-binding type="tls-server-end-point"/></sasl-channel-binding><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism><mechanism>SCRAM-SHA-1</mechanism><mechanism>SCRAM-SHA-1-PLUS</mechanism></mechanisms><compression xmlns="http://jabber.org/features/compress"><method>zlib</method></compression><ver xmlns="urn:xmpp:features:rosterver"/><register xmlns="http://jabber.org/features/iq-register"/><c xmlns="http://jabber.org/protocol/caps" hash="sha-1" node="https://www.igniterealtime.org/projects/openfire/" ver="JM8CvO2Vtsbw056Qe+DD0fk9Pbs="/><limits xmlns="urn:xmpp:stream-limits:0"><max-bytes>1048576</max-bytes><idle-seconds>360</idle-seconds></limits></stream:features>"#;
const INSIDE_TLS: &str = r#"<stream:features><sasl-channel-binding xmlns="urn:xmpp:sasl-cb:0"><channel-binding type="tls-server-end-point"/></sasl-channel-binding><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism><mechanism>SCRAM-SHA-1</mechanism><mechanism>SCRAM-SHA-1-PLUS</mechanism></mechanisms><compression xmlns="http://jabber.org/features/compress"><method>zlib</method></compression><ver xmlns="urn:xmpp:features:rosterver"/><register xmlns="http://jabber.org/features/iq-register"/><c xmlns="http://jabber.org/protocol/caps" hash="sha-1" node="https://www.igniterealtime.org/projects/openfire/" ver="JM8CvO2Vtsbw056Qe+DD0fk9Pbs="/><limits xmlns="urn:xmpp:stream-limits:0"><max-bytes>1048576</max-bytes><idle-seconds>360</idle-seconds></limits></stream:features>"#;
/// What any component may run, cut to every kind that is there.
const COMMANDS: &str = r#"<query xmlns="http://jabber.org/protocol/disco#items" node="http://jabber.org/protocol/commands"><item jid="example.test" name="VCard created" node="http://jabber.org/protocol/event#vcard-created"/><item jid="example.test" name="Group deleting" node="http://jabber.org/protocol/event#group-created"/><item jid="example.test" name="Delete a User" node="http://jabber.org/protocol/admin#delete-user"/><item jid="example.test" name="Request pong from server" node="ping"/><item jid="example.test" name="Authenticate User" node="http://jabber.org/protocol/admin#authenticate-user"/><item jid="example.test" name="Get User Roster" node="http://jabber.org/protocol/admin#get-user-roster"/></query>"#;
const FORM: &str = r#"<command xmlns="http://jabber.org/protocol/commands" sessionid="LiHQk0AZrop0mKp" node="http://jabber.org/protocol/admin#get-user-roster" status="executing"><x xmlns="jabber:x:data" type="form"><title>Get user roster</title><instructions>Fill out this form to get the roster of a user.</instructions><field type="hidden" var="FORM_TYPE"><value>http://jabber.org/protocol/admin</value></field><field type="jid-multi" label="The Jabber ID of the user for which to retrieve the roster" var="accountjids"><required/></field></x><actions execute="complete"><complete/></actions></command>"#;
const ROSTER: &str = r#"<command xmlns="http://jabber.org/protocol/commands" sessionid="LiHQk0AZrop0mKp" node="http://jabber.org/protocol/admin#get-user-roster" status="completed"><note type="info">Operation finished successfully.</note><x xmlns="jabber:x:data" type="result"><field type="hidden" var="FORM_TYPE"><value>http://jabber.org/protocol/admin</value></field><field type="jid-multi" var="accountjids"><value>user1@example.test</value></field><query xmlns="jabber:iq:roster"><item jid="user17@example.test" name="User 17" subscription="to"><group>Sales Team</group></item><item jid="user141@example.test" name="Alias 141" subscription="both"><group>Work</group><group>Команда</group></item><item jid="user138@example.test" name="山田さん" subscription="both"><group>Work</group><group>Команда</group></item><item jid="user137@example.test" name="Zoë (alias) &amp; &lt;co&gt;" subscription="both"><group>Friends</group></item><item jid="user139@example.test" subscription="both"/></query></x></command>"#;
const VCARD: &str = "<vCard xmlns=\"vcard-temp\"><N><FAMILY>\"Quote\" \\ ${null}</FAMILY><GIVEN>O'Brien</GIVEN><MIDDLE/></N><ORG><ORGNAME>A=B &amp; C \\ D\nline2</ORGNAME><ORGUNIT>&lt;script&gt;alert('ou')&lt;/script&gt;</ORGUNIT></ORG><FN>O'Brien \"Quote\" &lt;script&gt;alert(1)&lt;/script&gt; ${null} a=b c\\d\nsecond line</FN><EMAIL><WORK/><INTERNET/><PREF/><USERID>user7@work.example.test</USERID></EMAIL><TEL><WORK/><VOICE/><NUMBER>+1 555 0107</NUMBER></TEL></vCard>";

const TEMPLATE: &str = "name={{ vcard.full_name }}\norg={{ vcard.organisation }}\nmail={{ vcard.email }}\nphone={{ vcard.phone.work }}\n\
    {% for contact in roster %}c.{{ contact.jid }}={{ contact.name }}|{{ contact.groups | join(',') }}|{{ contact.subscription }}\n{% endfor %}";

/// A login as Openfire 5.1 does it, and nothing after it.
fn login() -> Vec<Step> {
    let mut steps = open(BEFORE_TLS);
    let proceed = Step::Send(PROCEED.replace('\'', "\""));
    steps.extend([Step::Expect("<starttls"), Step::Expect(">"), proceed, Step::Tls]);
    steps.extend(open(INSIDE_TLS));
    let server = Step::Scram(Scram { password: "secret", iterations: 4096, fault: Fault::None });
    steps.extend([Step::Expect("SCRAM-SHA-1-PLUS"), Step::Expect("</auth>"), server]);
    steps
}

/// The component port. It says nothing at all about an account that it does not have.
fn answer(query: &Element) -> Option<String> {
    let payload = query.children().next()?;
    let to = query.attr("to")?;
    match (payload.name(), payload.attr("action")) {
        ("vCard", _) if to == "user7@example.test" => Some(result(query, VCARD)),
        ("vCard", _) if to == "user500@example.test" => Some(error(query, "service-unavailable")),
        ("query", _) => Some(result(query, COMMANDS)),
        ("command", Some("complete")) => Some(result(query, ROSTER)),
        ("command", Some("execute") | None) => Some(result(query, FORM)),
        _ => None,
    }
}

async fn site() -> FaultySite {
    let component = "iq_timeout = \"500ms\"";
    let site = FaultySite::start(Settings { component, template: Some(TEMPLATE), ..Settings::default() }, [login()]);
    let site = site.await;
    site.port.answer_by(answer);
    site
}

fn name_of(stanza: &Element) -> String {
    stanza.children().next().map(Element::ns).unwrap_or_default()
}

#[tokio::test]
async fn one_request_brings_vcard_and_roster_over_the_component_and_binds_no_session() {
    let site = site().await;
    let reply = ask(&site.client_safe, "user7").await;
    assert_eq!(reply.status, 200, "{reply}");
    let document = parse(reply.text()).unwrap();
    let read: Vec<_> = document.entries().map(|entry| (entry.key(), entry.value())).collect();
    assert_eq!(
        read,
        [
            ("name", "O'Brien \"Quote\" <script>alert(1)</script> ${null} a=b c\\d\nsecond line"),
            ("org", "A=B & C \\ D\nline2"),
            ("mail", "user7@work.example.test"),
            ("phone", "+1 555 0107"),
            ("c.user17@example.test", "User 17|Sales Team|to"),
            ("c.user141@example.test", "Alias 141|Work,Команда|both"),
            ("c.user138@example.test", "山田さん|Work,Команда|both"),
            ("c.user137@example.test", "Zoë (alias) & <co>|Friends|both"),
            ("c.user139@example.test", "||both"),
        ]
    );
    site.is_clean().await;
    let after_login = site.peer.unexpected();
    assert!(after_login.iter().all(|text| matches!(text.trim(), "" | "</stream:stream>")), "{after_login:?}");
    site.stop().await;
}

#[tokio::test]
async fn an_account_without_a_vcard_has_its_roster_all_the_same() {
    let site = site().await;
    let reply = ask(&site.client_safe, "user500").await;
    assert_eq!(reply.status, 200, "{reply}");
    let document = parse(reply.text()).unwrap();
    assert_eq!(document.entries().map(|entry| entry.value()).take(2).collect::<Vec<_>>(), ["", ""]);
    assert_eq!(document.entries().count(), 9);
    site.is_clean().await;
    site.stop().await;
}

#[tokio::test]
async fn a_preview_of_an_account_that_does_not_exist_says_that_nothing_was_answered() {
    let site = site().await;
    let user = Username::parse("no-such", &DomainPart::new(DOMAIN).unwrap()).unwrap();
    let client = client(&[]);
    let deadline = Instant::now() + Duration::from_secs(8);
    let preview = site.client_safe.provisioner().preview(&user, &client, deadline).await.unwrap();
    let missing: Vec<_> = preview.entry.missing.iter().map(|missing| (missing.part, &missing.reason)).collect();
    assert_eq!(missing, [(Part::Vcard, &Reason::TimedOut)]);
    assert!(preview.entry.missing[0].to_string().contains("no such account"));
    site.is_clean().await;
    site.stop().await;
}

#[tokio::test]
async fn what_the_server_asks_at_once_after_the_handshake_is_answered() {
    let site = site().await;
    for (id, payload) in [("362-115", "http://jabber.org/protocol/disco#info"), ("581-116", "jabber:iq:version")] {
        site.port.say(format!(
            "<iq type=\"get\" id=\"{id}\" from=\"component.example.test\" to=\"client-safe.example.test\"><query \
             xmlns=\"{payload}\"/></iq>"
        ));
        let answers = site.port.heard(1, |stanza| stanza.attr("id") == Some(id)).await;
        let told = ["type", "to", "from"].map(|name| answers[0].attr(name).unwrap());
        assert_eq!(told, ["result", "component.example.test", "client-safe.example.test"]);
        assert_eq!(name_of(&answers[0]), payload);
    }
    assert!(is_provisioned_still(&site).await);
    site.stop().await;
}

async fn is_provisioned_still(site: &FaultySite) -> bool {
    let reply = ask(&site.client_safe, "user7").await;
    reply.status == 200 && !site.port.heard(1, is_vcard_query).await.is_empty()
}
