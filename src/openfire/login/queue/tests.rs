use std::collections::VecDeque;
use std::pin::Pin;

use futures::FutureExt;
use proptest::prelude::*;

use super::*;

fn address(last: u8) -> IpAddr {
    [192, 0, 2, last].into()
}

/// A login that has asked for a place.
type Entering<'a> = Pin<Box<dyn Future<Output = Option<LoginPermit>> + 'a>>;

/// Asks for a place, and has to wait.
#[track_caller]
fn waits(queue: &LoginQueue, last: u8) -> Entering<'_> {
    let mut entering: Entering<'_> = Box::pin(queue.enter(address(last)));
    assert!(entering.as_mut().now_or_never().is_none());
    entering
}

/// Asks for a place, and knows at once whether it gets one.
#[track_caller]
fn permit(queue: &LoginQueue, last: u8) -> Option<LoginPermit> {
    queue.enter(address(last)).now_or_never().expect("an answer at once")
}

#[track_caller]
fn is_free_again(queue: &LoginQueue, running: usize) {
    let state = queue.0.state();
    assert_eq!((state.free, state.lines.waiting()), (running, 0));
}

#[test]
fn logins_beyond_the_queue_are_refused_and_a_free_place_goes_to_the_first_in_line() {
    let queue = LoginQueue::new(1, 1);
    let first = permit(&queue, 1);
    assert!(first.is_some());
    let second = waits(&queue, 1);
    assert!(permit(&queue, 1).is_none());
    drop(first);
    assert!(second.now_or_never().unwrap().is_some());
    is_free_again(&queue, 1);
}

#[test]
fn one_address_with_many_waiting_delays_another_by_one_turn() {
    let queue = LoginQueue::new(1, 1_001);
    let running = permit(&queue, 1);
    let mut crowd: VecDeque<_> = (0..1_000).map(|_| waits(&queue, 1)).collect();
    let mut other = waits(&queue, 2);
    drop(running);
    let of_the_crowd = crowd.pop_front().unwrap().now_or_never().unwrap();
    assert!(other.as_mut().now_or_never().is_none());
    drop(of_the_crowd);
    assert!(other.now_or_never().unwrap().is_some());
    // With no other address left, the crowd has all places.
    for waiting in crowd {
        assert!(waiting.now_or_never().unwrap().is_some());
    }
    is_free_again(&queue, 1);
}

#[test]
fn a_full_queue_makes_room_for_an_address_with_fewer_waiting() {
    let queue = LoginQueue::new(1, 3);
    let _running = permit(&queue, 1);
    let (mut oldest, mut middle, newest) = (waits(&queue, 1), waits(&queue, 1), waits(&queue, 1));
    let other = waits(&queue, 2);
    assert!(newest.now_or_never().unwrap().is_none());
    assert!(permit(&queue, 1).is_none());
    for staying in [&mut oldest, &mut middle] {
        assert!(staying.as_mut().now_or_never().is_none());
    }
    drop((oldest, middle, other));
    assert_eq!(queue.0.state().lines.waiting(), 0);
}

#[test]
fn networks_of_ipv6_count_as_one_address() {
    let queue = LoginQueue::new(1, 1);
    let _running = permit(&queue, 1);
    let of = |text: &str| queue.enter(text.parse().unwrap());
    let mut waiting = Box::pin(of("2001:db8::1"));
    assert!(waiting.as_mut().now_or_never().is_none());
    assert!(of("2001:db8::2").now_or_never().unwrap().is_none());
    let mut other = Box::pin(of("2001:db8:0:1::1"));
    assert!(other.as_mut().now_or_never().is_none());
    assert!(waiting.now_or_never().unwrap().is_none());
}

#[test]
fn a_place_is_free_again_when_the_last_clone_of_its_permit_is_dropped() {
    let queue = LoginQueue::new(1, 0);
    let first = permit(&queue, 1);
    let second = first.clone();
    drop(first);
    assert!(permit(&queue, 1).is_none());
    drop(second);
    assert!(permit(&queue, 1).is_some());
}

#[test]
fn a_place_given_to_a_login_that_is_dropped_goes_to_the_next() {
    let queue = LoginQueue::new(1, 3);
    let running = permit(&queue, 1);
    let (first, second, third) = (waits(&queue, 1), waits(&queue, 1), waits(&queue, 1));
    drop(second);
    drop(running);
    drop(first);
    assert!(third.now_or_never().unwrap().is_some());
    is_free_again(&queue, 1);
}

#[test]
fn a_place_for_a_login_that_has_gone_at_this_moment_goes_to_the_next() {
    let queue = LoginQueue::new(1, 2);
    let running = permit(&queue, 1);
    let Answer::Wait(mut gone) = queue.ask(address(1)) else { panic!("it should wait") };
    let next = waits(&queue, 1);
    // As when its future is dropped after it has left its line, and before the place is sent.
    gone.place.close();
    drop(running);
    assert!(next.now_or_never().unwrap().is_some());
    drop(gone);
    is_free_again(&queue, 1);
}

