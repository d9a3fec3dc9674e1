//! A proxy between Openfire and its directory, which fails as directories and networks do. A test switches its fault.
//!
//! It carries whole LDAP messages, so it works only where no TLS and no SASL layer hides them.

mod message;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use self::message::{Message, Request};
use crate::process::{free_port, loopback};
use crate::slapd;

/// Time for the port to open or close.
const SWITCH_LIMIT: Duration = Duration::from_secs(10);

/// A running proxy; its port closes and its connections end when it is dropped.
#[derive(Debug)]
pub struct LdapProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    _task: JoinSet<()>,
}

/// What is wrong with the way to the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// New connections are refused. Those that are open go on until [`LdapProxy::cut`].
    PortClosed,
    /// Connections are accepted and stay open, and nothing goes through. It comes late when the fault ends without a cut.
    Stall,
    /// Every connection with a number that this divides is reset at once, as by a firewall.
    ResetEvery(usize),
    /// Every connection with a number that this divides is accepted, and nothing goes through until the fault ends.
    StallEvery(usize),
    /// Each bind reaches the directory only after this time.
    DelayBinds(Duration),
    /// A bind of [`slapd::ADMIN`], with which Openfire looks up users, is refused as with a wrong password. Users' own binds
    /// pass, and connections on which it is bound already go on until [`LdapProxy::cut`].
    RefuseServiceBinds,
    /// Searches for groups end with an error of the directory.
    FailGroupSearches,
    /// Searches for groups get no answer.
    DropGroupSearches,
}

#[derive(Debug)]
struct Shared {
    directory: SocketAddr,
    /// With the number of changes, from which on connections are counted.
    fault: watch::Sender<(usize, Fault)>,
    /// Counts the cuts.
    cuts: watch::Sender<usize>,
    is_open: watch::Sender<bool>,
    /// Connections that are open now.
    connections: watch::Sender<usize>,
}

