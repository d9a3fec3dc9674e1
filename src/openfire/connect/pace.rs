//! How fast new connections are opened.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// Lets new connections through one after another, at most `limits.new_connections_per_second`, in the order of arrival.
///
/// Openfire 5.1 and later can limit new connections (`xmpp.ratelimit.newconnections.c2s.*`), and closes those above the
/// limit without a word.
#[derive(Debug)]
pub struct Pace {
    /// Time between two connections; none without a limit.
    interval: Option<Duration>,
    /// When the next connection may begin. Who waits holds it, so the others queue up behind in the order of the lock.
    next: Mutex<Instant>,
}

impl Pace {
    /// A pace of so many connections a second; 0 is no limit.
    #[must_use]
    pub fn new(per_second: u32) -> Self {
        let interval = (per_second > 0).then(|| Duration::from_secs(1) / per_second.max(1));
        Self { interval, next: Mutex::new(Instant::now()) }
    }

    /// Waits until a connection may be opened. Who gives up leaves the place to the next one.
    pub async fn wait(&self) {
        let Some(interval) = self.interval else { return };
        let mut next = self.next.lock().await;
        sleep_until(*next).await;
        *next = Instant::now() + interval;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::FutureExt;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn connections_follow_each_other_at_the_pace_in_the_order_of_arrival() {
        let (pace, begun) = (Arc::new(Pace::new(4)), Instant::now());
        let waiting = (0..5).map(|number| {
            let pace = Arc::clone(&pace);
            async move {
                pace.wait().await;
                (number, begun.elapsed())
            }
        });
        let passed = futures::future::join_all(waiting).await;
        let expected: Vec<_> = (0..5_u32).map(|number| (number, Duration::from_millis(250) * number)).collect();
        assert_eq!(passed, expected);
        // What was not used is not saved up.
        tokio::time::sleep(Duration::from_secs(10)).await;
        let late = Instant::now();
        pace.wait().await;
        pace.wait().await;
        assert_eq!(late.elapsed(), Duration::from_millis(250));
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_costs_the_others_nothing() {
        let (pace, begun) = (Pace::new(1), Instant::now());
        pace.wait().await;
        let impatient = tokio::time::timeout(Duration::from_millis(100), pace.wait());
        let (outcome, ()) = tokio::join!(impatient, pace.wait());
        assert!(outcome.is_err());
        assert_eq!(begun.elapsed(), Duration::from_secs(1));
    }

    #[tokio::test]
    async fn without_a_limit_nothing_waits() {
        let pace = Pace::new(0);
        assert!((0..1000).all(|_| pace.wait().now_or_never().is_some()));
    }
}