/// Threads that enter, run and give up in many orders.
#[test]
fn no_place_is_lost_when_logins_give_up_at_any_moment() {
    let (queue, enough) = (Arc::new(LoginQueue::new(2, 8)), 2_000);
    std::thread::scope(|scope| {
        for last in 0..4_u8 {
            let queue = Arc::clone(&queue);
            scope.spawn(move || {
                let mut held = VecDeque::new();
                for round in 0..enough {
                    let mut entering: Entering<'_> = Box::pin(queue.enter(address(last % 3)));
                    if let Some(permit) = entering.as_mut().now_or_never() {
                        held.extend(permit);
                    } else if round % 3 == 0 {
                        // The places that this thread holds go to others, or to the login that gives up.
                        held.clear();
                    }
                    if round % 2 == 0 {
                        held.pop_front();
                    }
                }
            });
        }
    });
    is_free_again(&queue, 2);
}

/// The rules in their simplest form.
struct Model {
    queued: usize,
    free: usize,
    /// Addresses that wait, the next one first, each with the numbers of its logins.
    lines: VecDeque<(u8, VecDeque<usize>)>,
    states: Vec<Fate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Waits,
    Runs,
    Refused,
    Ended,
}

impl Model {
    fn enter(&mut self, address: u8) {
        let number = self.states.len();
        if self.free > 0 {
            self.free -= 1;
            return self.states.push(Fate::Runs);
        }
        let own = self.lines.iter().find(|line| line.0 == address).map_or(0, |line| line.1.len());
        if self.lines.iter().map(|line| line.1.len()).sum::<usize>() >= self.queued {
            let longest = self.lines.iter().map(|line| line.1.len()).max().unwrap_or_default();
            if own >= longest {
                return self.states.push(Fate::Refused);
            }
            let line = self.lines.iter_mut().rfind(|line| line.1.len() == longest).unwrap();
            self.states[line.1.pop_back().unwrap()] = Fate::Refused;
            self.lines.retain(|line| !line.1.is_empty());
        }
        self.states.push(Fate::Waits);
        match self.lines.iter_mut().find(|line| line.0 == address) {
            Some(line) => line.1.push_back(number),
            None => self.lines.push_back((address, VecDeque::from([number]))),
        }
    }

    fn end(&mut self, number: usize) {
        match std::mem::replace(&mut self.states[number], Fate::Ended) {
            Fate::Runs => match self.lines.pop_front() {
                Some((address, mut logins)) => {
                    self.states[logins.pop_front().unwrap()] = Fate::Runs;
                    if !logins.is_empty() {
                        self.lines.push_back((address, logins));
                    }
                }
                None => self.free += 1,
            },
            Fate::Waits => {
                self.lines.iter_mut().for_each(|line| line.1.retain(|login| *login != number));
                self.lines.retain(|line| !line.1.is_empty());
            }
            Fate::Refused | Fate::Ended => {}
        }
    }
}

/// A login of the real queue.
enum Login<'a> {
    Entering(Entering<'a>),
    Running { _permit: LoginPermit },
    Refused,
    Ended,
}

impl Login<'_> {
    fn fate(&mut self) -> Fate {
        if let Self::Entering(entering) = self
            && let Some(outcome) = entering.as_mut().now_or_never()
        {
            *self = outcome.map_or(Self::Refused, |permit| Self::Running { _permit: permit });
        }
        match self {
            Self::Entering(_) => Fate::Waits,
            Self::Running { .. } => Fate::Runs,
            Self::Refused => Fate::Refused,
            Self::Ended => Fate::Ended,
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Enter(u8),
    /// Ends one of all logins so far, whatever it does.
    End(prop::sample::Index),
    /// Compares all. In between, places lie with logins that have not looked yet.
    Look,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0_u8..4).prop_map(Step::Enter),
        3 => any::<prop::sample::Index>().prop_map(Step::End),
        1 => Just(Step::Look),
    ]
}

proptest! {
    #[test]
    fn the_queue_does_what_the_model_says(
        running in 1_usize..4,
        queued in 0_usize..6,
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let queue = LoginQueue::new(running, queued);
        let mut model = Model { queued, free: running, lines: VecDeque::new(), states: Vec::new() };
        let mut logins: Vec<Login<'_>> = Vec::new();
        for step in steps.into_iter().chain([Step::Look]) {
            match step {
                Step::Enter(last) => {
                    let mut login = Login::Entering(Box::pin(queue.enter(address(last))));
                    // A login is in the queue from its first poll on.
                    login.fate();
                    logins.push(login);
                    model.enter(last);
                }
                Step::End(index) if !logins.is_empty() => {
                    let number = index.index(logins.len());
                    logins[number] = Login::Ended;
                    model.end(number);
                }
                Step::End(_) => {}
                Step::Look => {
                    let fates: Vec<_> = logins.iter_mut().map(Login::fate).collect();
                    prop_assert_eq!(&fates, &model.states);
                }
            }
        }
        drop(logins);
        is_free_again(&queue, running);
    }
}
