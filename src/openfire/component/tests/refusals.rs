//! How servers refuse a component, as seen on real ones.

use std::time::Duration;

use super::*;

const STREAM: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><stream:stream \
                      xmlns:stream=\"http://etherx.jabber.org/streams\" xmlns=\"jabber:component:accept\"";

/// What the component makes of `at_header`, and of `at_handshake` when the header let it come to that.
async fn reason(at_header: &str, at_handshake: &str) -> std::sync::Arc<ComponentError> {
    let mut play = Play::begin();
    let mut peer = play.connection().await;
    peer.hear("to='prov.example.test'>").await;
    peer.say(at_header).await;
    if !at_handshake.is_empty() {
        peer.hear("</handshake>").await;
        peer.say(at_handshake).await;
    }
    drop(peer);
    let reason = play.reason().await;
    assert!(!format!("{reason} {reason:?}").contains(SECRET));
    reason
}

fn refused(condition: &str) -> String {
    format!(
        "<stream:error xmlns:stream=\"http://etherx.jabber.org/streams\"><{condition} \
         xmlns=\"urn:ietf:params:xml:ns:xmpp-streams\"/></stream:error></stream:stream>"
    )
}

/// Openfire 4.2 and 5.1, Prosody 0.12.
#[tokio::test(start_paused = true)]
async fn a_wrong_secret() {
    let reason = reason(OPENED, &refused("not-authorized")).await;
    assert!(matches!(*reason, ComponentError::WrongSecret { .. }), "{reason}");
}

fn refused_with(condition: &str, text: &str) -> String {
    let end = "</stream:error>";
    refused(condition).replace(end, &format!("<text xmlns=\"urn:ietf:params:xml:ns:xmpp-streams\">{text}</text>{end}"))
}

/// Openfire 5.2 with `xmpp.component.tls.policy` = `required`, for the right secret too.
#[tokio::test(start_paused = true)]
async fn a_lack_of_tls_is_no_wrong_secret() {
    let refusal = refused_with("not-authorized", "TLS is mandatory, but was not established.");
    let reason = reason(OPENED, &refusal).await;
    assert!(matches!(*reason, ComponentError::TlsRequired { .. }), "{reason}");
    let message = reason.to_string();
    assert!(message.contains("`component.tls = \"starttls\"`"), "{message}");
    assert!(message.ends_with("; the server says \"TLS is mandatory, but was not established.\""), "{message}");
}

/// A server may write anything there, so other words change nothing but the end of the message.
#[tokio::test(start_paused = true)]
async fn the_servers_text_is_passed_on_clean_and_short() {
    let hostile = format!("No&#10;{}\u{202e}entry", "x".repeat(5000));
    for condition in ["not-authorized", "conflict", "host-unknown", "invalid-namespace", "system-shutdown", "made-up"] {
        let said = reason(OPENED, &refused_with(condition, &hostile)).await.to_string();
        let (_, text) = said.split_once("; the server says \"No x").unwrap_or_else(|| panic!("{condition}: {said}"));
        assert!(text.len() < 600 && !said.contains(['\n', '\u{202e}']), "{condition}: {said}");
    }
    let reason = reason(OPENED, &refused_with("not-authorized", "Bad digest.")).await;
    assert!(matches!(*reason, ComponentError::WrongSecret { .. }), "{reason}");
    assert!(reason.to_string().ends_with("; the server says \"Bad digest.\""), "{reason}");
}

/// Openfire 4.2, 5.1 and 5.2 open the stream and refuse the namespace; a laxer server shows it by its features.
#[tokio::test(start_paused = true)]
async fn a_port_for_clients() {
    let features = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></stream:features>";
    for said in [&refused("invalid-namespace"), features] {
        let reason = reason(OPENED, said).await;
        assert!(matches!(*reason, ComponentError::NoStream(Loss::NoComponentPort { .. })), "{reason}");
        assert!(reason.to_string().contains("set `component.port` to the component port"), "{reason}");
    }
}

/// Openfire 4.2 says it in the header already, without an id.
#[tokio::test(start_paused = true)]
async fn a_taken_name_on_openfire_4() {
    let reason = reason(&format!("{STREAM} from=\"prov.example.test\">{}", refused("conflict")), "").await;
    assert!(matches!(*reason, ComponentError::NameTaken { .. }), "{reason}");
}

