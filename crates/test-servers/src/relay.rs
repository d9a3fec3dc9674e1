//! Stands before a server's port, holds connections back until it is opened, makes the server slow, and remembers what clients
//! send.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

const LIMIT: Duration = Duration::from_secs(20);

/// A running relay; all its connections end when it is dropped.
pub struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
    _task: JoinSet<()>,
}

struct Shared {
    /// Where new connections lead.
    server: watch::Sender<SocketAddr>,
    /// Changes when the connections that are open then are cut off from the server.
    strands: watch::Sender<()>,
    open: watch::Sender<bool>,
    delay: watch::Sender<Duration>,
    accepted: watch::Sender<usize>,
    /// Up to [`MOST_REMEMBERED`] bytes.
    sent: watch::Sender<Vec<u8>>,
}

const MOST_REMEMBERED: usize = 1024 * 1024;

impl Relay {
    /// A closed relay to `server`: connections are taken, but nothing goes through.
    pub async fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            server: watch::Sender::new(server),
            strands: watch::Sender::new(()),
            open: watch::Sender::new(false),
            delay: watch::Sender::new(Duration::ZERO),
            accepted: watch::Sender::new(0),
            sent: watch::Sender::new(Vec::new()),
        });
        let mut task = JoinSet::new();
        task.spawn({
            let shared = Arc::clone(&shared);
            async move {
                let mut connections = JoinSet::new();
                while let Ok((client, _)) = listener.accept().await {
                    shared.accepted.send_modify(|accepted| *accepted += 1);
                    let shared = Arc::clone(&shared);
                    // A connection that breaks is its two ends' affair.
                    connections.spawn(async move { drop(shared.carry(client).await) });
                }
            }
        });
        Self { address, shared, _task: task }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets everything through.
    pub fn open(&self) {
        self.shared.open.send_replace(true);
    }

    /// What the server sends from now on arrives so much later, piece by piece.
    pub fn delay(&self, delay: Duration) {
        self.shared.delay.send_replace(delay);
    }

    /// Leads new connections to another server.
    pub fn lead_to(&self, server: SocketAddr) {
        self.shared.server.send_replace(server);
    }

    /// Cuts all connections off from the server and keeps their clients' ends open, like a proxy whose server has lost its power:
    /// nothing answers there any more. New connections are as before.
    pub fn strand(&self) {
        self.shared.strands.send_replace(());
    }

    /// How many connections have come.
    #[must_use]
    pub fn count(&self) -> usize {
        *self.shared.accepted.borrow()
    }

    /// Waits until this many connections have come.
    pub async fn accepted(&self, wanted: usize) {
        let mut accepted = self.shared.accepted.subscribe();
        timeout(LIMIT, accepted.wait_for(|accepted| *accepted >= wanted)).await.expect("a connection in time").unwrap();
    }

    /// Waits until clients have sent this text.
    pub async fn sent(&self, text: &str) {
        let mut sent = self.shared.sent.subscribe();
        let has = |sent: &Vec<u8>| sent.windows(text.len()).any(|window| window == text.as_bytes());
        timeout(LIMIT, sent.wait_for(has)).await.expect("the text in time").unwrap();
    }
}

impl Shared {
    async fn carry(&self, mut client: TcpStream) -> io::Result<()> {
        if self.open.subscribe().wait_for(|open| *open).await.is_err() {
            return Ok(());
        }
        let address = *self.server.borrow();
        let mut stranded = self.strands.subscribe();
        let mut server = TcpStream::connect(address).await?;
        let (mut from_client, mut to_client) = client.split();
        let (mut from_server, mut to_server) = server.split();
        let up = async {
            let mut bytes = [0; 4096];
            loop {
                let count = from_client.read(&mut bytes).await?;
                if count == 0 {
                    return to_server.shutdown().await;
                }
                self.sent.send_modify(|sent| {
                    let room = MOST_REMEMBERED.saturating_sub(sent.len()).min(count);
                    sent.extend_from_slice(&bytes[..room]);
                });
                to_server.write_all(&bytes[..count]).await?;
            }
        };
        let down = async {
            let mut bytes = vec![0; 16 * 1024];
            loop {
                let count = from_server.read(&mut bytes).await?;
                let delay = *self.delay.borrow();
                if !delay.is_zero() {
                    sleep(delay).await;
                }
                if count == 0 {
                    return to_client.shutdown().await;
                }
                to_client.write_all(&bytes[..count]).await?;
            }
        };
        let both = async { tokio::try_join!(up, down).map(|_| ()) };
        tokio::select! {
            outcome = both => return outcome,
            _ = stranded.changed() => {}
        }
        drop(server);
        copy(&mut client, &mut sink()).await.map(drop)
    }
}
