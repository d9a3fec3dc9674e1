//! What a lint costs grows with the lines of the text, and not with their square: data of a site can make many.

use std::time::{Duration, Instant};

use super::*;

const CLIENT: &str = "net.java.sip.communicator.";

/// Makes the lines of a number.
type Lines = fn(usize) -> String;

/// Texts of which each line could be compared with all others.
const TEXTS: [(&str, Lines); 7] = [
    ("a key set and removed in turns", |n| format!("site.k={n}\nsite.k=${{null}}\n")),
    ("keys set, removed and below each other", |n| format!("site.k{n}=${{null}}\nsite.k{n}=1\nsite.k{n}.x=1\n")),
    ("accounts without their own lines", |n| {
        format!(
            "{CLIENT}impl.protocol.jabber.accx{n}Z.A=1\n{CLIENT}impl.protocol.jabber.accx{n}Z=${{null}}\nq=1\nq=${{null}}\n"
        )
    }),
    ("linked accounts", |n| {
        let node = format!("{CLIENT}impl.protocol.sip.accx{n}Z");
        format!("{node}=accx{n}Z\n{node}.cusax.XMPP_ACCOUNT_ID=accq\n{CLIENT}impl.protocol.jabber.accx{n}Z=accx{n}Z\n")
    }),
    ("accounts with chat rooms", |n| {
        format!("{CLIENT}impl.protocol.jabber.accx{n}Z.ACCOUNT_UID=u{n}\n{CLIENT}impl.gui.accounts.accx{n}Z=v{n}\n")
    }),
    ("accounts with certificates", |n| {
        format!(
            "{CLIENT}impl.protocol.jabber.accx{n}Z.CLIENT_TLS_CERTIFICATE=c{n}\n{CLIENT}service.cert.clientauth.d{n}=d{n}\n"
        )
    }),
    ("directories", |n| format!("{CLIENT}impl.ldap.directories.dir{n}=x{n}\n")),
];

/// The shortest of some times, which other work on the machine disturbs least.
fn cost(line: Lines, count: usize) -> Duration {
    let document = parse(&(0..count).map(line).collect::<String>()).unwrap();
    let timed = |_| {
        let start = Instant::now();
        std::hint::black_box(lint(&document, &Client::default()));
        start.elapsed()
    };
    (0..2).map(timed).min().unwrap()
}

#[test]
fn four_times_the_lines_cost_no_sixteen_times() {
    const COUNT: usize = 1_500;
    for (what, line) in TEXTS {
        let (few, many) = (cost(line, COUNT), cost(line, 4 * COUNT));
        assert!(many < few * 9, "{what}: {few:?} for {COUNT}, {many:?} for four times as many");
    }
}
