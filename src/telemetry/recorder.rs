//! Hands the records of ended requests to the log and the metrics, without holding up a reply.
//!
//! 1. A request hands its record over when it ends. The queue is bounded: when it is full, the record is lost and counted.
//! 2. One task takes the records in their order and gives each to every [`Consumer`].
//! 3. When there is room again, one line of the log says how many records are missing.
//! 4. [`Recorder::catch_up`] waits until what was queued before is consumed, so that a reader of the metrics finds every
//!    request whose answer has been sent.

mod request_line;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::sync::oneshot;
use tokio::time::timeout;

use self::request_line::request_line;
use super::{History, Metrics};
use crate::model::request::{RequestRecord, Stages};

/// Records that may wait. Each takes the task some microseconds, so only a machine without a free processor fills it.
const MOST_WAITING: usize = 4096;

/// Takes the records of requests, and never waits. Clones share one queue and one task, which ends with the last clone.
#[derive(Clone)]
pub struct Recorder {
    queue: Sender<Message>,
    metrics: Arc<Metrics>,
}

enum Message {
    Ended(Box<RequestRecord>),
    /// Everything before this was consumed.
    CaughtUp(oneshot::Sender<()>),
}

/// Who gets every record.
enum Consumer {
    /// One line for each request, and one for each failure that an administrator has to mend.
    Log,
    /// Outcomes and the time of each stage.
    Metrics(Arc<Metrics>),
    /// The last requests, for the administrators' pages.
    History(Arc<History>),
}

impl Recorder {
    /// Starts the task that writes records to the log, counts them in `metrics` and, if there is a `history`, keeps the last of
    /// them there. It must be called inside a tokio run time.
    #[must_use]
    pub fn start(metrics: Arc<Metrics>, history: Option<Arc<History>>) -> Self {
        Self::with_room(MOST_WAITING, metrics, history)
    }

    fn with_room(room: usize, metrics: Arc<Metrics>, history: Option<Arc<History>>) -> Self {
        let (queue, waiting) = mpsc::channel(room);
        let mut consumers = vec![Consumer::Log, Consumer::Metrics(Arc::clone(&metrics))];
        consumers.extend(history.map(Consumer::History));
        tokio::spawn(consume(waiting, consumers, Arc::clone(&metrics)));
        Self { queue, metrics }
    }

    /// Takes a record, or counts it as lost when the queue is full.
    pub fn record(&self, record: RequestRecord) {
        if self.queue.try_send(Message::Ended(Box::new(record))).is_err() {
            self.metrics.record_lost();
        }
    }

    /// Waits until every record that was taken before is consumed, for `limit` at most.
    pub async fn catch_up(&self, limit: Duration) {
        let (reply, caught_up) = oneshot::channel();
        let consumed = async {
            if self.queue.send(Message::CaughtUp(reply)).await.is_ok() {
                caught_up.await.ok();
            }
        };
        // After `limit`, what is consumed so far has to do.
        timeout(limit, consumed).await.ok();
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recorder({} lost)", self.metrics.lost_records())
    }
}

/// Runs until the last [`Recorder`] is gone and its queue is empty.
async fn consume(mut queue: Receiver<Message>, consumers: Vec<Consumer>, metrics: Arc<Metrics>) {
    let mut reported = 0;
    while let Some(message) = queue.recv().await {
        match message {
            Message::Ended(record) => consumers.iter().for_each(|consumer| consumer.take(&record)),
            // Who asked may have stopped waiting.
            Message::CaughtUp(reply) => reply.send(()).unwrap_or_default(),
        }
        let lost = metrics.lost_records();
        if lost > reported {
            report_lost(lost - reported);
            reported = lost;
        }
    }
}

fn report_lost(records: u64) {
    tracing::warn!(
        requests.lost = records,
        "{records} requests ended faster than they could be recorded and are missing in the log and the metrics"
    );
}

impl Consumer {
    fn take(&self, record: &RequestRecord) {
        match self {
            Self::Log => request_line(record),
            Self::Metrics(metrics) => count(metrics, record),
            Self::History(history) => history.push(record, Timestamp::now()),
        }
    }
}

