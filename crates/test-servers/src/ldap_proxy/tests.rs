//! Each fault, on a real slapd.

use std::io::ErrorKind;

use tokio::io::AsyncReadExt as _;

use super::message::tests::{bind, search};
use super::*;
use crate::seeds;
use crate::slapd::{ADMIN, ADMIN_PASSWORD, BASE, Slapd};

const SUCCESS: u8 = 0;
const LIMIT: Duration = Duration::from_secs(20);

/// A client of the directory, on one connection.
struct Client(TcpStream);

impl Client {
    async fn connect(proxy: &LdapProxy) -> io::Result<Self> {
        TcpStream::connect(proxy.address()).await.map(Self)
    }

    async fn send(&mut self, message: &Message) -> io::Result<()> {
        self.0.write_all(&message.0).await
    }

    /// The result code of the answer that ends the operation; entries before it are skipped.
    async fn result(&mut self) -> io::Result<u8> {
        loop {
            let message = timeout(LIMIT, Message::read(&mut self.0)).await.expect("an answer in time")?;
            let message = message.ok_or(ErrorKind::UnexpectedEof)?;
            if let Some(code) = message.result_code() {
                return Ok(code);
            }
        }
    }

    async fn ask(&mut self, message: Message) -> io::Result<u8> {
        self.send(&message).await?;
        self.result().await
    }

    async fn bind_admin(&mut self) -> io::Result<u8> {
        self.ask(bind(1, ADMIN, ADMIN_PASSWORD)).await
    }

    async fn bind_anna(&mut self) -> io::Result<u8> {
        let anna = format!("uid=anna.berger,ou=people,{BASE}");
        self.ask(bind(1, &anna, &seeds::person("anna.berger").password)).await
    }
}

async fn bind_admin(proxy: &LdapProxy) -> io::Result<u8> {
    Client::connect(proxy).await?.bind_admin().await
}

async fn servers() -> (Slapd, LdapProxy) {
    let slapd = Slapd::start().await;
    let proxy = LdapProxy::start(slapd.address()).await;
    (slapd, proxy)
}

