//! The announcement on one interface: checks that the name is free, announces, listens for itself, and waits while a
//! rival announces.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::{Either, pending};
use tokio::time::{sleep, sleep_until, timeout};

use super::announcement::Announcement;
use super::heard::InstanceName;
use super::host_name::HostName;
use super::interface;
use super::listener::{Heard, Listener};
use super::report::Report;
use super::responder::{Event, Responder};
use super::rivals::Rivals;
use crate::model::backoff::Backoff;

/// The pauses after each question to hosts that may have the name already. The responder probes too (RFC 6762 section
/// 8.1); but if the name is taken it announces under another one, which no client asks for.
const LOOKS: [Duration; 3] = [Duration::from_millis(250), Duration::from_millis(250), Duration::from_millis(500)];

/// How long the announcement may take until it is heard. It takes about a second.
const HEARING_LIMIT: Duration = Duration::from_secs(10);

/// How long an announcement that was not heard is left as it is; clients may hear it all the same.
const UNHEARD_LIMIT: Duration = Duration::from_mins(5);

/// Between attempts at what does not work now.
const PAUSES: Backoff = Backoff::constant(Duration::from_secs(1), Duration::from_secs(30));

/// What to change if the announcement is not heard.
const UNHEARD: &str = "the announcement has not been heard; allow UDP port 5353 in the firewall in both directions (`nft list \
                       ruleset`), and stop a program that uses this port alone (`ss -lunp sport = 5353`)";

/// The announcement on one interface.
#[derive(Debug)]
pub(super) struct Presence {
    interface: String,
    watch: Watch,
    responder: Option<Responder>,
    pauses: Backoff,
}

/// What is known about the name on the link.
#[derive(Debug)]
struct Watch {
    announcement: Arc<Announcement>,
    host: HostName,
    rivals: Rivals,
    report: Report,
}

impl Presence {
    pub(super) fn new(announcement: Arc<Announcement>, interface: String, host: HostName) -> Self {
        let report = Report::new(interface.clone());
        let watch = Watch { announcement, host, rivals: Rivals::default(), report };
        Self { interface, watch, responder: None, pauses: PAUSES }
    }

    /// Announces until `shutdown` is done, then withdraws.
    pub(super) async fn run(mut self, shutdown: impl Future<Output = ()> + Send) {
        tokio::select! {
            () = shutdown => {}
            () = self.keep() => {}
        }
        self.stop().await;
    }

    /// Never ends.
    async fn keep(&mut self) {
        loop {
            match self.listen() {
                Ok(listener) if self.watch.look(&listener).await => self.watch.wait(&listener).await,
                Ok(listener) => {
                    self.announce(listener).await;
                    self.stop().await;
                    sleep(self.pauses.pause()).await;
                }
                Err(why) => {
                    self.watch.report.unfit(&why);
                    sleep(self.pauses.pause()).await;
                }
            }
        }
    }

    fn listen(&self) -> Result<Listener, String> {
        let index = interface::fit(&self.interface).map_err(|why| why.to_string())?;
        Listener::open(&self.interface, index, InstanceName::of(&self.watch.announcement)).map_err(|error| {
            format!(
                "UDP port 5353 cannot be used there ({error}); stop the program that uses it alone (`ss -lunp sport = 5353`)"
            )
        })
    }

    /// Announces, and returns when it must start again.
    async fn announce(&mut self, mut listener: Listener) {
        let Self { watch, pauses, .. } = self;
        let responder = match Responder::start(&watch.announcement, &self.interface, watch.host.as_str()) {
            Ok(responder) => self.responder.insert(responder),
            Err(error) => return watch.report.unfit(&format!("the responder does not start: {error}")),
        };
        watch.report.begins();
        let (mut unheard, mut is_reported) = (Some(Instant::now() + HEARING_LIMIT), false);
        loop {
            let (is_unheard, is_due) = (at(unheard), at(watch.rivals.next()));
            tokio::select! {
                heard = listener.hear() => {
                    if watch.note(&heard, unheard.is_none()) {
                        unheard = None;
                        pauses.reset();
                    }
                }
                event = responder.event() => match event {
                    // The listener's membership is lost with the interface.
                    Event::Addresses => match reopened(&self.interface, &watch.announcement) {
                        Some(reopened) => listener = reopened,
                        None => return,
                    },
                    Event::NameLost => return watch.report.unfit("another host there has the name `Provisioning URL`"),
                    Event::Overfull => return watch.report.overfull(),
                    Event::Ended => return watch.report.unfit("the responder has ended"),
                },
                () = is_due => watch.look_after_rivals(&listener, true).await,
                () = is_unheard => {
                    if std::mem::replace(&mut is_reported, true) {
                        return;
                    }
                    watch.report.unfit(UNHEARD);
                    unheard = Some(Instant::now() + UNHEARD_LIMIT);
                }
            }
        }
    }

    async fn stop(&mut self) {
        if let Some(responder) = self.responder.take() {
            responder.stop().await;
        }
    }
}

impl Watch {
    /// Whether another host has the name.
    async fn look(&mut self, listener: &Listener) -> bool {
        for pause in LOOKS {
            listener.ask().await;
            let until = Instant::now() + pause;
            while let Ok(heard) = timeout(until.saturating_duration_since(Instant::now()), listener.hear()).await {
                self.note(&heard, false);
            }
            if self.rivals.is_any_announcing() {
                return true;
            }
        }
        false
    }

    /// Waits until no other host has the name.
    async fn wait(&mut self, listener: &Listener) {
        while self.rivals.is_any_announcing() {
            let is_due = at(self.rivals.next());
            tokio::select! {
                heard = listener.hear() => {
                    self.note(&heard, false);
                }
                () = is_due => self.look_after_rivals(listener, false).await,
            }
        }
    }

    /// Takes note of a datagram. True: it is our own announcement.
    fn note(&mut self, heard: &Heard, is_ours: bool) -> bool {
        let mut is_own = false;
        for claim in &heard.claims {
            if self.host.is_ours(&claim.host) {
                is_own |= !claim.is_probe && claim.ttl > 0;
            } else if let Some(news) = self.rivals.note(claim, heard.source, &self.announcement, Instant::now()) {
                self.report.rival(&news, is_ours);
            }
        }
        if is_own {
            self.report.heard(heard.source);
        }
        is_own
    }

    async fn look_after_rivals(&mut self, listener: &Listener, is_ours: bool) {
        let due = self.rivals.due(Instant::now());
        for news in &due.news {
            self.report.rival(news, is_ours);
        }
        if due.ask {
            listener.ask().await;
        }
    }
}

fn reopened(interface: &str, announcement: &Announcement) -> Option<Listener> {
    let index = interface::fit(interface).ok()?;
    Listener::open(interface, index, InstanceName::of(announcement)).ok()
}

/// Waits until then; forever if there is no such time.
fn at(time: Option<Instant>) -> impl Future<Output = ()> {
    time.map_or_else(|| Either::Left(pending()), |time| Either::Right(sleep_until(time.into())))
}