/// Openfire 5.1: a header without an id, and the end.
#[tokio::test(start_paused = true)]
async fn a_taken_or_blocked_name_on_openfire_5() {
    let reason = reason(&format!("{STREAM} from=\"prov.example.test\">"), "").await;
    assert!(matches!(*reason, ComponentError::NotAdmitted { .. }), "{reason}");
}

/// Openfire's code means to send this for a name without a secret.
#[tokio::test(start_paused = true)]
async fn a_name_without_a_secret() {
    let error = refused("internal-server-error");
    let reason = reason(&format!("{STREAM} from=\"prov.example.test\">{error}"), "").await;
    assert!(matches!(*reason, ComponentError::NotAdmitted { .. }), "{reason}");
}

/// Prosody 0.12: an empty id.
#[tokio::test(start_paused = true)]
async fn an_unknown_name_on_prosody() {
    let error = refused("host-unknown");
    let reason = reason(&format!("{STREAM} id='' version='1.0' from='prov.example.test'>{error}"), "").await;
    assert!(matches!(*reason, ComponentError::NameNotAllowed { .. }), "{reason}");
}

/// Prosody 0.12 says it after the right handshake only.
#[tokio::test(start_paused = true)]
async fn a_taken_name_on_prosody() {
    let reason = reason(OPENED, &refused("conflict")).await;
    assert!(matches!(*reason, ComponentError::NameTaken { .. }), "{reason}");
}

/// Openfire 4.2 and 5.1 for the bare server domain; also any port that expects TLS.
#[tokio::test(start_paused = true)]
async fn a_close_without_an_answer() {
    let mut play = Play::begin();
    drop(play.connection().await);
    let reason = play.reason().await;
    assert!(matches!(*reason, ComponentError::NoStream(_)), "{reason}");
}

/// Openfire 4.2 puts its own domain behind a foreign name.
#[tokio::test(start_paused = true)]
async fn another_domain_on_openfire_4() {
    let header = OPENED.replace("prov.example.test", "prov.example.test.real.test");
    let reason = reason(&header, "").await;
    assert!(matches!(*reason, ComponentError::WrongDomain { .. }), "{reason}");
    assert!(reason.to_string().contains("prov.example.test.real.test"), "{reason}");
}

/// Openfire 5.1 does so too, and shows it only in its first query.
#[tokio::test(start_paused = true)]
async fn another_domain_on_openfire_5() {
    let query = "<handshake></handshake><iq type=\"get\" id=\"421-100\" from=\"component.real.test\" \
                 to=\"prov.example.test.real.test\"><query xmlns=\"http://jabber.org/protocol/disco#info\"/></iq>";
    let reason = reason(OPENED, query).await;
    assert!(matches!(*reason, ComponentError::WrongDomain { .. }), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_away_is_asked_often_and_one_that_refuses_seldom() {
    let mut play = Play::begin();
    let mut before = Instant::now();
    for attempt in 0..12 {
        drop(play.connection().await);
        let pause = before.elapsed();
        assert!(pause <= Duration::from_secs(1), "attempt {attempt} after {pause:?}");
        before = Instant::now();
    }
    let mut pauses = Vec::new();
    for _ in 0..9 {
        let mut peer = play.connection().await;
        pauses.push(before.elapsed());
        before = Instant::now();
        peer.hear("to='prov.example.test'>").await;
        peer.say(&format!("{STREAM} from=\"prov.example.test\">")).await;
    }
    assert!(pauses[1] >= Duration::from_millis(500), "{pauses:?}");
    assert!(pauses.iter().all(|pause| *pause <= Duration::from_secs(30)), "{pauses:?}");
    assert!(*pauses.last().unwrap() >= Duration::from_secs(15), "{pauses:?}");
}

#[tokio::test(start_paused = true)]
async fn only_a_link_that_stood_for_a_while_makes_the_pauses_short_again() {
    let mut play = Play::begin();
    for _ in 0..8 {
        drop(play.connection().await);
    }
    drop(play.accepted().await);
    let lost = Instant::now();
    let peer = play.accepted().await;
    assert!(lost.elapsed() >= Duration::from_millis(500), "{:?}", lost.elapsed());
    tokio::time::sleep(Duration::from_secs(11)).await;
    drop(peer);
    let lost = Instant::now();
    play.connection().await;
    assert!(lost.elapsed() <= Duration::from_millis(100), "{:?}", lost.elapsed());
}
