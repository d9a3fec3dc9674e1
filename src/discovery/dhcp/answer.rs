//! The answer to a client: a DHCPACK that holds its provisioning URL, and nothing that a lease would need.

use std::net::Ipv4Addr;

use dhcproto::Encodable as _;
use dhcproto::v4::{DhcpOption, Message, MessageType, Opcode, OptionCode, UnknownOption};
use jitsi_properties::ProvisioningUrl;

use super::question::{Question, URL_OPTION};

/// The shortest packet in bytes, end option and padding included (RFC 1542 section 2.1). A shorter one, or one without an end
/// option, ends the client's search.
const SHORTEST: usize = 300;

/// The answer to `question` from the server with the address `server`, which leads the client to `url`.
///
/// The option is the URL's bytes without a NUL, since the client makes its text of all of them, and one option, since the
/// client takes only the last of several. A [`ProvisioningUrl`] is never longer than an option. None where it cannot be
/// encoded, which no URL causes.
pub(super) fn answer(question: &Question, server: Ipv4Addr, url: &ProvisioningUrl) -> Option<Vec<u8>> {
    // RFC 2131 table 3, row of DHCPINFORM: `ciaddr` as asked, no `yiaddr`, no lease time.
    let none = Ipv4Addr::UNSPECIFIED;
    let mut message = Message::new_with_id(question.transaction, question.client, none, none, none, &question.hardware);
    message.set_opcode(Opcode::BootReply);
    let options = message.opts_mut();
    options.insert(DhcpOption::MessageType(MessageType::Ack));
    options.insert(DhcpOption::ServerIdentifier(server));
    let value = url.as_str().as_bytes().to_vec();
    options.insert(DhcpOption::Unknown(UnknownOption::new(OptionCode::Unknown(URL_OPTION), value)));
    let mut packet = message.to_vec().ok()?;
    packet.resize(packet.len().max(SHORTEST), 0);
    Some(packet)
}

#[cfg(test)]
mod tests {
    use dhcproto::{Decodable as _, Decoder};

    use super::*;

    const SERVER: Ipv4Addr = Ipv4Addr::new(10, 99, 0, 1);

    fn question() -> Question {
        Question { transaction: 0xdead_beef, client: Ipv4Addr::new(10, 99, 0, 2), hardware: [2, 0, 0, 0, 0, 9] }
    }

    /// A URL with so many bytes.
    fn url(length: usize) -> ProvisioningUrl {
        let start = "https://provisioning.example.org/";
        ProvisioningUrl::parse(&format!("{start}{}", "x".repeat(length - start.len()))).unwrap()
    }

    #[test]
    fn an_answer_is_an_acknowledgement_of_everything_that_the_client_checks() {
        let packet = answer(&question(), SERVER, &url(40)).unwrap();
        let message = Message::decode(&mut Decoder::new(&packet)).unwrap();
        assert_eq!(message.opcode(), Opcode::BootReply);
        assert_eq!(message.xid(), 0xdead_beef);
        assert_eq!(message.chaddr(), [2, 0, 0, 0, 0, 9]);
        assert_eq!(message.ciaddr(), Ipv4Addr::new(10, 99, 0, 2));
        for (name, address) in
            [("yiaddr", message.yiaddr()), ("siaddr", message.siaddr()), ("giaddr", message.giaddr())]
        {
            assert!(address.is_unspecified(), "{name}: {address}");
        }
        let codes: Vec<u8> = message.opts().iter().map(|(code, _)| (*code).into()).collect();
        assert_eq!(codes, [53, 54, URL_OPTION], "only these, and no lease time");
        assert_eq!(message.opts().get(OptionCode::MessageType), Some(&DhcpOption::MessageType(MessageType::Ack)));
    }

    #[test]
    fn every_url_is_in_one_option_without_a_nul_and_ends_with_the_end_option() {
        for length in [40, 52, 53, 54, 254, 255] {
            let url = url(length);
            let packet = answer(&question(), SERVER, &url).unwrap();
            // Behind message type and server identifier.
            let option = &packet[240 + 3 + 6..];
            assert_eq!(option[..2], [URL_OPTION, u8::try_from(length).unwrap()]);
            assert_eq!(&option[2..2 + length], url.as_str().as_bytes());
            assert_eq!(option[2 + length], 255, "the end option");
            assert!(option[3 + length..].iter().all(|byte| *byte == 0), "padding");
            assert!((SHORTEST..=576).contains(&packet.len()), "{} bytes", packet.len());
        }
    }
}
