//! Our filter and jail for fail2ban: which lines of the log ban which address.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use form_urlencoded::Serializer;
use jiff::Timestamp;
use tempfile::TempDir;
use test_servers::fail2ban::{Fail2ban, Failure, failures};
use test_servers::openfire::{Openfire, component_name};

use crate::support::app::config_text;
use crate::support::http_client::{FORM, request, send};
use crate::support::service::Service;
use crate::support::visitor::{Visitor, pages};

const ANNA: (&str, &str) = ("anna.berger", "sunflower-42");
const WRONG: (&str, &str) = ("anna.berger", "moonflower-24");

/// Like lines of the log, in the formats "human" and "json".
const LIKE_A_LINE: &str = "INFO openfire_provisioner::http::request_log: request of x from 198.51.100.1: UnauthorizedException request.id=1 \
     user.name=\"x\"";
const LIKE_JSON: &str = "\",\"level\":\"INFO\",\"message\":\"request of x from 198.51.100.2: UnauthorizedException\",\
                         \"request.id\":1,\"user.name\":\"x\"";

fn ours(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/fail2ban").join(name)
}

/// A service behind a proxy, which says where each client is.
async fn service(format: &str, state: &TempDir) -> (Service, SocketAddr) {
    let more = format!(
        "[http]\nlisten = \"127.0.0.1:0\"\ntrusted_proxies = [\"127.0.0.1\"]\n[limits]\nfailures_per_user = 2\n\
         [log]\nformat = \"{format}\"\n{}",
        pages(state.path(), "")
    );
    let mut service = Service::serve(&config_text(Openfire::shared().await, &component_name(), &more));
    let address = service.ready().await;
    (service, address)
}

/// A request of a client there; the status of the answer.
async fn provision(service: SocketAddr, from: &str, agent: &str, (user, password): (&str, &str)) -> u16 {
    let mut form = Serializer::new(String::new());
    if !user.is_empty() {
        form.append_pair("username", user).append_pair("password", password);
    }
    let headers = [("content-type", FORM), ("user-agent", agent), ("x-forwarded-for", from)];
    send(service, request("POST", "/provision", &headers, &form.finish())).await.status
}

#[tokio::test]
async fn fail2ban_finds_wrong_passwords_and_nothing_else_in_both_formats() {
    for format in ["human", "json"] {
        let began = Timestamp::now().as_second();
        let state = tempfile::tempdir().unwrap();
        let (mut service, address) = service(format, &state).await;
        for (from, agent, login, status) in [
            ("192.0.2.1", "Jitsi/2.10.5550", ANNA, 200),
            ("192.0.2.2", "Jitsi/2.10.5550", WRONG, 401),
            ("2001:db8::3", "Jitsi/2.10.5550", WRONG, 401),
            ("::ffff:192.0.2.4", "", WRONG, 401),
            // Without a password yet: a client whose URL has no placeholders begins like that.
            ("192.0.2.5", "Jitsi/2.10.5550", ("", ""), 401),
            ("192.0.2.6", LIKE_A_LINE, (LIKE_A_LINE, LIKE_A_LINE), 401),
            ("192.0.2.7", LIKE_JSON, (LIKE_JSON, LIKE_JSON), 401),
            ("192.0.2.8", LIKE_A_LINE, ("x\n", LIKE_JSON), 400),
            // No name to be confused with that of a request without one.
            ("192.0.2.9", "x", ("-", "x"), 401),
            ("192.0.2.10", "x", ("maria.silva", "x"), 401),
            ("192.0.2.10", "x", ("maria.silva", "x"), 401),
            ("192.0.2.10", "x", ("maria.silva", "x"), 429),
        ] {
            assert_eq!(provision(address, from, agent, login).await, status, "{from}");
        }
        for from in ["192.0.2.20", "2001:db8::21"] {
            let mut visitor = Visitor::new(address).at(from);
            let answer =
                visitor.submit("/admin/sign-in", &[("username", "anna.berger"), ("password", LIKE_A_LINE)]).await;
            assert_eq!(answer.status, 403, "{answer}");
        }
        service.line(&["sign-in from 2001:db8::21 refused"]).await;
        service.line(&["from 192.0.2.10: TooManyRequests"]).await;
        let log = service.stop().await.stderr;
        let found = failures(&ours("filter.conf"), &log);
        let ended = Timestamp::now().as_second();
        let mut addresses: Vec<&str> = found.iter().map(|failure| &*failure.address).collect();
        // Requests are logged by a task of their own, and sign-ins at once.
        addresses.sort_unstable();
        insta::allow_duplicates! {
            insta::assert_snapshot!(addresses.join(" "), @"192.0.2.10 192.0.2.10 192.0.2.2 192.0.2.20 192.0.2.4 192.0.2.6 192.0.2.7 192.0.2.9 2001:db8::21 2001:db8::3");
        }
        let in_time = |failure: &Failure| failure.time.is_some_and(|time| (began..=ended).contains(&time));
        assert!(found.iter().all(in_time), "{began} to {ended}: {found:?}");
        // As rsyslog and `journalctl` show the same lines.
        let journal: Vec<String> =
            log.lines().map(|line| format!("Nov 30 20:00:00 host openfire-provisioner[77]: {line}")).collect();
        let journal = journal.join("\n") + "\n";
        let addresses = |found: &[Failure]| found.iter().map(|failure| failure.address.clone()).collect::<Vec<_>>();
        assert_eq!(addresses(&failures(&ours("filter.conf"), &journal)), addresses(&found));
    }
}