impl LdapProxy {
    /// A proxy before `directory`, without a fault.
    pub async fn start(directory: SocketAddr) -> Self {
        // Not one of the kernel's, which an outgoing connection could take while the port is closed.
        let address = loopback(free_port());
        let shared = Arc::new(Shared {
            directory,
            fault: watch::Sender::new((0, Fault::None)),
            cuts: watch::Sender::new(0),
            is_open: watch::Sender::new(false),
            connections: watch::Sender::new(0),
        });
        let mut task = JoinSet::new();
        task.spawn(Arc::clone(&shared).serve(address));
        let proxy = Self { address, shared, _task: task };
        proxy.is_open(true).await;
        proxy
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes what is wrong, and waits until the port is open or closed accordingly. Connections are counted anew.
    pub async fn set(&self, fault: Fault) {
        self.shared.fault.send_modify(|current| *current = (current.0 + 1, fault));
        self.is_open(fault != Fault::PortClosed).await;
    }

    /// Closes all connections that are open.
    pub fn cut(&self) {
        self.shared.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Waits until this many connections are open.
    pub async fn connections(&self, wanted: usize) {
        let mut connections = self.shared.connections.subscribe();
        let come = timeout(SWITCH_LIMIT, connections.wait_for(|connections| *connections == wanted)).await;
        come.expect("connections in time").expect("a running proxy");
    }

    async fn is_open(&self, wanted: bool) {
        let mut is_open = self.shared.is_open.subscribe();
        let come = timeout(SWITCH_LIMIT, is_open.wait_for(|is_open| *is_open == wanted)).await;
        come.expect("the port opens or closes in time").expect("a running proxy");
    }
}

impl Shared {
    async fn serve(self: Arc<Self>, address: SocketAddr) {
        let mut fault = self.fault.subscribe();
        let mut connections = JoinSet::new();
        loop {
            let is_open = fault.wait_for(|(_, fault)| *fault != Fault::PortClosed).await.is_ok();
            assert!(is_open, "the proxy holds the sender");
            let listener = TcpListener::bind(address).await.expect("the port of before");
            self.is_open.send_replace(true);
            let (mut counted, mut count) = (0, 0);
            loop {
                tokio::select! {
                    accepted = listener.accept() => {
                        let (client, _) = accepted.expect("a connection");
                        let (change, fault) = *self.fault.borrow();
                        count = if change == counted { count + 1 } else { 1 };
                        counted = change;
                        // What has ended is given back.
                        while connections.try_join_next().is_some() {}
                        connections.spawn(Arc::clone(&self).connection(client, fault, count));
                    }
                    _ = fault.wait_for(|(_, fault)| *fault == Fault::PortClosed) => break,
                }
            }
            drop(listener);
            self.is_open.send_replace(false);
        }
    }

    /// Carries a connection until it ends or is cut. One that breaks is its two ends' affair.
    async fn connection(self: Arc<Self>, client: TcpStream, fault: Fault, number: usize) {
        let mut cuts = self.cuts.subscribe();
        if matches!(fault, Fault::ResetEvery(every) if number.is_multiple_of(every)) {
            client.set_zero_linger().expect("a socket");
            return;
        }
        let stalls = matches!(fault, Fault::StallEvery(every) if number.is_multiple_of(every));
        self.connections.send_modify(|connections| *connections += 1);
        tokio::select! {
            _ = self.carry(client, stalls) => {}
            _ = cuts.changed() => {}
        }
        self.connections.send_modify(|connections| *connections -= 1);
    }

    async fn carry(&self, client: TcpStream, stalls: bool) -> io::Result<()> {
        let directory = TcpStream::connect(self.directory).await?;
        client.set_nodelay(true)?;
        directory.set_nodelay(true)?;
        let (from_client, to_client) = client.into_split();
        let (from_directory, to_directory) = directory.into_split();
        // Both directions write to the client, whole messages each.
        let to_client = Mutex::new(to_client);
        // Either end closes both: LDAP knows no half-closed connection.
        tokio::select! {
            ended = self.requests(from_client, to_directory, &to_client, stalls) => ended,
            ended = self.answers(from_directory, &to_client, stalls) => ended,
        }
    }

    async fn requests(
        &self,
        mut client: OwnedReadHalf,
        mut directory: OwnedWriteHalf,
        to_client: &Mutex<OwnedWriteHalf>,
        stalls: bool,
    ) -> io::Result<()> {
        while let Some(message) = Message::read(&mut client).await? {
            let fault = self.passable(stalls).await;
            let answer = match (fault, message.request()) {
                (Fault::RefuseServiceBinds, Request::Bind(name)) if name.eq_ignore_ascii_case(slapd::ADMIN) => {
                    message.bind_refused()
                }
                (Fault::FailGroupSearches, Request::Search { for_groups: true }) => message.search_failed(),
                (Fault::DropGroupSearches, Request::Search { for_groups: true }) => continue,
                (Fault::DelayBinds(time), Request::Bind(_)) => {
                    sleep(time).await;
                    None
                }
                _ => None,
            };
            match answer {
                Some(answer) => to_client.lock().await.write_all(&answer.0).await?,
                None => directory.write_all(&message.0).await?,
            }
        }
        Ok(())
    }

    async fn answers(
        &self,
        mut directory: OwnedReadHalf,
        to_client: &Mutex<OwnedWriteHalf>,
        stalls: bool,
    ) -> io::Result<()> {
        while let Some(message) = Message::read(&mut directory).await? {
            self.passable(stalls).await;
            to_client.lock().await.write_all(&message.0).await?;
        }
        Ok(())
    }

    /// Waits until messages of the connection may pass; gives the fault of that moment.
    async fn passable(&self, stalls: bool) -> Fault {
        let mut fault = self.fault.subscribe();
        let passes =
            |(_, fault): &(usize, Fault)| *fault != Fault::Stall && !(stalls && matches!(fault, Fault::StallEvery(_)));
        let fault = fault.wait_for(|fault| passes(fault)).await;
        fault.expect("the proxy holds the sender").1
    }
}

#[cfg(test)]
mod tests;
