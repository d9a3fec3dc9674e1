//! Links that die, stall or are flooded, and the end of the component.

use super::*;
use crate::openfire::component::Loss;

/// Issue: a component link that dies while 50 requests wait.
#[tokio::test(start_paused = true)]
async fn fifty_queries_that_wait_all_end_at_once_when_the_link_dies() {
    let mut play = Play::begin();
    let mut peer = play.accepted().await;
    let began = Instant::now();
    let fifty = futures::future::join_all((0..50).map(|_| play.ask("anna@example.test")));
    let cut = async {
        for _ in 0..50 {
            peer.query().await;
        }
        drop(peer);
    };
    let (outcomes, ()) = tokio::join!(fifty, cut);
    assert!(outcomes.iter().all(|outcome| *outcome == Err(IqError::Disconnected)), "{outcomes:?}");
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!(play.component.pending.len(), 0);
    assert_eq!(play.ask("anna@example.test").await, Err(IqError::Disconnected));
}

#[tokio::test(start_paused = true)]
async fn after_a_loss_the_next_link_works_and_the_epoch_has_grown() {
    let mut play = Play::begin();
    assert!(matches!(*play.component.state().borrow(), ComponentState::Connecting));
    assert_eq!(play.component.epoch(), 0);
    drop(play.accepted().await);
    assert_eq!(play.component.epoch(), 1);
    assert!(matches!(*play.reason().await, ComponentError::Lost(Loss::Closed)));
    let mut peer = play.accepted().await;
    assert_eq!(play.component.epoch(), 2);
    let answer = async {
        let id = peer.query().await;
        peer.say(&result(&id, "anna@example.test")).await;
    };
    let (asked, ()) = tokio::join!(play.ask("anna@example.test"), answer);
    asked.unwrap();
}

/// XEP-0199; Openfire drops a component that is silent for 6 minutes.
#[tokio::test(start_paused = true)]
async fn a_silent_link_is_pinged_and_any_answer_keeps_it() {
    let mut play = Play::with("keepalive = \"60s\"\niq_timeout = \"3s\"");
    let mut peer = play.accepted().await;
    for _ in 0..3 {
        let silent_since = Instant::now();
        let ping = peer.hear("</iq>").await;
        assert!(ping.contains("<ping xmlns='urn:xmpp:ping'>") && ping.contains("to='example.test'"), "{ping}");
        assert_eq!(silent_since.elapsed().as_secs(), 60);
        peer.say("<iq type='error' id='whatever' from='example.test'/>").await;
    }
    peer.hear("</iq>").await;
    let pinged = Instant::now();
    let reason = play.reason().await;
    assert!(matches!(*reason, ComponentError::Lost(Loss::NoPong(_))), "{reason}");
    assert_eq!(pinged.elapsed().as_secs(), 3);
    play.accepted().await;
}

