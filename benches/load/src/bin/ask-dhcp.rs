//! Asks for provisioning URLs by DHCP as many clients of Jitsi, at an even pace: `ask-dhcp PER_MINUTE SECONDS`.
//!
//! The clients have addresses of 10.98.4.0/22, each asks in turn, and all wait at port 6768 of this host. At the end it
//! prints how many questions it asked and how many answers came. It runs on a separate host, see `questions.rs`.

#![expect(clippy::print_stdout, reason = "it is a program that reports to a pipe")]

use std::net::{Ipv4Addr, UdpSocket};
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// Clients that take turns: fewer than Linux has neighbours by default (1,024), and enough that none of them asks too often.
const CLIENTS: u32 = 600;

/// Time for the last answers.
const LAST: Duration = Duration::from_millis(300);

fn main() -> anyhow::Result<()> {
    let numbers = std::env::args().skip(1).map(|argument| argument.parse().context(argument));
    let [per_minute, seconds]: [u32; 2] =
        numbers.collect::<anyhow::Result<Vec<u32>>>()?.try_into().ok().context("usage: ask-dhcp PER_MINUTE SECONDS")?;
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 6768))?;
    socket.set_broadcast(true)?;
    let pause = Duration::from_mins(1) / per_minute.max(1);
    let start = Instant::now();
    let (mut asked, mut answered) = (0, 0);
    while start.elapsed() < Duration::from_secs(seconds.into()) {
        socket.send_to(&question(asked), (Ipv4Addr::BROADCAST, 6767))?;
        asked += 1;
        answered += answers_until(&socket, start + pause * asked)?;
    }
    answered += answers_until(&socket, Instant::now() + LAST)?;
    println!("{asked} {answered}");
    Ok(())
}

/// Counts the answers until then.
fn answers_until(socket: &UdpSocket, end: Instant) -> anyhow::Result<u32> {
    let mut count = 0;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(count);
        }
        socket.set_read_timeout(Some(left))?;
        // An error is the time-out, or that of an earlier packet.
        count += u32::from(socket.recv(&mut [0; 600]).is_ok());
    }
}

/// The DHCPINFORM of a client of Jitsi (RFC 2131 section 2): no more than this is set in it.
fn question(number: u32) -> [u8; 300] {
    let client = Ipv4Addr::new(10, 98, 4, 0).to_bits() + number % CLIENTS;
    let mut packet = [0; 300];
    for (start, bytes) in [
        (0, &[1, 1, 6, 0][..]),
        (4, &number.to_be_bytes()),
        (12, &client.to_be_bytes()),
        (28, &[2, 0, 0, 0, 0, 1]),
        (236, &[99, 130, 83, 99, 53, 1, 8, 55, 1, 224, 255]),
    ] {
        for (to, from) in packet.iter_mut().skip(start).zip(bytes) {
            *to = *from;
        }
    }
    packet
}