fn count(metrics: &Metrics, record: &RequestRecord) {
    let Stages { login, directory, render } = record.stages;
    metrics.request(record.end.outcome);
    for (stage, took) in [("login", login), ("directory", directory), ("render", render)] {
        if let Some(took) = took {
            metrics.stage(stage, took);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::model::account::ClientVersion;
    use crate::model::request::{Asked, RequestEnd};
    use crate::telemetry::Live;

    fn record(id: u64) -> RequestRecord {
        RequestRecord {
            id,
            user: Some("anna".to_owned()),
            address: Ipv4Addr::LOCALHOST.into(),
            agent: String::new(),
            version: ClientVersion::default(),
            asked: Asked::Provisioning,
            chosen: None,
            end: RequestEnd { outcome: "provisioned", status: Some(200), reason: None, needs_repair: false },
            stages: Stages { login: Some(Duration::from_millis(4)), ..Stages::default() },
            total: Duration::from_millis(5),
        }
    }

    /// The lines of the metrics with this word.
    fn counted(metrics: &Metrics, word: &str) -> Vec<String> {
        metrics.text().lines().filter(|line| line.contains(word)).map(str::to_owned).collect()
    }

    #[tokio::test]
    async fn what_was_recorded_before_is_counted_after_catching_up() {
        let metrics = Arc::new(Metrics::new(Live::default));
        let recorder = Recorder::start(Arc::clone(&metrics), None);
        (1..=100).for_each(|id| recorder.record(record(id)));
        assert!(counted(&metrics, "\"provisioned\"").is_empty());
        recorder.catch_up(Duration::from_secs(10)).await;
        assert_eq!(
            counted(&metrics, "\"provisioned\""),
            ["openfire_provisioner_requests_total{outcome=\"provisioned\"} 100"]
        );
        assert_eq!(
            counted(&metrics, "duration_seconds_count"),
            ["openfire_provisioner_stage_duration_seconds_count{stage=\"login\"} 100"]
        );
    }

    #[tokio::test]
    async fn a_history_gets_every_record_too() {
        let history = Arc::new(History::new(10));
        let recorder = Recorder::start(Arc::new(Metrics::new(Live::default)), Some(Arc::clone(&history)));
        let before = Timestamp::now();
        (1..=3).for_each(|id| recorder.record(record(id)));
        recorder.catch_up(Duration::from_secs(10)).await;
        assert_eq!(history.len(), 3);
        assert!((before..=Timestamp::now()).contains(&history.find(3).unwrap().at));
    }

    #[tokio::test]
    async fn a_full_queue_loses_records_counts_them_and_holds_nothing_up() {
        let metrics = Arc::new(Metrics::new(Live::default));
        let recorder = Recorder::with_room(3, Arc::clone(&metrics), None);
        // The task cannot run between: this test gives no turn before it waits.
        (1..=10).for_each(|id| recorder.record(record(id)));
        recorder.catch_up(Duration::from_secs(10)).await;
        assert_eq!(
            counted(&metrics, "\"provisioned\""),
            ["openfire_provisioner_requests_total{outcome=\"provisioned\"} 3"]
        );
        assert_eq!(counted(&metrics, "records_lost_total 7"), ["openfire_provisioner_request_records_lost_total 7"]);
    }

    #[tokio::test(start_paused = true)]
    async fn catching_up_has_a_limit_and_the_task_ends_with_the_last_recorder() {
        let (queue, held) = mpsc::channel(1);
        let stuck = Recorder { queue, metrics: Arc::new(Metrics::new(Live::default)) };
        stuck.catch_up(Duration::from_millis(100)).await;
        drop(held);
        stuck.catch_up(Duration::MAX).await;

        let before = tokio::runtime::Handle::current().metrics().num_alive_tasks();
        let metrics = Arc::new(Metrics::new(Live::default));
        let recorder = Recorder::start(Arc::clone(&metrics), None);
        recorder.record(record(1));
        drop(recorder);
        while tokio::runtime::Handle::current().metrics().num_alive_tasks() > before {
            tokio::task::yield_now().await;
        }
        assert_eq!(counted(&metrics, "\"provisioned\"").len(), 1);
    }
}
