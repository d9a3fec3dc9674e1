//! Is this datagram the question of a Jitsi client?

use std::net::{Ipv4Addr, SocketAddrV4};

use dhcproto::v4::borrowed::Message;
use dhcproto::v4::{HType, MAGIC, MessageType, Opcode, OptionCode};

/// The port that a client binds, asks from, and waits at (client source: `ProvisioningDiscoveryServiceDHCPImpl`).
pub(super) const CLIENT_PORT: u16 = 6768;

/// The option that a client asks for, whose value it takes as its provisioning URL.
pub(super) const URL_OPTION: u8 = 224;

/// The longest question in bytes. A client's has 300, and every DHCP host takes 576 (RFC 2131 section 2).
pub(super) const LONGEST: usize = 576;

/// Where the options begin: behind the fixed fields (RFC 2131 section 2) and the magic cookie.
const FIXED: usize = 240;

/// What a client asks, as far as the answer depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Question {
    /// The number by which the client recognises the answer.
    pub(super) transaction: u32,
    /// The address that the client has and waits at: `ciaddr`. It may differ from the sender's: a client asks for each of its
    /// addresses, and sends everything through one interface.
    pub(super) client: Ipv4Addr,
    /// The address of the client's interface, for an answer that repeats it. Zeros where the interface has none.
    pub(super) hardware: [u8; 6],
}

/// Why a datagram is not the question of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Foreign {
    /// A client sends from the port that it waits at.
    #[error("it was not sent from port {CLIENT_PORT}")]
    Port,
    /// Too short for DHCP, or longer than any question.
    #[error("it is too short or too long")]
    Length,
    /// A fixed field has a value that no question of a client has: a reply, a relayed question, assigned addresses.
    #[error("its field `{0}` has a value that no client writes")]
    Field(&'static str),
    /// An option is cut off, or the end option is missing.
    #[error("its options end too early")]
    Options,
    /// Not exactly one message type DHCPINFORM, and one request that names option 224.
    #[error("it is not a DHCPINFORM that requests option 224")]
    OtherOptions,
}

impl Question {
    /// Reads a datagram that came from `sender`.
    ///
    /// Clients of all versions send the same packet but for transaction and addresses (client source:
    /// `DHCPProvisioningDiscover.discoverProvisioningURL`). What another DHCP library would add to it is allowed: seconds,
    /// flags, and options about the client. What would change the meaning or the receiver of an answer is not.
    pub(super) fn read(datagram: &[u8], sender: SocketAddrV4) -> Result<Self, Foreign> {
        if sender.port() != CLIENT_PORT {
            return Err(Foreign::Port);
        }
        if datagram.len() > LONGEST {
            return Err(Foreign::Length);
        }
        let message = Message::new(datagram).map_err(|_| Foreign::Length)?;
        check_fields(&message)?;
        let (Some(names), Some(cookie), Some(options)) =
            (datagram.get(44..236), datagram.get(236..FIXED), datagram.get(FIXED..))
        else {
            return Err(Foreign::Length);
        };
        // Not only unused: with option 52 they would hold more options.
        if names.iter().any(|byte| *byte != 0) {
            return Err(Foreign::Field("sname` or `file"));
        }
        if *cookie != MAGIC {
            return Err(Foreign::Field("magic cookie"));
        }
        check_options(options)?;
        let hardware = datagram.get(28..34).and_then(|bytes| bytes.try_into().ok()).ok_or(Foreign::Length)?;
        Ok(Self { transaction: message.xid(), client: message.ciaddr(), hardware })
    }
}

/// Checks the fields of fixed length. It does not call `chaddr()`, which panics if the length exceeds the datagram.
fn check_fields(message: &Message<'_>) -> Result<(), Foreign> {
    let client = message.ciaddr();
    let is_host = !client.is_unspecified() && !client.is_broadcast() && !client.is_multicast() && !client.is_loopback();
    let fields = [
        ("op", message.opcode() == Opcode::BootRequest),
        ("htype", message.htype() == HType::Eth),
        ("hlen", message.hlen() == 6),
        ("hops", message.hops() == 0),
        ("ciaddr", is_host),
        ("yiaddr", message.yiaddr().is_unspecified()),
        ("siaddr", message.siaddr().is_unspecified()),
        // A relay's (RFC 2131 section 4.1); the answer would go to it.
        ("giaddr", message.giaddr().is_unspecified()),
    ];
    fields.iter().find(|(_, is_right)| !is_right).map_or(Ok(()), |(name, _)| Err(Foreign::Field(name)))
}

/// Checks that the two options of a client are there once each, in any order, and the end option behind them.
fn check_options(options: &[u8]) -> Result<(), Foreign> {
    let mut is_inform = false;
    let mut asks_for_url = false;
    let mut rest = options;
    loop {
        let (option, value, behind) = match *rest {
            [PAD, ref behind @ ..] => {
                rest = behind;
                continue;
            }
            [END, ..] if is_inform && asks_for_url => return Ok(()),
            [END, ..] => return Err(Foreign::OtherOptions),
            [option, length, ref behind @ ..] => {
                let (value, behind) = behind.split_at_checked(length.into()).ok_or(Foreign::Options)?;
                (option, value, behind)
            }
            _ => return Err(Foreign::Options),
        };
        let found = match OptionCode::from(option) {
            OptionCode::MessageType if value == [u8::from(MessageType::Inform)] => &mut is_inform,
            OptionCode::ParameterRequestList if value.contains(&URL_OPTION) => &mut asks_for_url,
            // Options in other fields, and those of a relay, which would get the answer.
            OptionCode::OptionOverload
            | OptionCode::RelayAgentInformation
            | OptionCode::MessageType
            | OptionCode::ParameterRequestList => return Err(Foreign::OtherOptions),
            _ => {
                rest = behind;
                continue;
            }
        };
        if std::mem::replace(found, true) {
            return Err(Foreign::OtherOptions);
        }
        rest = behind;
    }
}

// Options without a length (RFC 2132 section 3). Read here, since `dhcproto` does not say whether an end option was there.
const PAD: u8 = 0;
const END: u8 = 255;

#[cfg(test)]
#[path = "question/tests.rs"] // Where it is anyway, but not for the fuzz target, which has this file too.
mod tests;
