//! An open loop: what arrives at its time, whether what came before has been answered or not.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{Pass, TIME_LIMIT};

/// The start of each pass, which is not counted: what follows the demand has time to do so.
const LEAD_IN: Duration = Duration::from_secs(1);

/// Lets `ask` begin `pace` times in a second, for `length` behind a lead-in that is not counted. Each is measured from the
/// time at which it had to begin, so that a wait before it counts too.
pub(crate) async fn paced<A, F>(pace: f64, length: Duration, ask: A) -> anyhow::Result<Pass>
where
    A: Fn(usize) -> F,
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let start = Instant::now();
    let counted = Arc::new(start + LEAD_IN);
    let mut tasks = JoinSet::new();
    for turn in 0.. {
        let due = start + arrival(turn, pace);
        if due >= start + LEAD_IN + length {
            break;
        }
        let counted = Arc::clone(&counted);
        let asking = ask(turn);
        tasks.spawn(async move {
            sleep_until(due).await;
            let outcome = timeout_at(due + TIME_LIMIT, asking).await;
            (due >= *counted).then(|| Pass::of(due.elapsed(), outcome))
        });
    }
    let mut all = Pass::default();
    while let Some(pass) = tasks.join_next().await {
        if let Some(pass) = pass? {
            all.add(pass);
        }
    }
    all.length = length;
    Ok(all)
}

/// When something is due, from the start: one in each interval, anywhere in it, and each time at the same places, so that
/// two sides have the same arrivals.
fn arrival(turn: usize, pace: f64) -> Duration {
    /// The golden ratio: its multiples spread over an interval more evenly than chance does.
    const SPREAD: f64 = 0.618_033_988_749_895;
    Duration::from_secs_f64((turn as f64 + (turn as f64 * SPREAD).fract()) / pace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_arrives_in_each_interval_and_never_at_the_same_place() {
        let mut places: Vec<f64> = (0..100)
            .map(|turn| {
                let at = arrival(turn, 20.0).as_secs_f64() * 20.0;
                assert_eq!(at.floor() as usize, turn);
                at.fract()
            })
            .collect();
        places.sort_by(f64::total_cmp);
        assert!(places.windows(2).all(|two| two.last() > two.first()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_answer_holds_nothing_back_and_the_lead_in_is_not_counted() -> anyhow::Result<()> {
        let pass = paced(10.0, Duration::from_secs(2), |turn| async move {
            tokio::time::sleep(Duration::from_secs(3)).await;
            anyhow::ensure!(turn != 15, "the fifteenth");
            Ok(())
        })
        .await?;
        assert_eq!((pass.micros.len(), pass.errors, pass.error.as_deref()), (19, 1, Some("the fifteenth")));
        assert!((pass.percentile(0.5) - 3000.0).abs() < 10.0, "{}", pass.percentile(0.5));
        Ok(())
    }
}
