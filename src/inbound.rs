//! Answers to the IQs that others send to our component: service discovery, version and ping.
//!
//! The XMPP side hands the requests out and does not know who answers them. Each one is answered on its own, so that an answer
//! that takes time, such as that of an ad-hoc command (XEP-0050), keeps neither the stream nor the other answers waiting.

mod disco;

use futures::{StreamExt, stream};

pub use self::disco::DiscoIdentity;
use crate::openfire::component::{InboundIq, InboundIqs, stanza_error};

/// Answers that are worked on at a time.
const CONCURRENT: usize = 64;

/// Answers all that is asked, until the component ends.
pub async fn answer_all(inbound: InboundIqs, identity: DiscoIdentity) {
    let identity = &identity;
    each(inbound, move |iq| async move {
        match identity.response(&iq) {
            Ok(payload) => iq.responder.result(payload),
            Err(condition) => iq.responder.error(stanza_error(condition)),
        }
    })
    .await;
}

/// Calls `answer` for every request, up to [`CONCURRENT`] at a time.
async fn each<A: Future<Output = ()>>(inbound: InboundIqs, answer: impl Fn(InboundIq) -> A) {
    let iqs = stream::unfold(inbound, async |mut inbound| inbound.next().await.map(|iq| (iq, inbound)));
    iqs.for_each_concurrent(CONCURRENT, answer).await;
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use tokio::sync::{mpsc, oneshot};
    use xmpp_parsers::jid::DomainPart;
    use xmpp_parsers::minidom::Element;
    use xmpp_parsers::ns;

    use super::*;
    use crate::openfire::component::IqKind;

    const NAME: &str = "prov.example.test";

    fn ping() -> (InboundIq, impl Future<Output = Option<bool>>) {
        let (iq, answer) = InboundIq::sample(NAME, IqKind::Get, Element::bare("ping", ns::PING));
        (iq, async { answer.await.map(|outcome| outcome == Ok(None)) })
    }

    #[tokio::test]
    async fn all_requests_are_answered_and_the_end_of_the_component_ends_the_task() {
        let (queue, inbound) = mpsc::channel(8);
        let identity = DiscoIdentity::new(DomainPart::new(NAME).unwrap().into_owned());
        let task = tokio::spawn(answer_all(InboundIqs::from_receiver(inbound), identity));
        for _ in 0..20 {
            let (iq, answer) = ping();
            queue.send(iq).await.unwrap();
            assert_eq!(answer.await, Some(true));
        }
        drop(queue);
        task.await.unwrap();
    }

    #[tokio::test]
    async fn an_answer_that_takes_time_holds_up_no_other() {
        let (queue, inbound) = mpsc::channel(8);
        let (finish, finished) = oneshot::channel::<()>();
        let finished = finished.shared();
        let answering = each(InboundIqs::from_receiver(inbound), |iq| {
            let finished = finished.clone();
            async move {
                if iq.id == "slow" {
                    finished.await.unwrap();
                }
                iq.responder.result(None);
            }
        });
        let asking = async {
            let ((slow, slow_answer), (fast, fast_answer)) = (ping(), ping());
            queue.send(InboundIq { id: "slow".to_owned(), ..slow }).await.unwrap();
            queue.send(fast).await.unwrap();
            assert_eq!(fast_answer.await, Some(true));
            finish.send(()).unwrap();
            assert_eq!(slow_answer.await, Some(true));
            drop(queue);
        };
        tokio::join!(answering, asking);
    }
}
