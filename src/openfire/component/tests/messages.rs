//! Chat messages of ours, and those that come back.

use xmpp_parsers::jid::BareJid;

use super::super::message::MOST_TEXT;
use super::*;
use crate::openfire::component::MessageError;

fn anna() -> BareJid {
    BareJid::new("anna@example.test").unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_message_is_sent_while_the_link_is_up_and_not_afterwards() {
    let mut play = Play::begin();
    assert_eq!(play.component.tell(&anna(), "early"), Err(MessageError::Disconnected));
    let mut peer = play.accepted().await;
    assert_eq!(play.component.tell(&anna(), "a <b>"), Ok(()));
    let text = peer.hear("</message>").await;
    assert!(
        text.contains("to='anna@example.test'") && text.contains("a &lt;b&gt;") && !text.contains("early"),
        "{text}"
    );
    drop(peer);
    play.reason().await;
    assert_eq!(play.component.tell(&anna(), "late"), Err(MessageError::Disconnected));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_too_long_or_no_xml_is_not_sent() {
    let mut play = Play::begin();
    let _peer = play.accepted().await;
    assert_eq!(play.component.tell(&anna(), &"x".repeat(MOST_TEXT + 1)), Err(MessageError::Unsendable));
    assert_eq!(play.component.tell(&anna(), "\u{0}"), Err(MessageError::Unsendable));
    assert_eq!(play.component.tell(&anna(), &"x".repeat(MOST_TEXT)), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_reads_nothing_gets_no_more_messages_than_the_queue_takes() {
    let mut play = Play::with("max_pending = 4");
    let _peer = play.accepted().await;
    let text = "x".repeat(MOST_TEXT);
    let mut sent = 0;
    while play.component.tell(&anna(), &text) == Ok(()) {
        sent += 1;
        tokio::task::yield_now().await;
        assert!(sent < 100, "no bound");
    }
    assert_eq!(play.component.tell(&anna(), &text), Err(MessageError::Overloaded));
}
