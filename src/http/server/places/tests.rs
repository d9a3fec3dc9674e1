//! Places and the tasks that hold them.

use std::future::pending;
use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::*;
use crate::http::server::watched::Watched;
use crate::telemetry::Live;

const SECOND: Duration = Duration::from_secs(1);

fn address(last: u8) -> IpAddr {
    Ipv4Addr::new(192, 0, 2, last).into()
}

fn places(most: usize) -> Places {
    Places::new(most, SECOND, Vec::new(), Arc::new(Metrics::new(Live::default)))
}

impl Places {
    fn says(&self, line: &str) -> bool {
        self.0.metrics.text().lines().any(|found| found == format!("openfire_provisioner_{line}"))
    }

    /// A task that holds a place and does this.
    fn hold(&self, tasks: &mut JoinSet<()>, last: u8, doing: Doing) -> Number {
        let place = self.take(address(last)).unwrap();
        place.set(doing);
        let number = place.number();
        self.attach(
            number,
            tasks.spawn(async move {
                pending::<()>().await;
                drop(place);
            }),
        );
        number
    }
}

#[tokio::test]
async fn who_loses_its_place_is_closed_and_counted() {
    let (places, mut tasks) = (places(2), JoinSet::new());
    places.hold(&mut tasks, 1, Doing::Answering);
    places.hold(&mut tasks, 1, Doing::Idle);
    assert!(places.says("connections_open 2"));
    places.await_one(true);
    let newcomer = places.take(address(2)).unwrap();
    assert_eq!(places.leaving(), 1);
    assert!(tasks.join_next().await.unwrap().unwrap_err().is_cancelled());
    assert_eq!(places.leaving(), 0);
    timeout(SECOND, places.freed()).await.expect("a wake-up");
    assert!(places.says("connections_yielded_total{phase=\"idle\"} 1"));
    assert!(places.says("connections_open 2"));
    drop(newcomer);
    tasks.shutdown().await;
    assert!(places.says("connections_open 0"));
    assert!(places.lock().handles.is_empty());
}

#[tokio::test]
async fn a_panic_frees_the_place() {
    let (places, mut tasks) = (places(1), JoinSet::new());
    let place = places.take(address(1)).unwrap();
    tasks.spawn(async move {
        let _place = place;
        panic!("on purpose");
    });
    assert!(tasks.join_next().await.unwrap().unwrap_err().is_panic());
    assert!(places.says("connections_open 0"));
    assert!(places.take(address(1)).is_some());
}

#[tokio::test]
async fn a_task_that_has_ended_is_not_kept() {
    let places = places(1);
    let place = places.take(address(1)).unwrap();
    let number = place.number();
    drop(place);
    places.attach(number, tokio::spawn(async {}).abort_handle());
    assert!(places.lock().handles.is_empty());
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_hears_of_a_place_and_of_a_connection_that_becomes_idle() {
    let places = places(1);
    let place = places.take(address(1)).unwrap();
    place.set(Doing::Answering);
    assert!(places.take(address(1)).is_none());
    places.await_one(true);
    assert!(timeout(SECOND, places.freed()).await.is_err());
    place.set(Doing::Idle);
    timeout(SECOND, places.freed()).await.expect("it is idle");
    drop(place);
    timeout(SECOND, places.freed()).await.expect("it is free");
    places.await_one(false);
    drop(places.take(address(1)));
    assert!(timeout(SECOND, places.freed()).await.is_err());
}

#[tokio::test]
async fn the_log_names_who_holds_the_most_once_a_minute() {
    let places = places(2);
    let _places = [1, 1].map(|last| places.take(address(last)).unwrap());
    let _newcomer = places.take(address(2)).unwrap();
    let said = places.lock().said;
    assert!(said.is_some());
    let _another = places.take(address(3));
    assert_eq!(places.lock().said, said);
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_seen_and_one_that_sends_too() {
    let places = places(1);
    let place = Arc::new(places.take(address(1)).unwrap());
    let activity = || places.lock().table.activity(place.number()).unwrap();
    let (mut client, server) = duplex(4);
    let mut server = Watched::new(server, Arc::clone(&place));
    assert_eq!(activity(), Activity::Head);
    place.set(Doing::Idle);
    assert_eq!(activity(), Activity::Idle);
    {
        let mut write = std::pin::pin!(server.write_all(b"12345678"));
        assert!(futures::poll!(&mut write).is_pending());
        assert_eq!(activity(), Activity::Unread);
        client.read_exact(&mut [0; 4]).await.unwrap();
        write.await.unwrap();
    }
    assert_eq!(activity(), Activity::Idle);
    client.write_all(b"1").await.unwrap();
    server.read_exact(&mut [0]).await.unwrap();
    assert_eq!(activity(), Activity::Head);
    // While a request is in work, neither changes anything.
    place.set(Doing::Answering);
    client.write_all(b"1").await.unwrap();
    server.read_exact(&mut [0]).await.unwrap();
    assert_eq!(activity(), Activity::Request);
}
