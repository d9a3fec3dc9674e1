//! Who is admitted, who waits, and who is not.

mod locked_out;

use std::task::Poll;

use futures::poll;
use xmpp_parsers::jid::DomainPart;

use super::*;
use crate::model::network::network;

const WINDOW: Duration = Duration::from_mins(15);

fn user(name: &str) -> Username {
    Username::parse(name, &DomainPart::new("example.test").unwrap()).unwrap()
}

fn throttle() -> Throttle {
    let limits = Limits { failures_per_user: 3, failures_per_address: 5, attempts_per_user: 6, ..Limits::default() };
    Throttle::new(&limits)
}

fn who<'a>(user: &'a Username, address: &str) -> Who<'a> {
    Who { user, network: network(address.parse().unwrap()), is_familiar: false }
}

/// Admits an attempt that need not wait, and lets it run.
async fn begin<'a>(throttle: &'a Throttle, who: Who<'a>) -> Result<LoginAttempt<'a>, NotAdmitted> {
    let now = Instant::now();
    let mut attempt = throttle.admit(who, now).await?;
    attempt.runs(now);
    Ok(attempt)
}

async fn fail(throttle: &Throttle, from: &str, name: &str) -> Result<(), NotAdmitted> {
    begin(throttle, who(&user(name), from)).await?.failed(Instant::now());
    Ok(())
}

async fn doubt(throttle: &Throttle, from: &str, name: &str) -> Result<(), NotAdmitted> {
    begin(throttle, who(&user(name), from)).await?.doubted(Instant::now());
    Ok(())
}

