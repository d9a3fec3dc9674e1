//! Who gets a place, and who must give one up.

use std::net::Ipv4Addr;

use proptest::prelude::*;

use super::Activity::{Body, Head, Idle, Request, Unread};
use super::*;

const PATIENCE: Duration = Duration::from_secs(5);
const MILLISECOND: Duration = Duration::from_millis(1);

/// A table with a clock that goes on by a millisecond at each step.
struct Scene {
    table: Table,
    now: Instant,
    proxy: Option<u8>,
}

fn address(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))
}

impl Scene {
    fn new(most: usize) -> Self {
        Self { table: Table::new(most, PATIENCE), now: Instant::now(), proxy: None }
    }

    fn admit(&mut self, last: u8) -> Admission {
        self.now += MILLISECOND;
        self.table.admit(address(last), self.proxy == Some(last), self.now)
    }

    /// One that comes in, does this, and for whose place no other one has to go.
    #[track_caller]
    fn add(&mut self, last: u8, activity: Activity) -> Number {
        let Admission::Admitted(number, None) = self.admit(last) else { panic!("no free place for {last}") };
        self.set(number, activity);
        number
    }

    fn set(&mut self, number: Number, activity: Activity) {
        self.now += MILLISECOND;
        self.table.set(number, activity, self.now);
    }

    /// Who gives a newcomer its place.
    #[track_caller]
    fn displaced_by(&mut self, last: u8) -> Option<Number> {
        let Admission::Admitted(_, displaced) = self.admit(last) else { panic!("no place for {last}") };
        displaced.map(|displaced| displaced.number)
    }

    fn held(&self, last: u8) -> usize {
        self.table.holders.get(&address(last)).map_or(0, |holder| holder.connections.len())
    }
}

#[test]
fn an_address_alone_may_have_all_places() {
    let mut scene = Scene::new(100);
    for _ in 0..100 {
        scene.add(1, Head);
    }
    assert_eq!((scene.held(1), scene.table.taken()), (100, 100));
}

#[test]
fn a_newcomer_gets_a_place_from_the_address_that_holds_the_most() {
    let mut scene = Scene::new(10);
    scene.add(1, Idle);
    let slow = scene.add(2, Head);
    for _ in 0..3 {
        scene.add(1, Request);
    }
    for _ in 0..5 {
        scene.add(2, Request);
    }
    // Longer idle, but of an address that holds less.
    assert_eq!(scene.displaced_by(3), Some(slow));
    assert_eq!((scene.held(1), scene.held(2), scene.held(3)), (4, 5, 1));
}

#[test]
fn idle_ones_go_first_and_requests_in_work_last() {
    let mut scene = Scene::new(10);
    let request = scene.add(1, Request);
    let unread = scene.add(1, Unread);
    let body = scene.add(1, Body);
    let head = scene.add(1, Head);
    let idle_later = scene.add(1, Idle);
    let idle = scene.add(1, Idle);
    scene.set(idle_later, Request);
    scene.set(idle_later, Idle);
    for _ in 0..4 {
        scene.add(1, Request);
    }
    let mut gone: Vec<Number> = Vec::new();
    for last in 2..=6 {
        // In work at once, so that none of them is in question.
        let Admission::Admitted(number, Some(displaced)) = scene.admit(last) else { panic!("no place for {last}") };
        scene.set(number, Request);
        gone.push(displaced.number);
    }
    assert_eq!(gone, [idle, idle_later, head, body, unread]);
    assert!(scene.table.holds(request));
}

#[test]
fn the_latest_request_of_one_over_its_share_makes_room_when_nothing_else_can() {
    let mut scene = Scene::new(4);
    let requests = [(); 4].map(|()| scene.add(1, Request));
    assert_eq!(scene.displaced_by(2), Some(requests[3]));
    assert_eq!(scene.displaced_by(3), Some(requests[2]));
    // Two for each of two, and one for each of the others: none has too much.
    assert_eq!((scene.held(1), scene.held(2), scene.held(3)), (2, 1, 1));
    for number in [4, 5] {
        scene.set(number, Request);
    }
    assert_eq!(scene.displaced_by(4), Some(requests[1]));
    scene.set(6, Request);
    assert_eq!(scene.admit(5), Admission::Full);
}

