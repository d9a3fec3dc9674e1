//! The listening socket, and taking connections from it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

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

/// Takes connections, as many as there are places.
pub(in crate::http) struct Acceptor {
    listener: TcpListener,
    places: Arc<Semaphore>,
    backoff: Backoff,
}

impl Acceptor {
    /// Takes at most `places` connections at one time.
    pub(in crate::http) fn new(listener: TcpListener, places: usize) -> Self {
        let places = Arc::new(Semaphore::new(places.clamp(1, Semaphore::MAX_PERMITS)));
        Self { listener, places, backoff: Backoff::default() }
    }

    /// Waits for a free place and then for a connection; until there is a place, the listener's queue holds them.
    ///
    /// It may be dropped and called again at any time: nothing is lost, and a pause goes on where it was.
    pub(in crate::http) async fn accept(&mut self) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
        // The semaphore is never closed, so there is always a permit.
        let permit = Arc::clone(&self.places).acquire_owned().await.ok();
        loop {
            self.backoff.wait().await;
            match self.listener.accept().await {
                Ok((stream, peer)) => return (stream, peer, permit),
                // The peer went away while it was in the queue (accept(2)): nothing is wrong here.
                Err(error) if is_peers(&error) => {}
                Err(error) => {
                    let pause = self.backoff.start();
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
}

/// First and longest pause after a failed accept.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// A pause after a failure, longer after each. Nothing tells when a file descriptor or memory is free again, so the only
/// way is to look again. It outlives the future that waits for it, which is dropped whenever something else happens.
///
/// One success does not end a shortage: a connection that closes frees one descriptor, and the next accept fails again.
/// So pauses are short again only after a time without failure.
#[derive(Debug, Default)]
struct Backoff {
    /// The last pause and its end.
    last: Option<(Duration, Instant)>,
}

impl Backoff {
    /// Begins the next pause, and says how long it is.
    fn start(&mut self) -> Duration {
        let ((first, longest), now) = (PAUSES, Instant::now());
        let pause = match self.last {
            Some((last, until)) if now < until + longest => longest.min(last * 2),
            _ => first,
        };
        self.last = Some((pause, now + pause));
        pause
    }

    /// Waits for the end of the pause, if there is one.
    async fn wait(&mut self) {
        if let Some((_, until)) = self.last {
            sleep_until(until).await;
        }
    }
}

fn is_peers(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset)
}

/// What to change, as far as the error tells.
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
        let mut backoff = Backoff::default();
        backoff.start();
        let pause = backoff.start();
        let begun = Instant::now();
        for _ in 0..3 {
            assert!(timeout(pause / 10, backoff.wait()).await.is_err());
        }
        backoff.wait().await;
        assert!((pause..pause * 2).contains(&begun.elapsed()), "{:?}", begun.elapsed());
        backoff.wait().await;
        assert!(begun.elapsed() < pause * 2);
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_double_up_to_the_longest_until_a_time_goes_well() {
        let mut backoff = Backoff::default();
        let mut pauses = Vec::new();
        for _ in 0..7 {
            pauses.push(backoff.start().as_millis());
            backoff.wait().await;
            tokio::time::advance(Duration::from_millis(500)).await;
        }
        assert_eq!(pauses, [50, 100, 200, 400, 800, 1000, 1000]);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(backoff.start().as_millis(), 50);
    }

    #[test]
    fn a_lack_of_file_descriptors_is_told_with_its_remedy() {
        for (number, said) in [(23, true), (24, true), (12, false)] {
            let advice = advice(&io::Error::from_raw_os_error(number));
            assert_eq!(advice.contains("no file descriptor is free: raise LimitNOFILE"), said, "{number}");
        }
    }
}
