//! What reads a datagram as a client's question never panics, and what it answers goes to that client and is whole.

#![no_main]

use std::net::{Ipv4Addr, SocketAddrV4};

use dhcproto::v4::{DhcpOption, Message, MessageType, Opcode, OptionCode};
use dhcproto::{Decodable as _, Decoder};
use jitsi_properties::ProvisioningUrl;
use libfuzzer_sys::fuzz_target;

use self::answer::answer;
use self::question::Question;

// The two pure files of the responder; the rest of the service is not built here.
#[path = "../../src/discovery/dhcp/answer.rs"]
mod answer;
#[path = "../../src/discovery/dhcp/question.rs"]
mod question;

const URL: &str = "https://provisioning.example.org/provision?username=${username}&password=${password}";

fuzz_target!(|datagram: &[u8]| {
    let sender = SocketAddrV4::new(Ipv4Addr::new(10, 99, 0, 2), 6768);
    let Ok(question) = Question::read(datagram, sender) else { return };
    let url = ProvisioningUrl::parse(URL).expect("a URL");
    let packet = answer(&question, Ipv4Addr::new(10, 99, 0, 1), &url).expect("every question has an answer");
    assert!((300..=576).contains(&packet.len()), "{} bytes", packet.len());
    let message = Message::decode(&mut Decoder::new(&packet)).expect("a packet");
    assert_eq!(message.opcode(), Opcode::BootReply);
    // As they are in the datagram: transaction and the address that the client has.
    assert_eq!([&packet[4..8], &packet[12..16]], [&datagram[4..8], &datagram[12..16]]);
    assert!(message.yiaddr().is_unspecified() && message.giaddr().is_unspecified());
    assert_eq!(message.opts().get(OptionCode::MessageType), Some(&DhcpOption::MessageType(MessageType::Ack)));
    assert_eq!(message.opts().get(OptionCode::AddressLeaseTime), None);
});