#[tokio::test(start_paused = true)]
async fn a_stream_error_names_its_condition_and_passes_on_the_servers_words() {
    let mut play = Play::begin();
    let mut peer = play.accepted().await;
    peer.say(
        "<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
         <text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>text of the server</text></stream:error></stream:stream>",
    )
    .await;
    let reason = play.reason().await;
    assert!(
        matches!(*reason, ComponentError::Lost(Loss::StreamError { condition: "system-shutdown", .. })),
        "{reason}"
    );
    assert!(reason.to_string().ends_with("system-shutdown; the server says \"text of the server\""), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn a_stanza_over_ten_mebibytes_ends_the_link_and_the_next_one_comes() {
    let mut play = Play::begin();
    let mut peer = play.accepted().await;
    let mebibyte = "x".repeat(1024 * 1024);
    peer.say("<iq type='result' id='1'><v>").await;
    for _ in 0..11 {
        // The component closes before it has read all.
        drop(peer.io.write_all(mebibyte.as_bytes()).await);
    }
    let reason = play.reason().await;
    assert!(matches!(*reason, ComponentError::Lost(Loss::TooLarge { .. })), "{reason}");
    assert!(reason.to_string().contains("10 MiB"), "{reason}");
    play.accepted().await;
}

#[tokio::test(start_paused = true)]
async fn garbage_ends_the_link_and_unknown_elements_do_not() {
    let mut play = Play::begin();
    let mut peer = play.accepted().await;
    peer.say("<unknown xmlns='x'/><message><body>hi</body></message><iq/><iq type='result'/>").await;
    peer.say("<iq type='get' id='p' from='example.test'><ping xmlns='urn:xmpp:ping'/></iq>").await;
    assert!(peer.hear("</iq>").await.contains("id='p'"));
    peer.say("<<<").await;
    let reason = play.reason().await;
    assert!(matches!(*reason, ComponentError::Lost(Loss::NotWellFormed)), "{reason}");
}

/// The flood is read to its end, but not all of it is answered: the answers find no room.
#[tokio::test(start_paused = true)]
async fn a_flood_of_queries_whose_answers_are_not_read_stays_bounded() {
    const FLOOD: usize = 20_000;
    let mut play = Play::begin();
    let mut peer = play.accepted().await;
    for number in 0..FLOOD {
        peer.say(&format!("<iq type='get' id='{number}' from='eve@example.test'><x xmlns='y'/></iq>")).await;
    }
    peer.say("<iq type='get' id='last' from='eve@example.test'><x xmlns='y'/></iq>").await;
    let mut answers = 0;
    let mut bytes = [0; 4096];
    // The component has nothing to say after the last answer until its keep-alive.
    while let Ok(read) = timeout(Duration::from_secs(1), peer.io.read(&mut bytes)).await {
        answers += bytes[..read.unwrap()].windows(5).filter(|window| window == b"</iq>").count();
    }
    assert!(answers > 100 && answers < FLOOD / 4, "{answers}");
    peer.say("<iq type='get' id='after' from='example.test'><ping xmlns='urn:xmpp:ping'/></iq>").await;
    assert!(peer.hear("</iq>").await.contains("id='after'"));
}

/// RFC 6120 section 4.4.
#[tokio::test(start_paused = true)]
async fn a_shutdown_ends_the_stream_politely_and_leaves_no_task() {
    let mut play = Play::begin();
    let mut peer = play.accepted().await;
    let server = async {
        peer.hear("</stream:stream>").await;
        peer.say("</stream:stream>").await;
        assert_eq!(peer.rest().await, "");
    };
    let deadline = Instant::now() + Duration::from_secs(5);
    tokio::join!(play.component.shutdown(deadline), server);
    assert!(Instant::now() < deadline);
    assert!(matches!(*play.reason().await, ComponentError::Stopped));
    assert_eq!(play.ask("anna@example.test").await, Err(IqError::Disconnected));
    until_no_task_is_left().await;
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_that_the_server_ignores_ends_at_its_deadline() {
    let mut play = Play::begin();
    let _peer = play.accepted().await;
    let began = Instant::now();
    play.component.shutdown(began + Duration::from_secs(5)).await;
    assert_eq!(began.elapsed().as_secs(), 5);
    until_no_task_is_left().await;
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_while_there_is_no_link_is_immediate() {
    let mut play = Play::begin();
    let peer = play.connection().await;
    let began = Instant::now();
    play.component.shutdown(began + Duration::from_secs(5)).await;
    assert_eq!(began.elapsed(), Duration::ZERO);
    peer.rest().await;
    until_no_task_is_left().await;
}

#[tokio::test(start_paused = true)]
async fn dropping_the_last_handle_ends_the_stream_and_its_task() {
    let mut play = Play::begin();
    let peer = play.accepted().await;
    let clone = play.component.clone();
    drop(play);
    assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 1);
    drop(clone);
    assert!(peer.rest().await.ends_with("</stream:stream>"));
    until_no_task_is_left().await;
}
