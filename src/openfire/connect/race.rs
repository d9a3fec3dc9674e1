//! Tries the addresses of one host, staggered.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::ConnectError;

/// Head start of an attempt before the next address is tried as well (RFC 8305 section 5).
const HEAD_START: Duration = Duration::from_millis(250);

/// Connects to the first address that answers; each attempt may take `limit`.
pub(super) async fn connect(addresses: &[SocketAddr], limit: Duration) -> Result<TcpStream, ConnectError> {
    race(addresses, |address| attempt(address, limit)).await
}

async fn attempt(address: SocketAddr, limit: Duration) -> Result<TcpStream, ConnectError> {
    match timeout(limit, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(source)) => Err(ConnectError::of_attempt(address, source)),
        Err(_) => Err(ConnectError::Silent { address }),
    }
}

async fn race<T, F>(addresses: &[SocketAddr], attempt: impl Fn(SocketAddr) -> F) -> Result<T, ConnectError>
where
    F: Future<Output = Result<T, ConnectError>>,
{
    let mut last = ConnectError::NoAddress { host: String::new(), reason: "no address".to_owned() };
    let mut waiting = addresses.iter().copied();
    let mut running = FuturesUnordered::new();
    loop {
        if let Some(address) = waiting.next() {
            running.push(attempt(address));
        } else if running.is_empty() {
            return Err(last);
        }
        let outcome = if waiting.len() == 0 {
            running.next().await
        } else {
            tokio::select! {
                outcome = running.next() => outcome,
                () = sleep(HEAD_START) => None,
            }
        };
        match outcome {
            Some(Ok(connection)) => return Ok(connection),
            Some(Err(error)) => last = error,
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use tokio::time::Instant;

    use super::*;

    fn addresses(count: u16) -> Vec<SocketAddr> {
        (1..=count).map(|port| SocketAddr::from(([127, 0, 0, 1], port))).collect()
    }

    fn refused(address: SocketAddr) -> ConnectError {
        ConnectError::Failed { address, source: io::ErrorKind::ConnectionRefused.into() }
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_brings_the_next_address_at_once() {
        let start = Instant::now();
        let addresses = addresses(3);
        let port = race(&addresses, |address| async move {
            if address.port() == 3 { Ok(address.port()) } else { Err(refused(address)) }
        });
        assert_eq!(port.await.unwrap(), 3);
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_address_holds_up_the_next_for_a_head_start_only() {
        let start = Instant::now();
        let addresses = addresses(2);
        let port = race(&addresses, |address| async move {
            if address.port() == 1 {
                sleep(Duration::from_secs(2)).await;
            }
            Ok(address.port())
        });
        assert_eq!(port.await.unwrap(), 2);
        assert_eq!(start.elapsed(), HEAD_START);
    }

    #[test]
    fn a_want_of_descriptors_is_our_own_trouble_and_not_the_servers() {
        let address = SocketAddr::from(([127, 0, 0, 1], 5222));
        for number in [23, 24] {
            let message = ConnectError::of_attempt(address, io::Error::from_raw_os_error(number)).to_string();
            assert!(message.contains("LimitNOFILE") && !message.contains("Openfire"), "{message}");
        }
        let message = ConnectError::of_attempt(address, io::ErrorKind::ConnectionRefused.into()).to_string();
        assert!(message.contains("Openfire is not running"), "{message}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_failure_is_reported() {
        let outcome: Result<u16, _> = race(&addresses(2), |address| async move { Err(refused(address)) }).await;
        assert!(matches!(outcome, Err(ConnectError::Failed { address, .. }) if address.port() == 2));
        let nothing: Result<u16, _> = race(&[], |address| async move { Err(refused(address)) }).await;
        assert!(matches!(nothing, Err(ConnectError::NoAddress { .. })));
    }
}
