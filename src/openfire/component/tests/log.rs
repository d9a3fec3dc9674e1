//! The log of the links.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing::Dispatch;
use tracing::subscriber::NoSubscriber;
use tracing_subscriber::fmt::MakeWriter;

use super::*;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    /// Target, message and span of each line.
    fn read(&self) -> Vec<[String; 3]> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        lines
            .map(|line| [&line["target"], &line["fields"]["message"], &line["span"]].map(ToString::to_string))
            .collect()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test(start_paused = true)]
async fn every_line_of_a_link_carries_its_number_and_the_target_of_old() {
    let lines = Lines::default();
    let log = tracing_subscriber::fmt().json().with_writer(lines.clone());
    // With one subscriber only, tracing would let another test's thread decide whether our lines are wanted.
    let _other = Dispatch::new(NoSubscriber::new());
    let _guard = tracing::subscriber::set_default(log.finish());
    let mut play = Play::begin();
    drop(play.accepted().await);
    play.reason().await;
    drop(play.connection().await);
    drop(play.accepted().await);
    play.reason().await;
    play.component.shutdown(Instant::now() + LIMIT).await;
    let lines = lines.read();
    let target = "\"openfire_provisioner::openfire::component::keeper\"";
    assert!(lines.iter().all(|[of, ..]| of == target), "{lines:?}");
    let messages = [
        ("component prov.example.test connected to a pipe", 1),
        ("component prov.example.test is down, next attempt in", 1),
        ("component prov.example.test is down, next attempt in", 2),
        ("component prov.example.test connected to a pipe", 2),
        ("component prov.example.test is down, next attempt in", 2),
        ("component prov.example.test stopped", 0),
    ];
    assert_eq!(lines.len(), messages.len(), "{lines:?}");
    for ([_, message, span], (expected, link)) in lines.iter().zip(messages) {
        assert!(message.contains(expected), "{message}");
        let tied = if link == 0 { "null".to_owned() } else { format!("{{\"link\":{link},\"name\":\"component\"}}") };
        assert_eq!(*span, tied, "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_of_ours_that_cannot_be_delivered_is_logged_once_and_one_of_another_never() {
    let lines = Lines::default();
    let log = tracing_subscriber::fmt().json().with_writer(lines.clone());
    let _other = Dispatch::new(NoSubscriber::new());
    let _guard = tracing::subscriber::set_default(log.finish());
    let mut play = Play::begin();
    let mut peer = play.accepted().await;
    play.component.tell(&"anna@example.test".parse().unwrap(), "hello").unwrap();
    let sent = peer.hear("</message>").await.replacen("<message", "<message xmlns='jabber:client'", 1);
    let sent: Element = sent.parse().unwrap();
    let id = sent.attr("id").unwrap();
    for id in ["other", id, id] {
        peer.say(&format!(
            "<message type='error' id='{id}' from='eve@example.test'><error type='cancel'>\
             <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
        ))
        .await;
    }
    // An answer shows that all before it was read.
    let answered = async {
        let id = peer.query().await;
        peer.say(&format!("<iq type='result' id='{id}' from='anna@example.test'/>")).await;
    };
    assert_eq!(tokio::join!(play.ask("anna@example.test"), answered).0, Ok(None));
    let lines = lines.read();
    let bounced: Vec<_> = lines.iter().filter(|[_, message, _]| message.contains("not delivered")).collect();
    let [[_, message, _]] = &bounced[..] else { panic!("{lines:?}") };
    assert!(message.contains("the chat message to anna@example.test was not delivered (item-not-found)"), "{message}");
}
