//! Plays a morning: one client at each arrival, whatever becomes of the others.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::client::Clients;
use crate::outcome::Outcome;

/// A client gives up after 10 s.
const PATIENCE: Duration = Duration::from_secs(10);

/// What one client heard.
enum Heard {
    Reply(f64),
    Busy,
    Nothing,
    Other(String),
}

/// What the clients heard that start at these times, in milliseconds. A client's time counts from when it should start, so a
/// generator that is late makes nothing look better.
///
/// # Errors
///
/// The first answer that a right password must not get.
pub async fn play(clients: &Clients, starts: &[f64]) -> anyhow::Result<Outcome> {
    let begun = Instant::now() + Duration::from_millis(100);
    let mut running = JoinSet::new();
    for (number, start) in starts.iter().enumerate() {
        let at = begun + Duration::from_secs_f64(start / 1000.0);
        sleep_until(at).await;
        let clients = clients.clone();
        running.spawn(async move {
            match timeout_at(at + PATIENCE, clients.ask(number)).await {
                Ok(Ok(status)) if status.is_success() => Heard::Reply(at.elapsed().as_secs_f64() * 1000.0),
                Ok(Ok(status)) if status.as_u16() == 503 => Heard::Busy,
                Ok(Ok(status)) => Heard::Other(status.to_string()),
                Ok(Err(error)) => Heard::Other(format!("{error:#}")),
                Err(_) => Heard::Nothing,
            }
        });
    }
    let mut outcome = Outcome::default();
    while let Some(heard) = running.join_next().await {
        match heard? {
            Heard::Reply(time) => outcome.times.push(time),
            Heard::Busy => outcome.late += 1,
            Heard::Nothing => outcome.gave_up += 1,
            Heard::Other(what) => anyhow::bail!("a client with the right password heard: {what}"),
        }
    }
    Ok(outcome)
}
