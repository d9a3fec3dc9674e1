//! Keeps as many streams waiting as logins may need.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tokio::time::{Instant, Sleep, sleep_until};

use super::IdleStreams;
use super::state::News;
use crate::openfire::login::error::LoginError;
use crate::openfire::login::last_seen::LastSeen;
use crate::openfire::login::opening::{Opened, Opening};
use crate::openfire::login::stream::ClientStream;

/// The target of the log lines, in whichever file they are.
const TARGET: &str = "openfire_provisioner::openfire::login::idle_streams";

/// Runs until the streams are stopped; a second run at the same time ends at once. Dropping the future closes them.
pub(super) async fn keep(streams: &IdleStreams, opening: &Opening, last_seen: &LastSeen) {
    let Some(_kept) = Kept::begin(streams) else { return };
    let (mut openings, mut watches, mut farewells) =
        (FuturesUnordered::new(), FuturesUnordered::new(), FuturesUnordered::new());
    loop {
        let Some(plan) = streams.plan(openings.len()) else { return };
        farewells.extend(plan.leaving.into_iter().map(ClientStream::close));
        report(plan.news);
        tokio::select! {
            () = until(plan.next_opening) => {
                let number = streams.state().begins(Instant::now());
                openings.push(async move { (number, opening.open_ahead().await) });
            }
            Some((number, outcome)) = openings.next() => {
                if let Ok(Opened { stream, offer }) = &outcome {
                    last_seen.saw(stream.link().tls(), offer);
                }
                watches.extend(opened(streams, number, outcome));
            }
            Some(()) = watches.next() => {}
            Some(()) = farewells.next() => {}
            () = streams.changed.notified() => {}
        }
    }
}

/// Waits until then; without an instant, for ever.
async fn until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// What became of an opening: a stream to watch, or none.
fn opened(streams: &IdleStreams, number: u64, outcome: Result<Opened, LoginError>) -> Option<Watch<'_>> {
    let now = Instant::now();
    match outcome {
        Ok(opened) => {
            let time = streams.state().opened(number, opened, now)?;
            let expiry = Box::pin(sleep_until(now + time));
            Some(Watch { streams, number, expiry })
        }
        Err(error) => {
            let is_first = streams.state().failed(&error, now);
            if is_first {
                tracing::warn!(target: TARGET, "no stream can be opened ahead of logins, so each login opens its own: {error}");
            } else {
                tracing::debug!(target: TARGET, "no stream can be opened ahead of logins: {error}");
            }
            None
        }
    }
}

fn report(news: Option<News>) {
    match news {
        Some(News::Recovered) => tracing::info!(target: TARGET, "streams are opened ahead of logins again"),
        Some(News::Limit(limit)) => tracing::info!(
            target: TARGET,
            "the server ends idle streams after {} s, so they are replaced earlier (the limit is `xmpp.client.idle` in Openfire, \
             `c2s_timeout` in Prosody)",
            limit.as_secs()
        ),
        Some(News::Useless) => tracing::info!(
            target: TARGET,
            "no more streams are opened ahead of logins: the server accepts PLAIN only with the password in the first message, \
             which is never sent on a stream that may be dead; let the server offer SCRAM, or set `limits.idle_streams_most = 0`"
        ),
        None => {}
    }
}

/// Watches one stream; done when it no longer waits.
struct Watch<'a> {
    streams: &'a IdleStreams,
    number: u64,
    expiry: Pin<Box<Sleep>>,
}

impl Future for Watch<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let is_expired = self.expiry.as_mut().poll(cx).is_ready();
        self.streams.state().poll_watch(self.number, is_expired, Instant::now(), cx)
    }
}

/// Streams may wait as long as this lives.
struct Kept<'a>(&'a IdleStreams);

impl<'a> Kept<'a> {
    /// None when there is one already.
    fn begin(streams: &'a IdleStreams) -> Option<Self> {
        let was_kept = std::mem::replace(&mut streams.state().is_kept, true);
        // Not `then_some`: one that is made in vain would stop the streams as it is dropped.
        (!was_kept).then(|| Self(streams))
    }
}

impl Drop for Kept<'_> {
    fn drop(&mut self) {
        drop(self.0.state().stop());
    }
}