#[test]
fn unfinished_heads_of_others_are_safe_while_one_has_more_than_its_share() {
    let mut scene = Scene::new(10);
    let other = scene.add(2, Head);
    let requests = [(); 9].map(|()| scene.add(1, Request));
    assert_eq!(scene.displaced_by(3), Some(requests[8]));
    // An idle one is not missed.
    scene.set(other, Idle);
    assert_eq!(scene.displaced_by(4), Some(other));
}

#[test]
fn the_one_that_holds_the_most_gets_nothing_from_the_others() {
    let mut scene = Scene::new(6);
    for _ in 0..4 {
        scene.add(1, Request);
    }
    let idle = scene.add(2, Idle);
    scene.add(3, Head);
    assert_eq!(scene.admit(1), Admission::Full);
    // Its own idle ones it may have.
    let own = 0;
    scene.set(own, Idle);
    assert_eq!(scene.displaced_by(1), Some(own));
    assert!(scene.table.holds(idle));
}

#[test]
fn of_those_that_hold_as_much_the_longest_idle_goes_first() {
    let mut scene = Scene::new(3);
    scene.add(1, Head);
    let longest = scene.add(2, Idle);
    scene.add(3, Idle);
    assert_eq!(scene.displaced_by(4), Some(longest));
}

#[test]
fn a_proxy_may_have_all_places_and_hardly_weighs() {
    let mut scene = Scene::new(64);
    scene.proxy = Some(9);
    for _ in 0..60 {
        scene.add(9, Idle);
    }
    let slow = scene.add(1, Head);
    for _ in 0..3 {
        scene.add(1, Request);
    }
    // 60 of the proxy weigh as much as one, so it is the other that gives a place, and then its request too.
    assert_eq!(scene.displaced_by(9), Some(slow));
    assert_eq!(scene.held(9), 61);
    // One that holds nothing gets the longest idle of all.
    assert_eq!(scene.displaced_by(2), Some(0));
}

#[test]
fn beside_a_proxy_that_weighs_more_a_request_is_not_cut_while_its_address_has_another_connection() {
    let mut scene = Scene::new(129 + 2 + 131);
    scene.proxy = Some(9);
    for _ in 0..129 {
        scene.add(9, Head);
    }
    let head = scene.add(1, Head);
    scene.add(1, Request);
    for last in 20..=150 {
        scene.add(last, Request);
    }
    assert_eq!(scene.displaced_by(2), Some(head));
}

#[test]
fn requests_in_work_that_came_by_a_proxy_are_never_cut() {
    let mut scene = Scene::new(8);
    scene.proxy = Some(9);
    for _ in 0..8 {
        scene.add(9, Request);
    }
    assert_eq!(scene.admit(1), Admission::Full);
    assert_eq!(scene.admit(9), Admission::Full);
}

#[test]
fn when_places_get_few_the_time_to_wait_gets_short() {
    let mut scene = Scene::new(80);
    scene.add(2, Request);
    for _ in 0..68 {
        scene.add(1, Head);
    }
    // 11 are free, one more than the reserve of 10.
    scene.now += PATIENCE * 2;
    scene.add(2, Request);
    let mut left = 70;
    for (free, wait) in [(10, PATIENCE), (6, PATIENCE * 6 / 10), (1, PATIENCE / 10)] {
        while 80 - left > free {
            scene.now = first_since(&scene);
            assert_eq!(scene.displaced_by(2), None);
            left += 1;
        }
        scene.now = first_since(&scene) + wait - MILLISECOND * 2;
        assert_eq!(scene.table.waits_too_long(address(2), free, scene.now), None);
        scene.now += MILLISECOND * 2;
        assert!(scene.table.waits_too_long(address(2), free, scene.now).is_some(), "{free}");
    }
}

/// When the one began to wait that would be the first to go.
fn first_since(scene: &Scene) -> Instant {
    scene.table.waiting.first().unwrap().2
}

