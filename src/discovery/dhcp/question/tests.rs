use proptest::prelude::*;

use super::*;
use crate::discovery::dhcp::answer::answer;

const SENDER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 99, 0, 2), CLIENT_PORT);

/// A question as `dhcp4java` writes it for a client of Jitsi, with these options.
fn with_options(options: &[u8]) -> Vec<u8> {
    let mut datagram = vec![0; FIXED];
    datagram[..8].copy_from_slice(&[1, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef]);
    datagram[12..16].copy_from_slice(&[10, 99, 0, 2]);
    datagram[28..34].copy_from_slice(&[2, 0, 0, 0, 0, 9]);
    datagram[236..].copy_from_slice(&MAGIC);
    datagram.extend(options);
    datagram
}

const OPTIONS: [u8; 7] = [53, 1, 8, 55, 1, URL_OPTION, END];

fn padded() -> Vec<u8> {
    let mut datagram = with_options(&OPTIONS);
    datagram.resize(300, 0);
    datagram
}

fn read(datagram: &[u8]) -> Result<Question, Foreign> {
    Question::read(datagram, SENDER)
}

#[test]
fn this_is_what_the_library_of_a_client_writes() {
    assert_eq!(&padded()[..], include_bytes!("../../../../fuzz/seeds/dhcp/question"));
}

#[test]
fn the_question_of_a_client_is_read_with_and_without_padding() {
    let asked =
        Question { transaction: 0xdead_beef, client: Ipv4Addr::new(10, 99, 0, 2), hardware: [2, 0, 0, 0, 0, 9] };
    let other_order = with_options(&[PAD, 55, 1, URL_OPTION, PAD, PAD, 53, 1, 8, END, 7, 7]);
    // As other libraries would write it: more options, seconds and the broadcast flag.
    let more = [53, 1, 8, 12, 2, b'p', b'c', 55, 3, 1, URL_OPTION, 3, 57, 2, 5, 220, END];
    let mut more = with_options(&more);
    more[8..12].copy_from_slice(&[0, 3, 0x80, 0]);
    for datagram in [padded(), with_options(&OPTIONS), other_order, more] {
        assert_eq!(read(&datagram), Ok(asked), "{datagram:?}");
    }
    // An interface without a hardware address, and another sender: a client asks for each of its addresses.
    let mut datagram = padded();
    datagram[28..34].fill(0);
    let other = SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 7), CLIENT_PORT);
    assert_eq!(Question::read(&datagram, other), Ok(Question { hardware: [0; 6], ..asked }));
}

#[test]
fn what_comes_from_another_port_is_no_question() {
    for port in [67, 68, 6767, 6769, 0, 40000] {
        assert_eq!(Question::read(&padded(), SocketAddrV4::new(*SENDER.ip(), port)), Err(Foreign::Port), "{port}");
    }
}

#[test]
fn a_field_that_no_client_writes_makes_it_another_question() {
    // Where, what, and how the field is called.
    for (at, value, name) in [
        (0, 2, "op"),
        (1, 6, "htype"),
        (2, 16, "hlen"),
        // Beyond the end of the datagram.
        (2, 255, "hlen"),
        (3, 1, "hops"),
        (12, 127, "ciaddr"),
        (12, 239, "ciaddr"),
        (19, 1, "yiaddr"),
        (23, 1, "siaddr"),
        (24, 10, "giaddr"),
        (44, b'x', "sname` or `file"),
        (107, 1, "sname` or `file"),
        (108, b'x', "sname` or `file"),
        (235, 1, "sname` or `file"),
        (236, 0, "magic cookie"),
    ] {
        let mut datagram = padded();
        datagram[at] = value;
        assert_eq!(read(&datagram), Err(Foreign::Field(name)), "byte {at}");
    }
    for address in [[0; 4], [255; 4]] {
        let mut datagram = padded();
        datagram[12..16].copy_from_slice(&address);
        assert_eq!(read(&datagram), Err(Foreign::Field("ciaddr")), "{address:?}");
    }
}

#[test]
fn other_options_than_those_of_a_client_make_it_another_question() {
    let inform = [53, 1, 8];
    let list = [55, 1, URL_OPTION];
    let end = [END];
    for (name, options) in [
        ("a DISCOVER", [&[53, 1, 1][..], &list, &end].concat()),
        ("a REQUEST", [&[53, 1, 3][..], &list, &end].concat()),
        ("a RELEASE", [&[53, 1, 7][..], &list, &end].concat()),
        ("an INFORM for other options", [&inform[..], &[55, 2, 1, 3], &end].concat()),
        ("an INFORM without a list", [&inform[..], &end].concat()),
        ("an INFORM with an empty list", [&inform[..], &[55, 0], &end].concat()),
        ("no message type", [&list[..], &end].concat()),
        ("a message type of two bytes", [&[53, 2, 8, 8][..], &list, &end].concat()),
        ("two message types", [&inform[..], &inform, &list, &end].concat()),
        ("two lists", [&inform[..], &list, &list, &end].concat()),
        ("options in sname and file too", [&inform[..], &list, &[52, 1, 3], &end].concat()),
        ("a relay's option", [&inform[..], &list, &[82, 2, 1, 0], &end].concat()),
        ("nothing but the end", end.to_vec()),
    ] {
        assert_eq!(read(&with_options(&options)), Err(Foreign::OtherOptions), "{name}");
    }
}

#[test]
fn broken_off_options_are_no_question() {
    for length in 0..OPTIONS.len() {
        assert_eq!(read(&with_options(&OPTIONS[..length])), Err(Foreign::Options), "{length} bytes of the options");
    }
    for options in [&[53, 1, 8, 55, 1, URL_OPTION, PAD, PAD][..], &[53, 1, 8, 55, 200, URL_OPTION, END]] {
        assert_eq!(read(&with_options(options)), Err(Foreign::Options), "{options:?}");
    }
}

#[test]
fn short_and_long_datagrams_are_no_question() {
    for length in [0, 1, 235, 236, 239] {
        assert_eq!(read(&padded()[..length]), Err(Foreign::Length), "{length}");
    }
    for (length, is_right) in [(LONGEST, true), (LONGEST + 1, false), (65_507, false)] {
        let mut datagram = padded();
        datagram.resize(length, 0);
        assert_eq!(read(&datagram).is_ok(), is_right, "{length}");
    }
}

proptest! {
    #[test]
    fn anything_is_read_without_a_panic(
        datagram in prop::collection::vec(any::<u8>(), 0..700),
        options in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let _ = read(&datagram);
        let _ = read(&with_options(&options));
    }

    #[test]
    fn a_changed_byte_never_leads_to_an_answer_to_more_than_the_client(at in 0_usize..300, value in any::<u8>()) {
        let mut datagram = padded();
        datagram[at] = value;
        if let Ok(question) = read(&datagram) {
            // Transaction, seconds, flags, address, hardware address, or what comes behind the end option.
            let is_free = matches!(at, 4..16 | 28..44 | 247..);
            prop_assert!(is_free || value == padded()[at], "byte {at}");
            let url = jitsi_properties::ProvisioningUrl::parse("https://provisioning.example.org/").unwrap();
            let answer = answer(&question, Ipv4Addr::new(10, 99, 0, 1), &url).unwrap();
            prop_assert_eq!(&answer[4..8], &datagram[4..8]);
            prop_assert_eq!(&answer[12..16], &datagram[12..16]);
            prop_assert_eq!(&answer[28..34], &datagram[28..34]);
        }
    }
}
