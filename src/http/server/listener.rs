//! The listening socket, and taking connections from it.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{Instant, sleep_until};

use super::places::{Place, Places};
use crate::model::backoff::Backoff;

/// Where this file logged before it had its present place; administrators filter by it.
const TARGET: &str = "openfire_provisioner::http::listener";

/// Connections that may wait to be accepted: all clients of a site start at the same time of day, and one that finds
/// the queue full tries again only after a second. Linux cuts it down to `net.core.somaxconn`, by default the same.
const BACKLOG: u32 = 4096;

/// Listens on `address`, with a queue that takes a burst.
///
/// `SO_REUSEADDR` lets a restarted service listen at once, while connections of its predecessor linger.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    bind(address)?.listen(BACKLOG)
}

/// Whether [`listen`] could take `address` now. No connection is accepted meanwhile, and no other listener is kept out.
pub(crate) fn try_listen(address: SocketAddr) -> io::Result<()> {
    bind(address).map(drop)
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Connections that may wait for a place. Each holds a file descriptor and hardly any memory.
pub(super) const MOST_WAITING: usize = 32;

/// Connections that may have lost their place and not be closed yet; while there are as many, none is accepted.
pub(super) const MOST_LEAVING: usize = 32;

/// Takes connections at once, and gives them places.
pub(super) struct Acceptor {
    listener: TcpListener,
    places: Places,
    /// Connections without a place, in the order in which they came, each until its time is over.
    waiting: VecDeque<(TcpStream, SocketAddr, Instant)>,
    /// How long a connection waits for a place.
    patience: Duration,
    pauses: Pauses,
}

impl Acceptor {
    /// Takes connections for these places; one that gets none at once waits for `patience` at most.
    pub(super) fn new(listener: TcpListener, places: Places, patience: Duration) -> Self {
        Self { listener, places, waiting: VecDeque::new(), patience, pauses: Pauses::new() }
    }

    /// Waits for a connection that has a place.
    ///
    /// It may be dropped and called again at any time: nothing is lost, and a pause goes on where it was.
    pub(super) async fn accept(&mut self) -> (TcpStream, SocketAddr, Place) {
        loop {
            if let Some(placed) = self.place_waiting() {
                return placed;
            }
            let until = self.waiting.front().map(|(.., until)| *until);
            // A crowd in which each has its share waits in the listener's queue, as long as it takes.
            let is_crowd = self.waiting.len() >= MOST_WAITING && !self.places.has_one_over_share();
            let is_free = !is_crowd
                && (self.places.leaving() < MOST_LEAVING || {
                    self.places.await_one(true);
                    self.places.leaving() < MOST_LEAVING
                });
            tokio::select! {
                accepted = accept(&self.listener, &mut self.pauses), if is_free => {
                    let (stream, peer) = accepted;
                    if let Some(place) = self.places.take(peer.ip()) {
                        return (stream, peer, place);
                    }
                    self.wait(stream, peer);
                }
                () = self.places.freed(), if !is_free || until.is_some() => {}
                () = sleep_until(until.unwrap_or_else(Instant::now)), if until.is_some() => {}
            }
        }
    }

    /// Lets a connection wait for a place; closes it when too many wait already.
    fn wait(&mut self, stream: TcpStream, peer: SocketAddr) {
        if self.waiting.len() < MOST_WAITING {
            self.waiting.push_back((stream, peer, Instant::now() + self.patience));
        } else {
            self.places.turned_away();
        }
    }

    /// A place for one of those that wait; closes those whose time is over.
    fn place_waiting(&mut self) -> Option<(TcpStream, SocketAddr, Place)> {
        let now = Instant::now();
        while self.waiting.front().is_some_and(|(.., until)| *until <= now) {
            self.waiting.pop_front();
            self.places.turned_away();
        }
        // Before it is tried, so that nothing that is freed from here on is missed.
        self.places.await_one(!self.waiting.is_empty());
        let (index, place) = self
            .waiting
            .iter()
            .enumerate()
            .find_map(|(index, (_, peer, _))| Some((index, self.places.take(peer.ip())?)))?;
        let (stream, peer, _) = self.waiting.remove(index)?;
        Some((stream, peer, place))
    }
}

/// Waits for a connection, with pauses while there can be none.
async fn accept(listener: &TcpListener, pauses: &mut Pauses) -> (TcpStream, SocketAddr) {
    loop {
        pauses.wait().await;
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // The peer went away while it was in the queue (accept(2)): nothing is wrong here.
            Err(error) if is_peers(&error) => {}
            Err(error) => {
                let pause = pauses.start();
                let (advice, pause) = (advice(&error), pause.as_millis());
                tracing::warn!(
                    target: TARGET,
                    { error = %error },
                    "cannot accept HTTP connections{advice}; trying again in {pause} ms",
                );
            }
        }
    }
}

