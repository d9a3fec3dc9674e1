//! How long a login takes on Openfire 4.2 as sites run it. Not part of the usual run:
//! `cargo test --release --test api login_speed -- --ignored --nocapture`.

#![expect(clippy::print_stdout, reason = "a measurement tells its numbers")]

use std::time::Duration;

use test_servers::openfire::{Openfire, OpenfireOptions};
use tokio::time::Instant;

use crate::support::logins::{credentials, login, settings_with_ca};

const LOGINS: usize = 50;

async fn measure(label: &str, openfire: &Openfire, more: &str) {
    let login = login(&settings_with_ca(openfire.c2s(), &openfire.ca_file(), more));
    let mut times: Vec<Duration> = Vec::new();
    let mut failures = 0;
    for _ in 0..LOGINS + 10 {
        let start = Instant::now();
        match login.authenticate(&credentials("cardless", "no-card-here"), start + Duration::from_secs(2)).await {
            Ok(session) => {
                times.push(start.elapsed());
                session.close().await;
            }
            Err(_) => failures += 1,
        }
    }
    // The first ten warm the server's compiler up.
    let mut times = times.split_off(10.min(times.len()));
    times.sort();
    let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
    println!("{label}: median {:?}, 90th percentile {:?}, {failures} failures", at(50), at(90));
}

#[tokio::test]
#[ignore = "a measurement"]
async fn logins_on_openfire_as_it_comes() {
    let stock = Openfire::start(OpenfireOptions::default()).await;
    measure("TLS 1.2, SCRAM-SHA-1", &stock, "mechanisms = [\"SCRAM-SHA-1\"]").await;
    measure("TLS 1.2, PLAIN", &stock, "mechanisms = [\"PLAIN\"]").await;
    let nodelay = Openfire::start(OpenfireOptions::default().property("xmpp.socket.tcp-nodelay", "true")).await;
    measure("TLS 1.2, SCRAM-SHA-1, tcp-nodelay on the server", &nodelay, "mechanisms = [\"SCRAM-SHA-1\"]").await;
    let tls13 = Openfire::start(OpenfireOptions::default().set("TLS_PROTOCOLS", "TLSv1.2,TLSv1.3")).await;
    measure("TLS 1.3, SCRAM-SHA-1", &tls13, "mechanisms = [\"SCRAM-SHA-1\"]").await;
    measure("TLS 1.3 server, TLS 1.2 spoken", &tls13, "tls_max = \"1.2\"").await;
}