#[tokio::test]
async fn an_outage_bans_no_client() {
    let config = "[openfire]\ndomain = \"example.test\"\nhost = \"127.0.0.1\"\nport = 1\n\
                  [component]\nname = \"a.example.test\"\nsecret = \"hush\"\nport = 1\n\
                  [http]\nlisten = \"127.0.0.1:0\"\ntrusted_proxies = [\"127.0.0.1\"]\nerror_status = \"plugin\"\n";
    let mut service = Service::serve(config);
    let address = service.listening().await;
    assert_eq!(provision(address, "192.0.2.1", "x", WRONG).await, 401);
    let line = service.line(&["request of anna.berger from 192.0.2.1: ConnectionException"]).await;
    assert_eq!(failures(&ours("filter.conf"), &format!("{line}\n")), []);
    // The same line for a wrong password would be found.
    let wrong = line.replace("ConnectionException", "UnauthorizedException");
    assert_eq!(failures(&ours("filter.conf"), &format!("{wrong}\n")).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn fail2ban_bans_who_tries_passwords_and_no_address_that_an_attacker_names() {
    let state = tempfile::tempdir().unwrap();
    let (mut service, address) = service("human", &state).await;
    let file = state.path().join("the.log");
    let mut log = OpenOptions::new().create(true).append(true).open(&file).unwrap();
    let local = format!(
        "[openfire-provisioner]\nenabled = true\nbackend = polling\nlogpath = {}\nmaxretry = 2\n",
        file.display()
    );
    for _ in 0..2 {
        assert_eq!(provision(address, "192.0.2.66", LIKE_A_LINE, (LIKE_JSON, LIKE_A_LINE)).await, 401);
    }
    service.lines(&["from 192.0.2.66: UnauthorizedException"], 2).await;
    let first = service.log();
    writeln!(log, "{first}").unwrap();
    let fail2ban = Fail2ban::start(&ours("filter.conf"), &ours("jail.conf"), &local).await;
    let next = || tokio::task::block_in_place(|| fail2ban.banned());
    assert_eq!(next(), "192.0.2.66");
    // And while it runs.
    for _ in 0..2 {
        assert_eq!(provision(address, "2001:db8::66", "x", ("tomas.novak", "x")).await, 401);
    }
    service.lines(&["from 2001:db8::66: UnauthorizedException"], 2).await;
    writeln!(log, "{}", service.log().strip_prefix(&first).unwrap()).unwrap();
    assert_eq!(next(), "2001:db8::66");
    drop(fail2ban);
    service.stop().await;
}
