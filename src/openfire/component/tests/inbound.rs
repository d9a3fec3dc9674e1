//! IQs of others: each gets exactly one answer (RFC 6120 section 8.2.3).

use std::collections::HashSet;

use xmpp_parsers::stanza_error::DefinedCondition;

use super::super::inbound::{ANSWER_LIMIT, MAX_UNANSWERED, MAX_UNANSWERED_BYTES};
use super::super::{InboundIq, IqKind, stanza_error};
use super::*;

const EVE: &str = "eve@example.test/phone";

fn query(id: &str, to: &str) -> String {
    format!("<iq type='get' id='{id}' from='{EVE}' to='{to}'><ask xmlns='urn:test'/></iq>")
}

fn parse(answer: &str) -> Element {
    answer.trim().replacen("<iq", "<iq xmlns='jabber:client'", 1).parse().unwrap()
}

/// The name of the condition in an answer of type `error`.
fn condition(answer: &Element) -> Option<String> {
    let error = answer.children().find(|child| child.name() == "error")?;
    assert_eq!(answer.attr("type"), Some("error"));
    error.children().next().map(|condition| condition.name().to_owned())
}

impl Peer {
    async fn answer(&mut self) -> Element {
        parse(&self.hear("</iq>").await)
    }

    /// Sends a query to the component, which the service then takes.
    async fn ask(&mut self, inbound: &mut InboundIqs, id: &str) -> InboundIq {
        self.say(&query(id, "prov.example.test")).await;
        timeout(LIMIT, inbound.next()).await.expect("a request in time").unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_is_handed_out_whole_and_its_answer_returns_to_the_sender() {
    let (mut play, mut inbound) = Play::answering("");
    let mut peer = play.accepted().await;
    peer.say(&format!("<iq type='set' id='i1' from='{EVE}' to='prov.example.test'><do xmlns='urn:test'>x</do></iq>"))
        .await;
    let iq = inbound.next().await.unwrap();
    assert_eq!((iq.from.as_str(), iq.to.as_str(), &*iq.id, iq.kind), (EVE, "prov.example.test", "i1", IqKind::Set));
    assert_eq!(iq.payload, "<do xmlns='urn:test'>x</do>".parse::<Element>().unwrap());
    iq.responder.result(Some(Element::bare("done", "urn:test")));
    let answer = peer.answer().await;
    let attributes = ["type", "id", "from", "to"].map(|name| answer.attr(name).unwrap_or_default());
    assert_eq!(attributes, ["result", "i1", "prov.example.test", EVE]);
    assert_eq!(answer.children().next(), Some(&Element::bare("done", "urn:test")));
    let iq = peer.ask(&mut inbound, "i2").await;
    iq.responder.error(stanza_error(DefinedCondition::Forbidden));
    assert_eq!(condition(&peer.answer().await).as_deref(), Some("forbidden"));
}

#[tokio::test(start_paused = true)]
async fn answers_come_in_the_order_in_which_they_are_given() {
    let (mut play, mut inbound) = Play::answering("");
    let mut peer = play.accepted().await;
    let first = peer.ask(&mut inbound, "first").await;
    let second = peer.ask(&mut inbound, "second").await;
    second.responder.result(None);
    assert_eq!(peer.answer().await.attr("id"), Some("second"));
    first.responder.result(None);
    assert_eq!(peer.answer().await.attr("id"), Some("first"));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_request_is_answered_at_once() {
    let (mut play, mut inbound) = Play::answering("");
    let mut peer = play.accepted().await;
    drop(peer.ask(&mut inbound, "i1").await);
    let began = Instant::now();
    let answer = peer.answer().await;
    assert_eq!((answer.attr("id"), condition(&answer).as_deref()), (Some("i1"), Some("service-unavailable")));
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn without_a_receiver_a_request_is_answered_at_once() {
    let mut play = Play::begin();
    let mut peer = play.accepted().await;
    let began = Instant::now();
    peer.say(&query("i1", "prov.example.test")).await;
    assert_eq!(condition(&peer.answer().await).as_deref(), Some("service-unavailable"));
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_is_replaced_by_an_error_and_dropped() {
    let (mut play, mut inbound) = Play::answering("keepalive = \"1h\"");
    let mut peer = play.accepted().await;
    let began = Instant::now();
    let late = peer.ask(&mut inbound, "late").await;
    let answer = peer.answer().await;
    assert_eq!((answer.attr("id"), condition(&answer).as_deref()), (Some("late"), Some("service-unavailable")));
    assert_eq!(began.elapsed().as_secs(), ANSWER_LIMIT.as_secs());
    late.responder.result(None);
    peer.ask(&mut inbound, "next").await.responder.result(None);
    assert_eq!(peer.answer().await.attr("id"), Some("next"));
}

#[tokio::test(start_paused = true)]
async fn a_burst_of_a_thousand_is_answered_in_full_though_no_more_than_the_limit_wait() {
    let (mut play, mut inbound) = Play::answering("");
    let mut peer = play.accepted().await;
    for number in 0..1000 {
        peer.say(&query(&number.to_string(), "prov.example.test")).await;
    }
    let mut answered = HashSet::new();
    for _ in MAX_UNANSWERED..1000 {
        let answer = peer.answer().await;
        assert_eq!(condition(&answer).as_deref(), Some("service-unavailable"));
        assert!(answered.insert(answer.attr("id").unwrap().to_owned()));
    }
    for _ in 0..MAX_UNANSWERED {
        let iq = inbound.next().await.unwrap();
        iq.responder.result(None);
        let answer = peer.answer().await;
        assert_eq!(answer.attr("type"), Some("result"));
        assert!(answered.insert(answer.attr("id").unwrap().to_owned()));
    }
    assert_eq!(answered.len(), 1000);
}

#[tokio::test(start_paused = true)]
async fn a_burst_that_is_answered_as_it_comes_is_never_refused() {
    let (mut play, mut inbound) = Play::answering("");
    let mut peer = play.accepted().await;
    let service = tokio::spawn(async move {
        while let Some(iq) = inbound.next().await {
            iq.responder.result(None);
        }
    });
    let burst: String = (0..1000).map(|number| query(&number.to_string(), "prov.example.test")).collect();
    peer.say(&burst).await;
    for _ in 0..1000 {
        let answer = peer.answer().await;
        assert_eq!(answer.attr("type"), Some("result"), "{answer:?}");
    }
    drop((play, peer));
    service.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn large_requests_fill_the_queue_by_their_bytes() {
    let (mut play, mut inbound) = Play::answering("");
    let mut peer = play.accepted().await;
    let large = |id: &str, size: usize| {
        query(id, "prov.example.test").replace("/></iq>", &format!(">{}</ask></iq>", "x".repeat(size)))
    };
    peer.say(&large("over", MAX_UNANSWERED_BYTES)).await;
    assert_eq!(condition(&peer.answer().await).as_deref(), Some("service-unavailable"));
    peer.say(&large("first", MAX_UNANSWERED_BYTES / 2)).await;
    let first = inbound.next().await.unwrap();
    peer.say(&large("second", MAX_UNANSWERED_BYTES / 2)).await;
    let answer = peer.answer().await;
    assert_eq!((answer.attr("id"), condition(&answer).as_deref()), (Some("second"), Some("service-unavailable")));
    first.responder.result(None);
    assert_eq!(peer.answer().await.attr("id"), Some("first"));
    peer.say(&large("third", MAX_UNANSWERED_BYTES / 2)).await;
    assert_eq!(inbound.next().await.unwrap().id, "third", "an answer makes room again");
}

#[tokio::test(start_paused = true)]
async fn an_answer_after_the_loss_of_its_link_goes_nowhere() {
    let (mut play, mut inbound) = Play::answering("");
    let mut peer = play.accepted().await;
    let taken = peer.ask(&mut inbound, "taken").await;
    peer.say(&query("queued", "prov.example.test")).await;
    peer.say("</stream:stream>").await;
    peer.rest().await;
    let mut peer = play.accepted().await;
    taken.responder.result(None);
    // What still waited in the queue is passed over.
    let next = peer.ask(&mut inbound, "next").await;
    assert_eq!(next.id, "next");
    next.responder.result(None);
    assert_eq!(peer.answer().await.attr("id"), Some("next"));
}

/// XEP-0114: the component may speak for its own name and what lies below it, and for nothing more.
#[tokio::test(start_paused = true)]
async fn a_request_is_answered_in_the_name_that_it_was_sent_to_and_in_no_foreign_one() {
    let (mut play, mut inbound) = Play::answering("");
    let mut peer = play.accepted().await;
    for to in ["anna@prov.example.test", "prov.example.test/x", "prov.example.test"] {
        peer.say(&query("i", to)).await;
        inbound.next().await.unwrap().responder.result(None);
        assert_eq!(peer.answer().await.attr("from"), Some(to));
    }
    for to in ["other.test", "anna@example.test", "example.test", "@"] {
        peer.say(&query("i", to)).await;
        let answer = peer.answer().await;
        assert_eq!(condition(&answer).as_deref(), Some("service-unavailable"), "{to}");
        assert_eq!(answer.attr("from"), Some("prov.example.test"), "{to}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_without_a_sender_is_the_servers() {
    let (mut play, mut inbound) = Play::answering("");
    let mut peer = play.accepted().await;
    peer.say("<iq type='get' id='i'><ask xmlns='urn:test'/></iq>").await;
    let iq = inbound.next().await.unwrap();
    assert_eq!((iq.from.as_str(), iq.to.as_str()), ("example.test", "prov.example.test"));
    iq.responder.result(None);
    assert_eq!(peer.answer().await.attr("to"), Some("example.test"));
}

/// RFC 6120 section 8.2.3, rules 2, 4 and 5.
#[tokio::test(start_paused = true)]
async fn a_malformed_request_is_a_bad_request_and_an_answer_is_none() {
    let mut play = Play::begin();
    let mut peer = play.accepted().await;
    for (kind, payload) in [("get", ""), ("set", "<a xmlns='x'/><b xmlns='x'/>"), ("push", "<a xmlns='x'/>")] {
        peer.say(
            "<iq type='result' id='r' from='a@b'/><iq type='error' id='e' from='a@b'/><iq type='get' from='a@b'/>",
        )
        .await;
        peer.say(&format!("<iq type='{kind}' id='i' from='a@b' to='prov.example.test'>{payload}</iq>")).await;
        let answer = peer.answer().await;
        assert_eq!((answer.attr("id"), condition(&answer).as_deref()), (Some("i"), Some("bad-request")), "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_xml_cannot_carry_becomes_an_internal_error() {
    let (mut play, mut inbound) = Play::answering("");
    let mut peer = play.accepted().await;
    let mut payload = Element::bare("x", "y");
    payload.append_text("\u{1}");
    peer.ask(&mut inbound, "i").await.responder.result(Some(payload));
    assert_eq!(condition(&peer.answer().await).as_deref(), Some("internal-server-error"));
}
