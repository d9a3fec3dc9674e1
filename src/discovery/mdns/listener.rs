//! Listens to announcements on one interface, and sends questions there.
//!
//! The sockets are bound to the group's address, so they get copies of multicasts only: what is sent to this host alone
//! reaches the responder, or an Avahi beside it, and not us (RFC 6762 section 15.1).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use futures::future::{OptionFuture, pending};
use socket2::{Domain, InterfaceIndexOrAddress, Protocol, Socket, Type};
use tokio::net::UdpSocket;

use super::heard::{Claim, InstanceName};

/// RFC 6762 section 3.
const PORT: u16 = 5353;
const GROUP_V4: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
const GROUP_V6: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xfb);

/// RFC 6762 section 17: no message is longer.
const LONGEST_MESSAGE: usize = 9000;

/// The sockets that listen on one interface.
#[derive(Debug)]
pub(super) struct Listener {
    ipv4: Option<UdpSocket>,
    /// With the group, which has the interface in it.
    ipv6: Option<(UdpSocket, SocketAddr)>,
    name: InstanceName,
}

/// Claims of one datagram.
#[derive(Debug)]
pub(super) struct Heard {
    /// The host that sent it.
    pub(super) source: IpAddr,
    /// What it says.
    pub(super) claims: Vec<Claim>,
}

impl Listener {
    /// Listens on an interface, over IPv4 or IPv6 or both. The error is that of IPv4 if neither works.
    pub(super) fn open(interface: &str, index: u32, name: InstanceName) -> io::Result<Self> {
        let ipv4 = ipv4(interface, index);
        let group = SocketAddr::V6(SocketAddrV6::new(GROUP_V6, PORT, 0, index));
        let ipv6 = ipv6(interface, index, group).map(|socket| (socket, group));
        match (ipv4, ipv6) {
            (Err(error), Err(_)) => Err(error),
            (ipv4, ipv6) => Ok(Self { ipv4: ipv4.ok(), ipv6: ipv6.ok(), name }),
        }
    }

    /// Asks all hosts of the link who announces the instance. An error means that they are not reached now, which ends by itself.
    pub(super) async fn ask(&self) {
        let question = self.name.question();
        if let Some(socket) = &self.ipv4 {
            let _ = socket.send_to(&question, (GROUP_V4, PORT)).await;
        }
        if let Some((socket, group)) = &self.ipv6 {
            let _ = socket.send_to(&question, group).await;
        }
    }

    /// Waits for a datagram about the instance. It can be called again after it was dropped.
    pub(super) async fn hear(&self) -> Heard {
        loop {
            let ipv4 = OptionFuture::from(self.ipv4.as_ref().map(|socket| self.receive(socket)));
            let ipv6 = OptionFuture::from(self.ipv6.as_ref().map(|(socket, _)| self.receive(socket)));
            let heard = tokio::select! {
                Some(heard) = ipv4 => heard,
                Some(heard) = ipv6 => heard,
                else => pending().await,
            };
            if !heard.claims.is_empty() {
                return heard;
            }
        }
    }

    /// The claims of the next datagram. An error (the interface went down) is none; the responder sees it too.
    async fn receive(&self, socket: &UdpSocket) -> Heard {
        loop {
            if socket.readable().await.is_err() {
                pending::<()>().await;
            }
            let mut buffer = vec![0; LONGEST_MESSAGE];
            if let Ok((length, source)) = socket.try_recv_from(&mut buffer) {
                let claims = self.name.claims(buffer.get(..length).unwrap_or_default());
                return Heard { source: source.ip().to_canonical(), claims };
            }
        }
    }
}

fn ipv4(interface: &str, index: u32) -> io::Result<UdpSocket> {
    let socket = socket(Domain::IPV4, interface)?;
    socket.set_multicast_ttl_v4(255)?;
    socket.bind(&SocketAddr::from((GROUP_V4, PORT)).into())?;
    socket.join_multicast_v4_n(&GROUP_V4, &InterfaceIndexOrAddress::Index(index))?;
    UdpSocket::from_std(socket.into())
}

fn ipv6(interface: &str, index: u32, group: SocketAddr) -> io::Result<UdpSocket> {
    let socket = socket(Domain::IPV6, interface)?;
    socket.set_only_v6(true)?;
    socket.set_multicast_hops_v6(255)?;
    socket.bind(&group.into())?;
    socket.join_multicast_v6(&GROUP_V6, index)?;
    UdpSocket::from_std(socket.into())
}

/// A socket that shares the port with the responder and with others, and sends and receives on the interface only.
fn socket(domain: Domain, interface: &str) -> io::Result<Socket> {
    let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    socket.bind_device(Some(interface.as_bytes()))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}
