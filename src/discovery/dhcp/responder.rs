//! Answers clients on one interface for as long as the process runs, also when the interface goes and comes back.

use std::mem::discriminant;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use ipnet::Ipv4Net;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::answer::answer;
use super::interface::{Port, Problem, SERVER_PORT, address_for, networks, overlaps};
use super::limits::Limits;
use super::question::{CLIENT_PORT, Foreign, LONGEST, Question};
use super::{Urls, uncovered};
use crate::model::backoff::Backoff;

/// The target of the log lines about DHCP.
const TARGET: &str = "openfire_provisioner::discovery::dhcp";

/// Pauses between two attempts to use an interface.
const RETRY: Backoff = Backoff::constant(Duration::from_millis(500), Duration::from_secs(15));

/// How often to check that the interface still exists: a waiting socket does not notice that it has gone.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// How long the addresses of an interface are kept while questions come.
const KNOWN_FOR: Duration = Duration::from_secs(1);

/// Answers on the interface `name`; it never ends.
pub(super) async fn answer_on(name: &str, urls: &Urls) {
    let mut retry = RETRY;
    let mut known = None;
    loop {
        let problem = match Port::open(name) {
            Ok(port) => {
                log_start(name, urls);
                retry.reset();
                known = None;
                answer_all(&port, name, urls).await
            }
            Err(problem) => problem,
        };
        if known != Some(discriminant(&problem)) {
            tracing::warn!(
                target: TARGET,
                "clients that ask by DHCP on `{name}` are not answered: {problem}. The responder tries again until it works"
            );
            known = Some(discriminant(&problem));
        }
        sleep(retry.pause()).await;
    }
}

fn log_start(name: &str, urls: &Urls) {
    let neighbours = networks(name).unwrap_or_default();
    let listed = |networks: Vec<String>| networks.join(", ");
    let networks = listed(neighbours.iter().map(ToString::to_string).collect());
    let usual = &urls.usual;
    tracing::info!(
        target: TARGET,
        "answering clients that ask by DHCP on `{name}` ({networks}, UDP port {SERVER_PORT}) with {usual}"
    );
    for entry in &urls.of_networks {
        let here = entry.networks.iter().filter(|network| overlaps(**network, &neighbours));
        let here: Vec<String> = here.map(ToString::to_string).collect();
        if !here.is_empty() {
            tracing::info!(target: TARGET, "clients of {} on `{name}` get {}", listed(here), entry.url);
        }
    }
}

/// Logs the networks of the configuration whose clients cannot be answered on these interfaces.
pub(super) fn log_uncovered(urls: &Urls, interfaces: &[String]) {
    for network in uncovered(&urls.of_networks, interfaces) {
        tracing::warn!(
            target: TARGET,
            "no interface in `discovery.interfaces` has an address in {network}, so its clients get no answer here: correct \
             `discovery.network`, name the interface, or run `discover` in that network"
        );
    }
}

/// Answers until the interface cannot be used any more; gives the reason.
async fn answer_all(port: &Port, name: &str, urls: &Urls) -> Problem {
    let mut limits = Limits::new(Instant::now());
    let mut neighbours = Neighbours::default();
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // One byte more than the longest question, to recognise longer datagrams.
    let mut buffer = [0; LONGEST + 1];
    loop {
        let received = tokio::select! {
            received = port.socket.recv_from(&mut buffer) => received,
            _ = look.tick() => {
                if let Err(problem) = port.look(name) {
                    return problem;
                }
                report(&mut limits, name);
                continue;
            }
        };
        let (length, sender) = match received {
            Ok((length, SocketAddr::V4(sender))) => (length, sender),
            Ok(_) => continue,
            Err(error) => return Problem::Port(error),
        };
        let datagram = buffer.get(..length).unwrap_or_default();
        let now = Instant::now();
        match neighbours.question(datagram, sender, name, now) {
            Ok((question, server)) if limits.admit(question.client, now) => {
                let is_logged = limits.may_log(now);
                send_answer(port, name, (&question, server), urls, is_logged);
            }
            Ok(_) => report(&mut limits, name),
            Err(why) => tracing::debug!(
                target: TARGET,
                { client.address = %sender.ip() },
                "no answer to a datagram on `{name}`: {why}"
            ),
        }
    }
}

/// The networks of an interface, as they were read last.
#[derive(Debug, Default)]
struct Neighbours {
    networks: Vec<Ipv4Net>,
    read: Option<Instant>,
}

/// Why a datagram gets no answer.
#[derive(Debug, thiserror::Error)]
enum Ignored {
    #[error("it is not the question of a Jitsi client: {0}")]
    Foreign(#[from] Foreign),
    #[error("it asks for a client at {0}, and that address or the sender's is not in a network of this interface")]
    Stranger(Ipv4Addr),
    #[error("{0}")]
    NoNetworks(#[from] Problem),
}

impl Neighbours {
    /// The question in a datagram, and our address in the network of the client.
    fn question(
        &mut self,
        datagram: &[u8],
        sender: SocketAddrV4,
        name: &str,
        now: Instant,
    ) -> Result<(Question, Ipv4Addr), Ignored> {
        let question = Question::read(datagram, sender)?;
        if self.read.is_none_or(|read| now.duration_since(read) >= KNOWN_FOR) {
            self.networks = networks(name)?;
            self.read = Some(now);
        }
        let server = address_for(&self.networks, question.client, *sender.ip());
        Ok((question, server.ok_or(Ignored::Stranger(question.client))?))
    }
}

/// Sends the answer to a question from our address there. What cannot be sent at once is dropped: the client asks again.
fn send_answer(port: &Port, name: &str, (question, server): (&Question, Ipv4Addr), urls: &Urls, is_logged: bool) {
    let client = question.client;
    let url = urls.of(client);
    let Some(packet) = answer(question, server, url) else { return };
    match port.socket.try_send_to(&packet, SocketAddrV4::new(client, CLIENT_PORT).into()) {
        Ok(_) if is_logged => tracing::info!(
            target: TARGET,
            { client.address = %client },
            "the client at {client} on `{name}` gets {url}"
        ),
        Ok(_) => tracing::debug!(
            target: TARGET,
            { client.address = %client },
            "the client at {client} on `{name}` gets {url}, one of many"
        ),
        Err(error) => tracing::debug!(
            target: TARGET,
            { client.address = %client },
            "no answer to the client at {client} on `{name}`: {error}"
        ),
    }
}

fn report(limits: &mut Limits, name: &str) {
    if let Some(shed) = limits.report(Instant::now()) {
        tracing::warn!(
            target: TARGET,
            "DHCP questions on `{name}` got no answer, because too many came from one client, or from all clients together: \
             {shed} of them; clients ask again"
        );
    }
}