#[test]
fn no_address_within_its_share_loses_a_connection_early() {
    let mut scene = Scene::new(16);
    for last in 1..=15 {
        scene.add(last, Idle);
    }
    scene.now += PATIENCE * 10;
    assert_eq!(scene.displaced_by(16), None);
}

#[test]
fn a_place_that_was_lost_is_not_given_back_twice() {
    let mut scene = Scene::new(1);
    let first = scene.add(1, Idle);
    assert_eq!(scene.displaced_by(2), Some(first));
    assert!(!scene.table.release(first));
    assert!(!scene.table.set(first, Request, scene.now));
    assert_eq!(scene.table.taken(), 1);
}

/// One step of a day.
#[derive(Debug, Clone, Copy)]
enum Step {
    Admit(u8),
    Set(usize, Activity),
    Release(usize),
    Wait(u16),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let activity = prop::sample::select(vec![Idle, Head, Body, Unread, Request]);
    let step = prop_oneof![
        4 => (0..8_u8).prop_map(Step::Admit),
        4 => (any::<prop::sample::Index>(), activity).prop_map(|(index, activity)| Step::Set(index.index(64), activity)),
        1 => any::<prop::sample::Index>().prop_map(|index| Step::Release(index.index(64))),
        1 => (0..8000_u16).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 0..400)
}

/// The orders, built anew, are those that were kept; nothing is left of those who have gone.
fn check(table: &Table) {
    let mut by_weight = BTreeSet::new();
    let mut waiting = BTreeSet::new();
    for (address, holder) in &table.holders {
        assert!(!holder.connections.is_empty());
        by_weight.insert((holder.weight(), *address));
        waiting.extend(standing(*address, holder));
    }
    assert_eq!(by_weight, table.by_weight);
    assert_eq!(waiting, table.waiting);
    let held: usize = table.holders.values().map(|holder| holder.connections.len()).sum();
    assert_eq!(held, table.connections.len());
    assert!(held <= table.most);
}

proptest! {
    #[test]
    fn no_day_breaks_the_rules(most in 1..40_usize, steps in steps()) {
        let mut scene = Scene::new(most);
        scene.proxy = Some(0);
        for step in steps {
            match step {
                Step::Admit(last) => {
                    let own = scene.table.holders.get(&address(last)).map_or(0, Holder::weight);
                    let (held, taken) = (scene.held(last), scene.table.taken());
                    let over: Vec<u8> =
                        (0..8).filter(|other| scene.table.is_over_share(address(*other), address(last))).collect();
                    let weight = |displaced: &Displaced| {
                        displaced.holder == address(last)
                            || scene.table.by_weight.iter().any(|(weight, holder)| *holder == displaced.holder && *weight > own)
                    };
                    let expected = scene.table.to_displace(address(last));
                    prop_assert!(expected.as_ref().is_none_or(weight));
                    match scene.admit(last) {
                        Admission::Full => {
                            prop_assert_eq!(taken, most);
                            // One that has nothing is turned away only when none has too much.
                            prop_assert!(held > 0 || over.iter().all(|other| scene.held(*other) == 1), "{:?}", over);
                        }
                        Admission::Admitted(_, None) => prop_assert!(taken < most),
                        Admission::Admitted(_, Some(displaced)) => {
                            let is_over = over.iter().any(|other| address(*other) == displaced.holder);
                            prop_assert!(is_over || displaced.activity < Request);
                            if taken < most {
                                prop_assert!(is_over && displaced.activity < Request);
                            } else {
                                prop_assert_eq!(Some(displaced), expected);
                            }
                        }
                    }
                }
                Step::Set(index, activity) => {
                    if let Some(number) = nth(&scene.table, index) {
                        scene.set(number, activity);
                    }
                }
                Step::Release(index) => {
                    if let Some(number) = nth(&scene.table, index) {
                        prop_assert!(scene.table.release(number));
                    }
                }
                Step::Wait(milliseconds) => scene.now += Duration::from_millis(milliseconds.into()),
            }
            check(&scene.table);
        }
    }
}

fn nth(table: &Table, index: usize) -> Option<Number> {
    let mut numbers: Vec<Number> = table.connections.keys().copied().collect();
    numbers.sort_unstable();
    numbers.get(index % numbers.len().max(1)).copied()
}