/// Whether another attempt is admitted; it does not count.
async fn admits(throttle: &Throttle, from: &str, name: &str) -> Result<(), NotAdmitted> {
    begin(throttle, who(&user(name), from)).await?.undecided(Instant::now());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_user_waits_after_too_many_failures_and_others_do_not() {
    let throttle = throttle();
    for _ in 0..3 {
        assert_eq!(fail(&throttle, "10.0.0.1", "anna").await, Ok(()));
    }
    assert_eq!(admits(&throttle, "10.0.0.1", "anna").await, Err(NotAdmitted::TooMany(WINDOW)));
    assert_eq!(admits(&throttle, "10.0.0.1", "ben").await, Ok(()));
    assert_eq!(admits(&throttle, "10.0.0.2", "anna").await, Ok(()));
    tokio::time::advance(WINDOW).await;
    assert_eq!(admits(&throttle, "10.0.0.1", "anna").await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn an_address_waits_after_too_many_failures_of_any_names() {
    let throttle = throttle();
    for name in ["a", "b", "c", "d", "e"] {
        assert_eq!(fail(&throttle, "2001:db8::1", name).await, Ok(()));
    }
    assert!(admits(&throttle, "2001:db8::2", "new").await.is_err());
    assert!(admits(&throttle, "2001:db8:0:1::2", "new").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_user_has_so_many_attempts_over_all_addresses_but_where_the_user_is_familiar() {
    let (throttle, anna) = (throttle(), user("anna"));
    for host in 1..=6 {
        assert_eq!(fail(&throttle, &format!("10.0.0.{host}"), "anna").await, Ok(()));
    }
    assert_eq!(admits(&throttle, "10.0.0.7", "anna").await, Err(NotAdmitted::TooMany(WINDOW)));
    let at_home = Who { is_familiar: true, ..who(&anna, "10.0.1.1") };
    assert!(begin(&throttle, at_home).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn asking_once_more_is_an_attempt_too() {
    let (throttle, anna) = (throttle(), user("anna"));
    for host in 1..=3 {
        let from = format!("10.0.0.{host}");
        let mut attempt = begin(&throttle, who(&anna, &from)).await.unwrap();
        assert!(attempt.asks_again(Instant::now()));
        attempt.failed(Instant::now());
    }
    assert_eq!(admits(&throttle, "10.0.0.4", "anna").await, Err(NotAdmitted::TooMany(WINDOW)));

    let (throttle, ben) = (self::throttle(), user("ben"));
    for host in 1..=5 {
        assert_eq!(fail(&throttle, &format!("10.0.0.{host}"), "ben").await, Ok(()));
    }
    let mut last = begin(&throttle, who(&ben, "10.0.0.6")).await.unwrap();
    assert!(!last.asks_again(Instant::now()));
    last.doubted(Instant::now());
}

#[tokio::test(start_paused = true)]
async fn a_success_forgets_the_users_own_failures_and_not_those_of_others() {
    let (throttle, anna) = (throttle(), user("anna"));
    for host in 2..=4 {
        assert_eq!(fail(&throttle, &format!("10.0.0.{host}"), "anna").await, Ok(()));
    }
    for _ in 0..2 {
        assert_eq!(fail(&throttle, "10.0.0.1", "anna").await, Ok(()));
    }
    let mut attempt = begin(&throttle, who(&anna, "10.0.0.1")).await.unwrap();
    assert!(!attempt.asks_again(Instant::now()), "five failures, and the one that runs");
    attempt.succeeded(Instant::now());
    for _ in 0..3 {
        assert_eq!(fail(&throttle, "10.0.0.1", "anna").await, Ok(()));
    }
    assert!(admits(&throttle, "10.0.0.1", "anna").await.is_err());
    assert!(admits(&throttle, "10.0.0.9", "anna").await.is_err(), "three of the others, and three");
}

#[tokio::test(start_paused = true)]
async fn attempts_at_the_same_time_wait_for_each_other_and_all_succeed() {
    let (throttle, anna) = (throttle(), user("anna"));
    let anna = who(&anna, "10.0.0.1");
    let deadline = Instant::now() + Duration::from_secs(8);
    let mut running = Vec::new();
    for _ in 0..3 {
        running.push(begin(&throttle, anna).await.unwrap());
    }
    let mut waiting: Vec<_> = (0..20).map(|_| Box::pin(throttle.admit(anna, deadline))).collect();
    for waiting in &mut waiting {
        assert!(poll!(waiting).is_pending());
    }
    let mut succeeded = 0;
    while let Some(attempt) = running.pop() {
        attempt.succeeded(Instant::now());
        succeeded += 1;
        let mut still = Vec::new();
        for mut next in waiting {
            match poll!(&mut next) {
                Poll::Ready(attempt) => running.push(attempt.unwrap()),
                Poll::Pending => still.push(next),
            }
        }
        assert!(running.len() <= 3, "no more than may be refused");
        waiting = still;
    }
    assert_eq!(succeeded, 23);
    assert!(throttle.counts().waiting.is_empty());
}

#[tokio::test(start_paused = true)]
async fn those_that_wait_behind_wrong_passwords_are_not_admitted() {
    let (throttle, anna) = (throttle(), user("anna"));
    let anna = who(&anna, "10.0.0.1");
    let deadline = Instant::now() + Duration::from_secs(8);
    let mut running = Vec::new();
    for _ in 0..3 {
        running.push(begin(&throttle, anna).await.unwrap());
    }
    let mut waiting = Box::pin(throttle.admit(anna, deadline));
    assert!(poll!(&mut waiting).is_pending());
    for attempt in running {
        attempt.failed(Instant::now());
    }
    assert_eq!(waiting.await.err(), Some(NotAdmitted::TooMany(WINDOW)));
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_an_address_holds_for_attempts_at_the_same_time() {
    let (throttle, names) = (throttle(), ["a", "b", "c", "d", "e", "f"].map(user));
    let deadline = Instant::now() + Duration::from_secs(8);
    let mut running = Vec::new();
    for name in &names[..5] {
        running.push(begin(&throttle, who(name, "10.0.0.1")).await.unwrap());
    }
    let last = throttle.admit(who(&names[5], "10.0.0.1"), deadline);
    assert_eq!(last.await.err(), Some(NotAdmitted::Crowded), "until the deadline");
    assert_eq!(admits(&throttle, "10.0.0.2", "f").await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn no_more_attempts_wait_than_the_queue_takes_and_one_address_leaves_places() {
    let limits = Limits { failures_per_user: 1, queued_logins: 8, ..Limits::default() };
    let (throttle, anna) = (Throttle::new(&limits), user("anna"));
    let deadline = Instant::now() + Duration::from_secs(8);
    let [here, there] = ["10.0.0.1", "10.0.0.2"].map(|address| who(&anna, address));
    let _running = [begin(&throttle, here).await.unwrap(), begin(&throttle, there).await.unwrap()];
    let mut waiting: Vec<_> = (0..8).map(|_| Box::pin(throttle.admit(here, deadline))).collect();
    let mut crowded = 0;
    for waiting in &mut waiting {
        crowded += usize::from(matches!(poll!(waiting), Poll::Ready(Err(NotAdmitted::Crowded))));
    }
    assert_eq!(crowded, 1);
    let mut other = Box::pin(throttle.admit(there, deadline));
    assert!(poll!(&mut other).is_pending());
    drop((waiting, other));
    assert!(throttle.counts().waiting.is_empty(), "who gives up leaves the place");
}

#[tokio::test(start_paused = true)]
async fn one_that_waits_keeps_its_place_however_often_it_is_woken() {
    let limits = Limits { failures_per_user: 2, queued_logins: 8, ..Limits::default() };
    let (throttle, anna) = (Throttle::new(&limits), user("anna"));
    let anna = who(&anna, "10.0.0.1");
    let deadline = Instant::now() + Duration::from_secs(8);
    let first = begin(&throttle, anna).await.unwrap();
    let _second = begin(&throttle, anna).await.unwrap();
    let mut waiting: Vec<_> = (0..7).map(|_| Box::pin(throttle.admit(anna, deadline))).collect();
    for waiting in &mut waiting {
        assert!(poll!(waiting).is_pending());
    }
    first.succeeded(Instant::now());
    let admitted = waiting.remove(0).await.unwrap();
    for waiting in &mut waiting {
        assert!(poll!(waiting).is_pending());
    }
    assert_eq!(throttle.counts().waiting.values().sum::<usize>(), 6);
    drop((waiting, admitted));
    assert!(throttle.counts().waiting.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_a_client_gives_up_counts_once_it_runs() {
    let (throttle, anna) = (throttle(), user("anna"));
    let anna = who(&anna, "10.0.0.1");
    for _ in 0..5 {
        drop(throttle.admit(anna, Instant::now()).await.unwrap());
    }
    for _ in 0..3 {
        drop(begin(&throttle, anna).await.unwrap());
    }
    assert_eq!(admits(&throttle, "10.0.0.1", "anna").await, Err(NotAdmitted::TooMany(WINDOW)));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_given_up_counts_for_the_address_once_it_was_refused() {
    let (throttle, names) = (throttle(), ["a", "b", "c", "d", "e"].map(user));
    for name in &names {
        drop(begin(&throttle, who(name, "10.0.0.1")).await.unwrap());
    }
    for name in &names {
        let mut attempt = begin(&throttle, who(name, "10.0.0.1")).await.unwrap();
        attempt.refused();
        drop(attempt);
    }
    assert_eq!(admits(&throttle, "10.0.0.1", "f").await, Err(NotAdmitted::TooMany(WINDOW)));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_given_up_after_a_long_wait_is_given_back_with_the_doubt() {
    let (throttle, anna) = (throttle(), user("anna"));
    let anna = who(&anna, "10.0.0.1");
    for _ in 0..3 {
        let attempt = begin(&throttle, anna).await.unwrap();
        tokio::time::advance(PATIENCE).await;
        drop(attempt);
    }
    assert_eq!(admits(&throttle, "10.0.0.1", "anna").await, Err(NotAdmitted::Doubted));
    assert!(throttle.give_back(true, Instant::now()));
    assert_eq!(admits(&throttle, "10.0.0.1", "anna").await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn refusals_that_are_not_believed_count_until_they_are_given_back() {
    let throttle = throttle();
    for _ in 0..3 {
        assert_eq!(doubt(&throttle, "10.0.0.1", "anna").await, Ok(()));
    }
    assert_eq!(admits(&throttle, "10.0.0.1", "anna").await, Err(NotAdmitted::Doubted));
    let before = Instant::now();
    tokio::time::advance(Duration::from_secs(1)).await;
    for _ in 0..2 {
        assert_eq!(doubt(&throttle, "10.0.0.1", "ben").await, Ok(()));
    }
    assert_eq!(admits(&throttle, "10.0.0.1", "carl").await, Err(NotAdmitted::Doubted), "the address");
    // What came after the login that ended the doubt began stays counted.
    assert!(throttle.give_back(true, before));
    assert_eq!(admits(&throttle, "10.0.0.1", "anna").await, Err(NotAdmitted::Doubted), "the address");
    assert_eq!(admits(&throttle, "10.0.0.2", "anna").await, Ok(()));
    assert!(throttle.give_back(true, Instant::now()));
    assert!(!throttle.give_back(true, Instant::now()));
    assert_eq!(admits(&throttle, "10.0.0.1", "anna").await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn familiar_users_get_theirs_back_before_the_doubt_has_ended() {
    let (throttle, anna) = (throttle(), user("anna"));
    let at_home = Who { is_familiar: true, ..who(&anna, "10.0.0.1") };
    for _ in 0..3 {
        begin(&throttle, at_home).await.unwrap().doubted(Instant::now());
    }
    for _ in 0..2 {
        assert_eq!(doubt(&throttle, "10.0.0.1", "stranger").await, Ok(()));
    }
    assert_eq!(admits(&throttle, "10.0.0.1", "ben").await, Err(NotAdmitted::Doubted), "the address");
    assert!(throttle.give_back(false, Instant::now()));
    assert!(begin(&throttle, at_home).await.is_ok());
    assert_eq!(doubt(&throttle, "10.0.0.1", "stranger").await, Ok(()));
    assert_eq!(admits(&throttle, "10.0.0.1", "stranger").await, Err(NotAdmitted::Doubted));
}

#[tokio::test(start_paused = true)]
async fn believed_refusals_are_not_given_back() {
    let throttle = throttle();
    for _ in 0..2 {
        assert_eq!(fail(&throttle, "10.0.0.1", "anna").await, Ok(()));
    }
    assert_eq!(doubt(&throttle, "10.0.0.1", "anna").await, Ok(()));
    assert!(throttle.give_back(true, Instant::now()));
    assert_eq!(fail(&throttle, "10.0.0.1", "anna").await, Ok(()));
    assert_eq!(admits(&throttle, "10.0.0.1", "anna").await, Err(NotAdmitted::TooMany(WINDOW)));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_beyond_the_limits_needs_one_left_over_all_addresses() {
    let (throttle, anna) = (throttle(), user("anna"));
    for _ in 0..3 {
        assert_eq!(doubt(&throttle, "10.0.0.1", "anna").await, Ok(()));
    }
    let anna = who(&anna, "10.0.0.1");
    for _ in 0..3 {
        let mut attempt = throttle.admit_anyway(anna).expect("an attempt");
        attempt.runs(Instant::now());
        attempt.doubted(Instant::now());
    }
    assert!(throttle.admit_anyway(anna).is_none());
}

#[tokio::test(start_paused = true)]
async fn no_limit_counts_nothing() {
    let limits = Limits { failures_per_user: 0, failures_per_address: 0, attempts_per_user: 0, ..Limits::default() };
    let throttle = Throttle::new(&limits);
    for _ in 0..1000 {
        assert_eq!(fail(&throttle, "10.0.0.1", "anna").await, Ok(()));
    }
}
