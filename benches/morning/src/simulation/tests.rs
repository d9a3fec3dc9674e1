//! The simulation against closed formulas, and what it does at its limits.

use super::*;
use crate::arrivals::Arrivals;

/// One visit of 10 ms on average at Openfire.
const WORK: f64 = 10.0;

fn one_visit() -> Routes {
    Routes { reply: vec![Step::Work(Place::Openfire, WORK)], own_login: Vec::new(), stream: Vec::new() }
}

/// Arrivals at a constant rate for a long time.
fn steady(per_second: f64, users: usize) -> Vec<f64> {
    let mut random = StdRng::seed_from_u64(7);
    let mut times: Vec<f64> =
        (0..users).map(|_| random.random_range(0.0..1000.0 * users as f64 / per_second)).collect();
    times.sort_by(f64::total_cmp);
    times
}

/// Mean time in the system of M/M/c, in milliseconds, by Erlang's formula C.
fn erlang(servers: usize, load: f64) -> f64 {
    let offered = load * servers as f64;
    // Erlang's formula B, by its recursion.
    let blocked = (1..=servers).fold(1.0, |blocked, n| offered * blocked / (n as f64 + offered * blocked));
    let waits = blocked / (1.0 - load * (1.0 - blocked));
    WORK + waits * WORK / (servers as f64 * (1.0 - load))
}

#[test]
fn times_are_those_of_erlangs_formula() {
    for (servers, load) in [(1, 0.5), (1, 0.8), (2, 0.7), (8, 0.8), (8, 0.3)] {
        let site = Site { openfire_cores: servers, ..Site::with_defaults() };
        let starts = steady(load * servers as f64 * 1000.0 / WORK, 400_000);
        let outcome = simulate(&site, &one_visit(), &starts, 1);
        let mean = outcome.times.iter().sum::<f64>() / outcome.times.len() as f64;
        let formula = erlang(servers, load);
        assert!((mean / formula - 1.0).abs() < 0.03, "{servers} servers, {load}: {mean} and not {formula}");
        assert_eq!(outcome.failed(), 0);
    }
}

/// The time in M/M/1 has an exponential distribution, so its percentiles have a formula too.
#[test]
fn percentiles_are_those_of_the_formula() {
    let outcome =
        simulate(&Site { openfire_cores: 1, ..Site::with_defaults() }, &one_visit(), &steady(70.0, 400_000), 1);
    for share in [0.5, 0.9, 0.99] {
        let formula = -(WORK / (1.0 - 0.7)) * (1.0_f64 - share).ln();
        let time = outcome.percentile(share).unwrap();
        assert!((time / formula - 1.0).abs() < 0.05, "{share}: {time} and not {formula}");
    }
}

/// A login that can be done 100 times a second.
fn login() -> Routes {
    Routes {
        reply: vec![
            Step::Permit,
            Step::Stream(2),
            Step::Turn,
            Step::Work(Place::Openfire, 4.0),
            Step::Work(Place::Openfire, 6.0),
        ],
        own_login: Vec::new(),
        stream: vec![Step::Work(Place::Openfire, 4.0)],
    }
}

fn small() -> Site {
    Site { openfire_cores: 1, concurrent_logins: 4, queued_logins: 50, opened_per_second: 10, ..Site::with_defaults() }
}

#[test]
fn a_full_queue_refuses_at_once_and_all_others_are_served() {
    let starts = vec![0.0; 100];
    let outcome = simulate(&small(), &login(), &starts, 1);
    assert_eq!((outcome.full, outcome.late, outcome.gave_up), (46, 0, 0));
    assert_eq!((outcome.times.len(), outcome.most_running, outcome.most_waiting), (54, 4, 50));
}

#[test]
fn who_waits_until_the_deadline_gets_503_and_leaves_its_place_to_others() {
    let site = Site { request_deadline: 0.2, queued_logins: 1000, ..small() };
    let outcome = simulate(&site, &login(), &vec![0.0; 100], 1);
    assert!((10..30).contains(&outcome.times.len()), "{}", outcome.times.len());
    assert_eq!(outcome.times.len() + outcome.late, 100);
    assert!(outcome.percentile(1.0).unwrap() <= 200.0);
    // A second crowd, after the first one's deadline, has as much as the first.
    let starts: Vec<f64> = [vec![0.0; 100], vec![300.0; 100]].concat();
    let both = simulate(&site, &login(), &starts, 1);
    assert!(both.times.len() > 2 * 10, "{}", both.times.len());
    assert_eq!(both.times.len() + both.late, 200);
}

#[test]
fn with_a_deadline_after_the_patience_of_clients_they_give_up() {
    let site = Site { request_deadline: 12.0, patience: 0.2, queued_logins: 1000, ..small() };
    let outcome = simulate(&site, &login(), &vec![0.0; 100], 1);
    assert!(outcome.gave_up > 0 && outcome.late == 0);
    assert_eq!(outcome.times.len() + outcome.gave_up, 100);
}

#[test]
fn idle_streams_save_their_opening_until_there_are_none_left() {
    let crowd = vec![0.0; 20];
    let hits = |idle_streams| simulate(&Site { idle_streams, ..small() }, &login(), &crowd, 1).hits;
    assert_eq!((hits(0), hits(20)), (0, 20));
    assert!((8..=12).contains(&hits(8)), "{}", hits(8));
    // One at a time, each has a stream that waits, and so only the login's own 6 ms.
    let far_apart: Vec<f64> = (0..2000_u32).map(|number| 1000.0 * f64::from(number)).collect();
    let outcome = simulate(&Site { idle_streams: 4, ..small() }, &login(), &far_apart, 1);
    let mean = outcome.times.iter().sum::<f64>() / 2000.0;
    assert!(outcome.hits == 2000 && (mean - 6.0).abs() < 0.5, "{} {mean}", outcome.hits);
}

#[test]
fn connections_follow_each_other_at_the_pace() {
    let site = Site { new_connections_per_second: 10, concurrent_logins: 100, ..small() };
    let outcome = simulate(&site, &login(), &vec![0.0; 31], 1);
    let last = outcome.percentile(1.0).unwrap();
    assert!((3000.0..3200.0).contains(&last), "{last}");
}

/// What gives up keeps no connection from being opened.
#[test]
fn a_turn_passes_on_when_its_login_has_given_up() {
    let site = Site { new_connections_per_second: 10, concurrent_logins: 100, request_deadline: 1.0, ..small() };
    let starts: Vec<f64> = [vec![0.0; 50], vec![1001.0; 5]].concat();
    let outcome = simulate(&site, &login(), &starts, 1);
    // Ten or eleven of the first crowd in its second, and all of the second crowd.
    assert!((14..=16).contains(&outcome.times.len()), "{}", outcome.times.len());
}

#[test]
fn the_same_seed_gives_the_same_morning() {
    let starts = Arrivals { users: 500, within: 5.0 }.times(&mut StdRng::seed_from_u64(3));
    let morning = |seed| simulate(&small(), &login(), &starts, seed);
    assert_eq!(morning(1), morning(1));
    assert_ne!(morning(1), morning(2));
}
