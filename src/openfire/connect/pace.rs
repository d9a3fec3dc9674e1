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
    /// Held by the first of those that wait in order; the others queue up behind it in the order of the lock.
    first: Mutex<()>,
    /// When the next connection may begin. Who goes ahead holds it until then; the first of the others only looks at it.
    next: Mutex<Instant>,
}

/// The turn of a connection among those that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// In the order of arrival.
    InOrder,
    /// Before all that wait in order.
    Ahead,
    /// When no other connection waits.
    Spare,
}

impl Pace {
    /// A pace of so many connections a second; 0 is no limit.
    #[must_use]
    pub fn new(per_second: u32) -> Self {
        let interval = (per_second > 0).then(|| Duration::from_secs(1) / per_second.max(1));
        Self { interval, first: Mutex::new(()), next: Mutex::new(Instant::now()) }
    }

    /// Waits until a connection may be opened. Who gives up leaves the place to the next one.
    pub async fn wait(&self, turn: Turn) {
        let Some(interval) = self.interval else { return };
        let _first = match turn {
            Turn::InOrder => Some(self.first.lock().await),
            Turn::Ahead => None,
            Turn::Spare => return self.wait_for_spare(interval).await,
        };
        loop {
            let mut next = self.next.lock().await;
            let due = *next;
            if turn == Turn::Ahead {
                sleep_until(due).await;
            }
            let now = Instant::now();
            if due <= now {
                *next = now + interval;
                return;
            }
            drop(next);
            sleep_until(due).await;
        }
    }

    /// Looks once in each interval whether a turn is left over.
    async fn wait_for_spare(&self, interval: Duration) {
        loop {
            let now = Instant::now();
            let mut due = now + interval;
            if let (Ok(_first), Ok(mut next)) = (self.first.try_lock(), self.next.try_lock()) {
                if *next <= now {
                    *next = now + interval;
                    return;
                }
                due = *next;
            }
            sleep_until(due).await;
        }
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
                pace.wait(Turn::InOrder).await;
                (number, begun.elapsed())
            }
        });
        let passed = futures::future::join_all(waiting).await;
        let expected: Vec<_> = (0..5_u32).map(|number| (number, Duration::from_millis(250) * number)).collect();
        assert_eq!(passed, expected);
        // What was not used is not saved up.
        tokio::time::sleep(Duration::from_secs(10)).await;
        let late = Instant::now();
        pace.wait(Turn::InOrder).await;
        pace.wait(Turn::InOrder).await;
        assert_eq!(late.elapsed(), Duration::from_millis(250));
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_costs_the_others_nothing() {
        let (pace, begun) = (Pace::new(1), Instant::now());
        pace.wait(Turn::InOrder).await;
        let impatient = tokio::time::timeout(Duration::from_millis(100), pace.wait(Turn::InOrder));
        let (outcome, ()) = tokio::join!(impatient, pace.wait(Turn::InOrder));
        assert!(outcome.is_err());
        assert_eq!(begun.elapsed(), Duration::from_secs(1));
    }

    /// When a connection with this turn gets through, having come after `delay`.
    async fn passed(pace: &Pace, delay: u64, turn: Turn) -> Duration {
        let begun = Instant::now();
        sleep_until(begun + Duration::from_millis(delay)).await;
        pace.wait(turn).await;
        begun.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn who_goes_ahead_has_the_next_turn_and_the_others_keep_their_order() {
        let pace = Pace::new(4);
        let passed = tokio::join!(
            passed(&pace, 0, Turn::InOrder),
            passed(&pace, 1, Turn::InOrder),
            passed(&pace, 2, Turn::InOrder),
            passed(&pace, 10, Turn::Ahead),
            passed(&pace, 20, Turn::Ahead),
        );
        let turn = |number: u32| Duration::from_millis(250) * number;
        assert_eq!(passed, (turn(0), turn(3), turn(4), turn(1), turn(2)));
    }

    #[tokio::test(start_paused = true)]
    async fn who_goes_ahead_and_gives_up_costs_the_others_nothing() {
        let pace = Pace::new(1);
        pace.wait(Turn::InOrder).await;
        let impatient = tokio::time::timeout(Duration::from_millis(100), pace.wait(Turn::Ahead));
        let (outcome, passed) = tokio::join!(impatient, passed(&pace, 50, Turn::InOrder));
        assert!(outcome.is_err());
        assert_eq!(passed, Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_spare_turn_comes_after_all_that_wait_also_those_that_come_later() {
        let pace = Pace::new(4);
        let passed = tokio::join!(
            passed(&pace, 0, Turn::InOrder),
            passed(&pace, 1, Turn::Spare),
            passed(&pace, 100, Turn::InOrder),
            passed(&pace, 200, Turn::Ahead),
            passed(&pace, 300, Turn::InOrder),
        );
        let turn = |number: u32| Duration::from_millis(250) * number;
        assert_eq!((passed.0, passed.2, passed.3, passed.4), (turn(0), turn(2), turn(1), turn(3)));
        assert!(passed.1 >= turn(4) && passed.1 <= turn(6), "{:?}", passed.1);
    }

    #[tokio::test]
    async fn without_a_limit_nothing_waits() {
        let pace = Pace::new(0);
        for turn in [Turn::InOrder, Turn::Spare] {
            assert!((0..1000).all(|_| pace.wait(turn).now_or_never().is_some()));
        }
    }
}
