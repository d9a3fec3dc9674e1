//! The responder itself (crate `mdns-sd`): announces, answers and withdraws on one interface.

use std::time::Duration;

use futures::future::OptionFuture;
use mdns_sd::{DaemonEvent, IfKind, IfPredicate, Metrics, Receiver, ServiceDaemon, ServiceInfo};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep, timeout};

use super::announcement::{Announcement, INSTANCE};
use crate::discovery::interface;

/// The target of the log lines.
const TARGET: &str = "openfire_provisioner::discovery::mdns";

/// The time for the withdrawal when the service stops.
const STOP_LIMIT: Duration = Duration::from_secs(2);

/// When the withdrawal has been sent the second time, since multicasts get lost, on Wi-Fi above all.
const SECOND_WITHDRAWAL: Duration = Duration::from_millis(150);

/// How often its memory is looked at, and what it may keep: it remembers records of others for as long as they say, and every
/// host of the link can send some. A thousand machines cause a tenth of that. A flood fills some ten megabytes in a second.
const LOOK: Duration = Duration::from_secs(1);
const MOST_RECORDS: i64 = 10_000;
const MOST_TIMERS: i64 = 50_000;

/// A responder that runs until it is stopped. It has a thread, which sleeps while the link is silent, and looks at the
/// machine's addresses every few seconds.
pub(super) struct Responder {
    daemon: ServiceDaemon,
    events: Receiver<DaemonEvent>,
    name: String,
    looks: Interval,
    /// What it remembers, when the answer is under way. Kept here, since [`Responder::event`] is dropped whenever something
    /// else comes first, as all the time in a flood.
    metrics: Option<Receiver<Metrics>>,
}

/// What happens to the responder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// An address came or went. The responder adapts by itself; the listener must be opened again.
    Addresses,
    /// Another host has the name, so it took a name that no client asks for.
    NameLost,
    /// It remembers more than it should.
    Overfull,
    /// It ended.
    Ended,
}

impl Responder {
    /// Announces on one interface, under a name of the host that is this process's own.
    pub(super) fn start(announcement: &Announcement, interface: &str, host: &str) -> mdns_sd::Result<Self> {
        let service_type = format!("{}.local.", announcement.service_type());
        let port = announcement.port();
        let strings = announcement.strings();
        let mut service = ServiceInfo::new(&service_type, INSTANCE, host, (), port, strings)?.enable_addr_auto();
        let kind = kind(interface);
        service.set_interfaces(vec![kind.clone()]);
        let name = service.get_fullname().to_owned();
        let daemon = ServiceDaemon::new()?;
        // The order matters: the last setting wins.
        let prepare = || {
            daemon.disable_interface(IfKind::All)?;
            daemon.enable_interface(kind)?;
            let events = daemon.monitor()?;
            daemon.register(service)?;
            Ok(events)
        };
        match prepare() {
            Ok(events) => Ok(Self { daemon, events, name, looks: looks(), metrics: None }),
            Err(error) => {
                drop(daemon.shutdown());
                Err(error)
            }
        }
    }

    /// Waits for something that concerns others. It can be called again after it was dropped.
    pub(super) async fn event(&mut self) -> Event {
        loop {
            let metrics = OptionFuture::from(self.metrics.as_ref().map(Receiver::recv_async));
            let received = tokio::select! {
                received = self.events.recv_async() => received,
                Some(metrics) = metrics => {
                    self.metrics = None;
                    if metrics.is_ok_and(|metrics| is_overfull(&metrics)) {
                        return Event::Overfull;
                    }
                    continue;
                }
                _ = self.looks.tick() => {
                    // One that has not answered the last time is asked no second question.
                    self.metrics = self.metrics.take().or_else(|| self.daemon.get_metrics().ok());
                    continue;
                }
            };
            match received {
                Ok(DaemonEvent::IpAdd(_) | DaemonEvent::IpDel(_)) => return Event::Addresses,
                Ok(DaemonEvent::NameChange(change)) if change.original.eq_ignore_ascii_case(&self.name) => {
                    return Event::NameLost;
                }
                Ok(_) => {}
                Err(_) => return Event::Ended,
            }
        }
    }

    /// Withdraws the announcement, so that clients and other hosts know at once.
    pub(super) async fn stop(self) {
        let withdraw = async {
            if let Ok(withdrawn) = self.daemon.unregister(&self.name)
                && withdrawn.recv_async().await.is_ok()
            {
                sleep(SECOND_WITHDRAWAL).await;
            }
        };
        let is_withdrawn = timeout(STOP_LIMIT, withdraw).await.is_ok();
        // In any case, or its thread would announce for ever. One that a flood keeps busy ends when it comes to this.
        let Ok(stopped) = self.daemon.shutdown() else { return };
        if !is_withdrawn || timeout(STOP_LIMIT, stopped.recv_async()).await.is_err() {
            tracing::debug!(target: TARGET, "the responder did not stop in time");
        }
    }
}

fn is_overfull(metrics: &Metrics) -> bool {
    let records: i64 = metrics.iter().filter(|(name, _)| name.starts_with("cached-")).map(|(_, count)| count).sum();
    records > MOST_RECORDS || metrics.get("timer").is_some_and(|timers| *timers > MOST_TIMERS)
}

fn looks() -> Interval {
    let mut looks = interval_at(Instant::now() + LOOK, LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    looks
}

/// The interface `name`, with the addresses that have a label, and also by an alternative name. The crate would compare names.
fn kind(name: &str) -> IfKind {
    let name = name.to_owned();
    IfKind::Predicate(IfPredicate::new(move |listed| {
        interface::find(&name).is_some_and(|(index, _)| listed.index == Some(index))
    }))
}

impl std::fmt::Debug for Responder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Responder").field("name", &self.name).finish_non_exhaustive()
    }
}