fn is_cut(outcome: &io::Result<u8>) -> bool {
    let kinds = [ErrorKind::UnexpectedEof, ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
    outcome.as_ref().is_err_and(|error| kinds.contains(&error.kind()))
}

#[tokio::test]
async fn without_a_fault_everything_passes() {
    let (_slapd, proxy) = servers().await;
    let mut client = Client::connect(&proxy).await.expect("an open port");
    assert_eq!(client.bind_anna().await.expect("an answer"), SUCCESS);
    assert_eq!(client.ask(bind(2, ADMIN, "wrong")).await.expect("an answer"), 49);
    assert_eq!(client.bind_admin().await.expect("an answer"), SUCCESS);
    assert_eq!(client.ask(search(3, BASE, "inetOrgPerson")).await.expect("an answer"), SUCCESS);
    drop(client);
    proxy.connections(0).await;
}

#[tokio::test]
async fn a_port_closes_and_opens_again() {
    let (_slapd, proxy) = servers().await;
    let mut client = Client::connect(&proxy).await.expect("an open port");
    assert_eq!(client.bind_admin().await.expect("an answer"), SUCCESS);
    for _ in 0..3 {
        proxy.set(Fault::PortClosed).await;
        let refused = bind_admin(&proxy).await.map_err(|error| error.kind());
        assert_eq!(refused, Err(ErrorKind::ConnectionRefused));
        assert_eq!(client.bind_admin().await.expect("an open connection goes on"), SUCCESS);
        proxy.set(Fault::None).await;
        assert_eq!(bind_admin(&proxy).await.expect("an answer"), SUCCESS);
    }
    proxy.cut();
    let outcome = client.bind_admin().await;
    assert!(is_cut(&outcome), "{outcome:?}");
}

#[tokio::test]
async fn what_was_stalled_goes_on_or_is_cut() {
    let (_slapd, proxy) = servers().await;
    for is_cut_in_the_end in [false, true] {
        let mut old = Client::connect(&proxy).await.expect("an open port");
        assert_eq!(old.bind_admin().await.expect("an answer"), SUCCESS);
        proxy.set(Fault::Stall).await;
        let mut new = Client::connect(&proxy).await.expect("an open port");
        for client in [&mut old, &mut new] {
            client.send(&bind(1, ADMIN, ADMIN_PASSWORD)).await.expect("the kernel takes it");
            let nothing = timeout(Duration::from_millis(50), client.0.read(&mut [0])).await;
            assert!(nothing.is_err(), "{nothing:?}");
        }
        proxy.connections(2).await;
        if is_cut_in_the_end {
            proxy.cut();
        }
        proxy.set(Fault::None).await;
        for client in [&mut old, &mut new] {
            let outcome = client.result().await;
            assert_eq!(is_cut(&outcome), is_cut_in_the_end, "{outcome:?}");
            assert_eq!(outcome.is_ok_and(|code| code == SUCCESS), !is_cut_in_the_end);
        }
        drop((old, new));
        proxy.connections(0).await;
    }
}

#[tokio::test]
async fn every_third_connection_is_reset() {
    let (_slapd, proxy) = servers().await;
    proxy.set(Fault::ResetEvery(3)).await;
    for number in 1..=9 {
        let outcome = bind_admin(&proxy).await;
        if number % 3 == 0 {
            assert!(is_cut(&outcome), "{number}: {outcome:?}");
        } else {
            assert_eq!(outcome.expect("an answer"), SUCCESS, "{number}");
        }
    }
}

#[tokio::test]
async fn every_second_connection_stalls_until_the_fault_ends() {
    let (_slapd, proxy) = servers().await;
    proxy.set(Fault::StallEvery(2)).await;
    assert_eq!(bind_admin(&proxy).await.expect("an answer"), SUCCESS);
    let mut stalled = Client::connect(&proxy).await.expect("an open port");
    stalled.send(&bind(1, ADMIN, ADMIN_PASSWORD)).await.expect("the kernel takes it");
    assert_eq!(bind_admin(&proxy).await.expect("an answer"), SUCCESS);
    assert!(timeout(Duration::from_millis(50), stalled.0.read(&mut [0])).await.is_err());
    proxy.set(Fault::None).await;
    assert_eq!(stalled.result().await.expect("an answer"), SUCCESS);
}

#[tokio::test]
async fn binds_come_late() {
    let (_slapd, proxy) = servers().await;
    let delay = Duration::from_millis(100);
    proxy.set(Fault::DelayBinds(delay)).await;
    let begun = tokio::time::Instant::now();
    assert_eq!(bind_admin(&proxy).await.expect("an answer"), SUCCESS);
    assert!(begun.elapsed() >= delay);
}

#[tokio::test]
async fn only_the_service_is_refused() {
    let (_slapd, proxy) = servers().await;
    let mut bound = Client::connect(&proxy).await.expect("an open port");
    assert_eq!(bound.bind_admin().await.expect("an answer"), SUCCESS);
    proxy.set(Fault::RefuseServiceBinds).await;
    assert_eq!(bind_admin(&proxy).await.expect("an answer"), 49);
    let mut anna = Client::connect(&proxy).await.expect("an open port");
    assert_eq!(anna.bind_anna().await.expect("an answer"), SUCCESS);
    let people = search(2, BASE, "inetOrgPerson");
    assert_eq!(bound.ask(people).await.expect("what is bound goes on"), SUCCESS);
}

#[tokio::test]
async fn only_searches_for_groups_fail_or_stay_without_an_answer() {
    let (_slapd, proxy) = servers().await;
    let mut client = Client::connect(&proxy).await.expect("an open port");
    assert_eq!(client.bind_admin().await.expect("an answer"), SUCCESS);
    let groups = || search(2, BASE, "groupOfNames");
    assert_eq!(client.ask(groups()).await.expect("an answer"), SUCCESS);
    proxy.set(Fault::FailGroupSearches).await;
    assert_eq!(client.ask(groups()).await.expect("an answer"), 52);
    proxy.set(Fault::DropGroupSearches).await;
    client.send(&groups()).await.expect("the proxy takes it");
    // Its answer comes first, since that to the search never comes.
    assert_eq!(client.ask(bind(3, ADMIN, "wrong")).await.expect("an answer"), 49);
}