/// Longest pause after a failed accept.
const LONGEST: Duration = Duration::from_secs(1);

/// Pauses after failures. Nothing announces that a file descriptor or memory is free again, so the only way is to try
/// again. It outlives the future that waits for it, which is dropped whenever something else happens.
///
/// One success does not end a shortage: a connection that closes frees one descriptor, and the next accept fails again.
/// So pauses are short again only after a time without failure.
#[derive(Debug)]
struct Pauses {
    backoff: Backoff,
    /// The end of the last pause.
    until: Option<Instant>,
}

impl Pauses {
    fn new() -> Self {
        const BACKOFF: Backoff = Backoff::constant(Duration::from_millis(100), LONGEST);
        Self { backoff: BACKOFF, until: None }
    }

    /// Begins the next pause, and says how long it is.
    fn start(&mut self) -> Duration {
        let now = Instant::now();
        if self.until.is_some_and(|until| now >= until + LONGEST) {
            self.backoff.reset();
        }
        let pause = self.backoff.pause();
        self.until = Some(now + pause);
        pause
    }

    /// Waits for the end of the pause, if there is one.
    async fn wait(&mut self) {
        if let Some(until) = self.until {
            sleep_until(until).await;
        }
    }
}

fn is_peers(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset)
}

/// What to change, for errors with a known remedy.
fn advice(error: &io::Error) -> &'static str {
    // errno(3) on Linux: ENFILE, EMFILE. The standard library has no names for them.
    match error.raw_os_error() {
        Some(23 | 24) => ": no file descriptor is free: raise LimitNOFILE",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use futures::future::join_all;
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_burst_waits_in_the_queue() {
        let allowed = std::fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap();
        // More than the 128 of the standard library, where the system allows more.
        let burst = allowed.trim().parse::<usize>().unwrap().min(200);
        let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let connections = join_all((0..burst).map(|_| TcpStream::connect(address)));
        let connections = timeout(Duration::from_millis(900), connections).await.expect("no SYN is sent twice");
        assert!(connections.iter().all(Result::is_ok));
    }

    #[tokio::test]
    async fn an_address_is_free_again_at_once() {
        let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let client = TcpStream::connect(address).await.unwrap();
        // Closed by this side first, so it is this side whose connection lingers.
        drop(listener.accept().await.unwrap());
        drop(listener);
        listen(address).unwrap();
        drop(client);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_when_its_waiter_is_dropped() {
        let mut pauses = Pauses::new();
        let pause = pauses.start();
        let begun = Instant::now();
        for _ in 0..3 {
            assert!(timeout(pause / 10, pauses.wait()).await.is_err());
        }
        pauses.wait().await;
        assert!((pause..pause * 2).contains(&begun.elapsed()), "{:?}", begun.elapsed());
        pauses.wait().await;
        assert!(begun.elapsed() < pause * 2);
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_until_a_time_goes_well() {
        let mut pauses = Pauses::new();
        let mut last = Duration::ZERO;
        for _ in 0..7 {
            last = pauses.start();
            pauses.wait().await;
            // Shorter than the time after which a shortage counts as over.
            tokio::time::advance(LONGEST / 2).await;
        }
        assert!((LONGEST / 2..=LONGEST).contains(&last), "{last:?}");
        tokio::time::advance(LONGEST).await;
        let first = pauses.start();
        assert!(first <= Duration::from_millis(100), "{first:?}");
    }

    #[test]
    fn a_shortage_of_file_descriptors_comes_with_its_remedy() {
        for (number, said) in [(23, true), (24, true), (12, false)] {
            let advice = advice(&io::Error::from_raw_os_error(number));
            assert_eq!(advice.contains("no file descriptor is free: raise LimitNOFILE"), said, "{number}");
        }
    }
}
