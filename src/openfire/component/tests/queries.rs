//! Queries of ours and their answers.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_query_gets_its_result() {
    let mut play = Play::begin();
    let mut peer = play.accepted().await;
    let answers = async {
        let id = peer.query().await;
        peer.say(&result(&id, "anna@example.test")).await;
        let id = peer.query().await;
        peer.say(&format!("<iq type='result' id='{id}' from='anna@example.test'/>")).await;
        let id = peer.query().await;
        peer.say(&format!(
            "<iq type='error' id='{id}' from='anna@example.test'><vCard xmlns='vcard-temp'/><error code='403' type='auth'>\
             <forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
        ))
        .await;
    };
    let questions = async {
        let result = play.ask("anna@example.test").await.unwrap();
        assert_eq!(result, Some(Element::bare("vCard", "vcard-temp")));
        assert_eq!(play.ask("anna@example.test").await, Ok(None));
        let error = play.ask("anna@example.test").await.unwrap_err();
        assert_eq!(error.to_string(), "the server answered with the error forbidden");
    };
    tokio::join!(answers, questions);
}

/// RFC 6120 section 8.1.2.1.
#[tokio::test(start_paused = true)]
async fn an_answer_counts_only_from_who_was_asked() {
    let mut play = Play::begin();
    let mut peer = play.accepted().await;
    let answers = async {
        let id = peer.query().await;
        for other in ["eve@example.test", "anna@example.test/phone", "example.test", "prov.example.test", "@"] {
            peer.say(&result(&id, other).replace("/></iq>", ">forged</vCard></iq>")).await;
        }
        peer.say(&format!("<iq type='result' id='{id}'><forged xmlns='x'/></iq>")).await;
        peer.say(&result(&id, "Anna@EXAMPLE.test")).await;
        let id = peer.query().await;
        peer.say(&format!("<iq type='result' id='{id}'/>")).await;
    };
    let questions = async {
        assert_eq!(play.ask("anna@example.test").await, Ok(Some(Element::bare("vCard", "vcard-temp"))));
        assert_eq!(play.ask("example.test").await, Ok(None), "no sender is the server");
    };
    tokio::join!(answers, questions);
}

#[tokio::test(start_paused = true)]
async fn a_missing_reply_times_out_and_a_late_one_is_ignored() {
    let mut play = Play::with("iq_timeout = \"3s\"");
    let mut peer = play.accepted().await;
    let began = Instant::now();
    assert_eq!(play.ask("nobody@example.test").await, Err(IqError::TimedOut));
    assert_eq!(began.elapsed().as_secs(), 3);
    let late = peer.query().await;
    let deadline = Instant::now() + Duration::from_secs(1);
    let early = play.component.get(jid("nobody@example.test"), Element::bare("vCard", "vcard-temp"), deadline).await;
    assert_eq!(early, Err(IqError::TimedOut));
    assert_eq!(began.elapsed().as_secs(), 4);
    assert_eq!(play.component.pending.len(), 0);
    peer.query().await;
    peer.say(&result(&late, "nobody@example.test")).await;
    let answers = async {
        let id = peer.query().await;
        peer.say(&result(&id, "anna@example.test")).await;
    };
    let ((), asked) = tokio::join!(answers, play.ask("anna@example.test"));
    asked.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_query_that_is_given_up_leaves_the_table_and_is_not_sent() {
    let mut play = Play::begin();
    let mut peer = play.accepted().await;
    {
        let given_up = play.ask("anna@example.test");
        tokio::pin!(given_up);
        tokio::select! {
            biased;
            _ = &mut given_up => panic!("an answer"),
            () = std::future::ready(()) => assert_eq!(play.component.pending.len(), 1),
        }
    }
    assert_eq!(play.component.pending.len(), 0);
    let next = play.ask("berta@example.test");
    let sent = async {
        let query = peer.hear("</iq>").await;
        assert!(query.contains("to='berta@example.test'") && !query.contains("anna"), "{query}");
    };
    tokio::select! { _ = next => panic!("an answer"), () = sent => {} }
}

#[tokio::test(start_paused = true)]
async fn more_than_max_pending_queries_are_refused_at_once() {
    let mut play = Play::with("max_pending = 2");
    let _peer = play.accepted().await;
    let began = Instant::now();
    let three = futures::future::join_all((0..3).map(|_| play.ask("anna@example.test")));
    let outcomes = three.await;
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Err(IqError::Overloaded)).count(), 1);
    assert!(began.elapsed() >= Duration::from_secs(3), "the two others waited");
    let began = Instant::now();
    let two = futures::future::join(play.ask("anna@example.test"), play.ask("anna@example.test"));
    let (_, third) = tokio::join!(two, async {
        let outcome = play.ask("anna@example.test").await;
        (outcome, began.elapsed())
    });
    assert_eq!(third, (Err(IqError::Overloaded), Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_query_that_xml_cannot_carry_is_refused_and_the_stream_goes_on() {
    let mut play = Play::begin();
    let mut peer = play.accepted().await;
    let mut payload = Element::bare("x", "y");
    payload.append_text("\u{1}");
    let outcome = play.component.set(jid("example.test"), payload, Instant::now() + LIMIT).await;
    assert_eq!(outcome, Err(IqError::Unsendable));
    peer.say("<iq type='get' id='p' from='example.test'><ping xmlns='urn:xmpp:ping'/></iq>").await;
    assert!(peer.hear("</iq>").await.contains("id='p'"));
}
