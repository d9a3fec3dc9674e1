//! Measures what one reply costs.

use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::task::JoinSet;

use super::client::Clients;
use super::process::processor_time;
use super::streams::Streams;
use crate::costs::Costs;

/// How many are done at one time.
const IN_FLIGHT: usize = 8;
/// Replies, and streams, of one round of the warm-up.
pub const ROUND: usize = 1000;
/// Rounds at most.
const MOST_ROUNDS: usize = 15;
/// Of what a reply cost in both rounds before: what costs more is not getting cheaper.
const STEADY: f64 = 0.95;
/// What is done while nothing else is.
const ALONE: usize = 200;

/// The processes whose time counts.
#[derive(Debug, Clone, Copy)]
pub struct Processes {
    /// Openfire.
    pub openfire: u32,
    /// The service.
    pub service: u32,
}

/// What a number of equal things took.
struct Took {
    openfire: f64,
    service: f64,
    own: f64,
    /// Median time of one, in milliseconds.
    median: f64,
}

/// Lets Openfire work until a reply costs it no less than before: Java compiles what it runs often. Gives what a reply cost
/// in each round of [`ROUND`].
pub async fn warm_up(clients: &Clients, streams: &Streams, processes: Processes) -> anyhow::Result<Vec<f64>> {
    let mut rounds: Vec<f64> = Vec::new();
    while rounds.len() < MOST_ROUNDS {
        let round = took(processes, ROUND, IN_FLIGHT, |number| reply(clients, number)).await?.openfire;
        took(processes, ROUND, IN_FLIGHT, |_| stream(streams)).await?;
        let is_steady = rounds.iter().rev().take(2).all(|earlier| round >= STEADY * earlier);
        rounds.push(rounded(round));
        if rounds.len() > 2 && is_steady {
            break;
        }
    }
    Ok(rounds)
}

/// Measures with so many replies.
pub async fn measure(
    clients: &Clients,
    streams: &Streams,
    processes: Processes,
    replies: usize,
) -> anyhow::Result<Costs> {
    let opened = took(processes, replies, IN_FLIGHT, |_| stream(streams)).await?;
    let whole = took(processes, replies, IN_FLIGHT, |number| reply(clients, number)).await?;
    let alone = took(processes, ALONE, 1, |number| reply(clients, number)).await?;
    // Alone, a reply takes its processor time and the time in which no processor works.
    let idle = alone.median - whole.openfire - whole.service - whole.own;
    Ok(Costs {
        openfire_stream: rounded(opened.openfire),
        openfire_login: rounded(whole.openfire - opened.openfire),
        // Both ends of the stream do the same: this program's is that of the service.
        service_stream: rounded(opened.own),
        service_reply: rounded(whole.service - opened.own),
        client: rounded(whole.own),
        idle: rounded(idle),
    })
}

fn reply(clients: &Clients, number: usize) -> impl Future<Output = anyhow::Result<()>> + Send + use<> {
    let clients = clients.clone();
    async move {
        let status = clients.ask(number).await?;
        ensure!(status.is_success(), "{status}");
        Ok(())
    }
}

fn stream(streams: &Streams) -> impl Future<Output = anyhow::Result<()>> + Send + use<> {
    let streams = streams.clone();
    async move { streams.open().await }
}

/// To hundredths; a cost is at least one of them.
fn rounded(milliseconds: f64) -> f64 {
    (milliseconds * 100.0).round().max(1.0) / 100.0
}

/// Does something so many times, and divides what it took.
async fn took<F>(processes: Processes, times: usize, in_flight: usize, one: impl Fn(usize) -> F) -> anyhow::Result<Took>
where
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let own = std::process::id();
    let now = || anyhow::Ok([processes.openfire, processes.service, own].map(processor_time));
    let before = now()?;
    let mut running = JoinSet::new();
    let mut ended = Vec::with_capacity(times);
    let mut started = 0;
    while ended.len() < times {
        while running.len() < in_flight && started < times {
            let one = one(started);
            started += 1;
            running.spawn(async move {
                let begun = Instant::now();
                one.await.map(|()| begun.elapsed())
            });
        }
        let Some(next) = running.join_next().await else { break };
        ended.push(next??);
    }
    let mut each = Vec::new();
    for (before, after) in before.into_iter().zip(now()?) {
        each.push(milliseconds(after?.saturating_sub(before?)) / times as f64);
    }
    ended.sort_unstable();
    let median = ended.get(times / 2).copied().map_or(0.0, milliseconds);
    let [openfire, service, own] = each.as_slice() else { anyhow::bail!("three processes") };
    Ok(Took { openfire: *openfire, service: *service, own: *own, median })
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
