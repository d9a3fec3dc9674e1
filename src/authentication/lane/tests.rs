use std::sync::Arc;

use xmpp_parsers::jid::DomainPart;

use super::*;

fn user(name: &str) -> Username {
    Username::parse(name, &DomainPart::new("example.test").unwrap()).unwrap()
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// An address in the network with this number.
fn nth(number: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from_bits((10 << 24) | (number << 8) | 7))
}

fn in_time(seconds: u64) -> Instant {
    Instant::now() + Duration::from_secs(seconds)
}

/// Lanes in which `admin` has failed as often as is free, each time elsewhere.
async fn busy() -> Lanes {
    let lanes = Lanes::default();
    for number in 0..FREE {
        lanes.turn(&user("admin"), nth(number), in_time(1)).await.unwrap();
    }
    lanes
}

/// How long an attempt waited.
async fn waited(lanes: &Lanes, name: &str, address: IpAddr) -> Result<Duration, NoTurn> {
    let began = Instant::now();
    lanes.turn(&user(name), address, in_time(300)).await?;
    Ok(began.elapsed())
}

#[tokio::test(start_paused = true)]
async fn the_first_attempts_of_a_name_do_not_wait_and_the_next_ones_take_turns() {
    let began = Instant::now();
    let lanes = busy().await;
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!(waited(&lanes, "admin", nth(100)).await, Ok(PACE));
    assert_eq!(waited(&lanes, "ben", nth(100)).await, Ok(Duration::ZERO), "another name");
    tokio::time::advance(WINDOW).await;
    assert_eq!(waited(&lanes, "admin", nth(0)).await, Ok(Duration::ZERO), "long after");
}

#[tokio::test(start_paused = true)]
async fn a_network_that_has_not_failed_goes_ahead_of_all_that_have() {
    let lanes = Arc::new(busy().await);
    let mut attackers = tokio::task::JoinSet::new();
    for number in 0..FREE {
        let lanes = Arc::clone(&lanes);
        attackers.spawn(async move { waited(&lanes, "admin", nth(number)).await });
    }
    tokio::task::yield_now().await;
    assert_eq!(waited(&lanes, "admin", address("192.0.2.1")).await, Ok(PACE));
    let longest = attackers.join_all().await.into_iter().map(|waited| waited.unwrap()).max();
    assert_eq!(longest, Some(PACE * (FREE + 1)), "one in each second");
}

// A /48 is one owner's; its 65,536 networks of 64 bits are not that many addresses.
#[tokio::test(start_paused = true)]
async fn an_ipv6_network_of_48_bits_and_an_ipv4_network_of_24_have_one_place_in_the_order() {
    for (one, other) in [("2001:db8:1:2::1", "2001:db8:1:ffff::9"), ("198.51.100.1", "198.51.100.200")] {
        let lanes = Arc::new(busy().await);
        lanes.turn(&user("admin"), address(one), in_time(5)).await.unwrap();
        let second = tokio::spawn({
            let lanes = Arc::clone(&lanes);
            async move { waited(&lanes, "admin", address(other)).await }
        });
        tokio::task::yield_now().await;
        assert_eq!(waited(&lanes, "admin", address("192.0.2.1")).await, Ok(PACE), "{other}");
        assert_eq!(second.await.unwrap(), Ok(PACE * 2), "{other}");
    }
}

#[tokio::test(start_paused = true)]
async fn when_all_places_are_taken_a_newcomer_without_failures_gets_one_and_one_with_more_does_not() {
    let lanes = Arc::new(busy().await);
    let mut attackers = tokio::task::JoinSet::new();
    let [all, of_one] = MOST_WAITING;
    for number in 0..all {
        let lanes = Arc::clone(&lanes);
        let network = u32::try_from(number / of_one).unwrap();
        attackers.spawn(async move { waited(&lanes, "admin", nth(network)).await });
    }
    tokio::task::yield_now().await;
    assert_eq!(waited(&lanes, "admin", nth(0)).await, Err(NoTurn), "more than one network may have");
    assert_eq!(waited(&lanes, "admin", address("192.0.2.1")).await, Ok(PACE));
    let lost = attackers.join_all().await.into_iter().filter(Result::is_err).count();
    assert_eq!(lost, 1);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_the_wait_and_leaves_nothing_behind() {
    let lanes = busy().await;
    assert_eq!(lanes.turn(&user("admin"), nth(100), Instant::now() + PACE / 2).await, Err(NoTurn));
    assert!(lanes.state().lanes.values().all(|lane| lane.waiting.is_empty()));
    assert_eq!(waited(&lanes, "admin", nth(101)).await, Ok(PACE / 2));
}

#[tokio::test(start_paused = true)]
async fn a_right_password_takes_back_what_failed_from_there() {
    let lanes = busy().await;
    lanes.succeeded(&user("admin"), nth(3));
    assert_eq!(waited(&lanes, "admin", nth(3)).await, Ok(Duration::ZERO));
    assert_eq!(waited(&lanes, "admin", nth(3)).await, Ok(PACE));
}
