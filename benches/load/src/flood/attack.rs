//! The host that floods.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clap::ValueEnum;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::service::Service;

/// Another address of this machine than that of the clients.
const HOST: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// Steps in which connections are opened.
const STEP: Duration = Duration::from_millis(20);

/// Time between two bytes of what is slow.
const SLOW: Duration = Duration::from_secs(1);

/// What the connections of a flood do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Nothing.
    Silent,
    /// They send a head byte by byte.
    SlowHead,
    /// They send a head of 30 KB but for its end.
    LongHead,
    /// They send a body byte by byte.
    SlowBody,
    /// They send a body of 15 KB but for its end.
    LongBody,
    /// They ask again and again, and read nothing.
    Unread,
    /// They ask once, and leave the connection open.
    Idle,
    /// TLS, then nothing.
    SecuredSilent,
    /// TLS, then a head of 30 KB but for its end.
    SecuredLongHead,
    /// TLS, then a body byte by byte.
    SecuredSlowBody,
    /// TLS; they ask again and again, and read nothing.
    SecuredUnread,
}

impl Kind {
    pub(crate) const ALL: [Self; 11] = [
        Self::Silent,
        Self::SlowHead,
        Self::LongHead,
        Self::SlowBody,
        Self::LongBody,
        Self::Unread,
        Self::Idle,
        Self::SecuredSilent,
        Self::SecuredLongHead,
        Self::SecuredSlowBody,
        Self::SecuredUnread,
    ];

    /// Its name in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Silent => "sends nothing",
            Self::SlowHead => "slow head",
            Self::LongHead => "long head without end",
            Self::SlowBody => "slow body",
            Self::LongBody => "long body without end",
            Self::Unread => "does not read",
            Self::Idle => "idle after an answer",
            Self::SecuredSilent => "TLS, sends nothing",
            Self::SecuredLongHead => "TLS, long head without end",
            Self::SecuredSlowBody => "TLS, slow body",
            Self::SecuredUnread => "TLS, does not read",
        }
    }

    /// Whether the service serves HTTPS.
    pub(crate) fn is_secured(self) -> bool {
        matches!(self, Self::SecuredSilent | Self::SecuredLongHead | Self::SecuredSlowBody | Self::SecuredUnread)
    }

    /// What is sent at once, and a byte that follows every second.
    fn text(self) -> (String, Option<u8>) {
        let post = "POST /provision HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                    Content-Length: 16000\r\n\r\nusername=";
        match self {
            Self::Silent | Self::SecuredSilent => (String::new(), None),
            Self::SlowHead => ("POST /provision HTTP/1.1\r\nHost: x\r\nX-Slow: ".to_owned(), Some(b'x')),
            Self::LongHead | Self::SecuredLongHead => {
                (format!("POST /provision HTTP/1.1\r\nHost: x\r\nX-Long: {}", "x".repeat(30_000)), None)
            }
            Self::SlowBody | Self::SecuredSlowBody => (post.to_owned(), Some(b'x')),
            Self::LongBody => (post.to_owned() + &"x".repeat(15_000), None),
            Self::Unread | Self::SecuredUnread => ("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n".repeat(4000), None),
            Self::Idle => ("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), None),
        }
    }
}

/// A flood that goes on until it is ended.
pub(crate) struct Attack {
    counts: Arc<Counts>,
    tasks: JoinSet<()>,
}

#[derive(Default)]
struct Counts {
    opened: AtomicUsize,
    held: AtomicUsize,
    most: AtomicUsize,
}

/// Counts a connection while it is open.
struct Held(Arc<Counts>);

impl Held {
    fn new(counts: &Arc<Counts>) -> Self {
        counts.opened.fetch_add(1, Ordering::Relaxed);
        let held = counts.held.fetch_add(1, Ordering::Relaxed) + 1;
        counts.most.fetch_max(held, Ordering::Relaxed);
        Self(Arc::clone(counts))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.held.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Attack {
    /// Opens `pace` connections a second as long as fewer than `connections` are open; one that is closed is opened again.
    pub(crate) fn start(kind: Kind, service: &Service, connections: usize, pace: usize) -> anyhow::Result<Self> {
        let (address, tls) = (service.address(), service.connector()?);
        let (counts, mut tasks) = (Arc::<Counts>::default(), JoinSet::new());
        let shared = Arc::clone(&counts);
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            let mut steps = interval(STEP);
            steps.set_missed_tick_behavior(MissedTickBehavior::Skip);
            let each = (pace as f64 * STEP.as_secs_f64()).ceil() as usize;
            loop {
                steps.tick().await;
                while open.try_join_next().is_some() {}
                for _ in 0..each.min(connections.saturating_sub(open.len())) {
                    let (tls, counts) = (tls.clone(), Arc::clone(&shared));
                    // A connection that is closed or refused is what a flood has to expect.
                    open.spawn(async move { drop(hold(kind, address, tls, &counts).await) });
                }
            }
        });
        Ok(Self { counts, tasks })
    }

    /// Closes all. How many connections were opened, and how many were open at the most.
    pub(crate) async fn end(mut self) -> (usize, usize) {
        self.tasks.shutdown().await;
        (self.counts.opened.load(Ordering::Relaxed), self.counts.most.load(Ordering::Relaxed))
    }
}

async fn hold(kind: Kind, address: SocketAddr, tls: Option<TlsConnector>, counts: &Arc<Counts>) -> anyhow::Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(HOST, 0))?;
    if matches!(kind, Kind::Unread | Kind::SecuredUnread) {
        socket.set_recv_buffer_size(4096)?;
    }
    let stream = socket.connect(address).await?;
    let _held = Held::new(counts);
    match tls {
        None => go_on(kind, stream).await,
        Some(tls) => {
            let stream: tokio_rustls::client::TlsStream<TcpStream> =
                tls.connect(ServerName::try_from("localhost")?, stream).await?;
            go_on(kind, stream).await
        }
    }
}

/// Sends what it has to send, until the service closes the connection.
async fn go_on(kind: Kind, stream: impl AsyncRead + AsyncWrite + Unpin) -> anyhow::Result<()> {
    let (text, slow) = kind.text();
    let (mut read, mut write) = tokio::io::split(stream);
    if matches!(kind, Kind::Unread | Kind::SecuredUnread) {
        // It ends when the connection does; nothing is read meanwhile.
        loop {
            write.write_all(text.as_bytes()).await?;
        }
    }
    write.write_all(text.as_bytes()).await?;
    let send = async {
        let Some(byte) = slow else { return std::future::pending().await };
        loop {
            sleep(SLOW).await;
            write.write_all(&[byte]).await?;
            write.flush().await?;
        }
    };
    let mut answer = [0; 4096];
    let receive = async {
        while read.read(&mut answer).await? > 0 {}
        anyhow::Ok(())
    };
    tokio::select! {
        ended = send => ended,
        ended = receive => ended,
    }
}
