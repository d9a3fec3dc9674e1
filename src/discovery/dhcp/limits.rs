//! Limits the answers, so that neither a loop in the network nor an attacker can overload the service.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::time::Instant;

/// One client: three questions for each of its addresses at a start of Jitsi, and some starts in a row.
const CLIENT: Rate = Rate { every: Duration::from_secs(2), at_once: 6 };

/// All clients of an interface: enough for a site that switches everything on at once. Clients without an answer ask
/// again.
const INTERFACE: Rate = Rate { every: Duration::from_millis(10), at_once: 200 };

/// Lines of the log about answers: a large site in the morning, but not a flood that goes on all day.
const LINES: Rate = Rate { every: Duration::from_secs(1), at_once: 1000 };

/// The most clients that are remembered. Over twice as many as the rate of an interface lets in before the first of them is
/// forgotten.
const MOST_CLIENTS: usize = 4096;

/// The pause between two reports about questions that got no answer.
const REPORT_EVERY: Duration = Duration::from_mins(1);

/// A number of questions that may come at once, and the time in which one more becomes free.
struct Rate {
    every: Duration,
    at_once: u32,
}

/// The limits of one interface.
#[derive(Debug)]
pub(super) struct Limits {
    interface: Use,
    lines: Use,
    clients: HashMap<Ipv4Addr, Use>,
    /// How many questions were shed since the last report.
    shed: u64,
    last_report: Option<Instant>,
}

/// How much of a rate is used: until when it takes to be free again.
#[derive(Debug, Clone, Copy)]
struct Use {
    until: Instant,
}

impl Limits {
    /// Limits that nothing has used yet.
    pub(super) fn new(now: Instant) -> Self {
        let unused = Use { until: now };
        Self { interface: unused, lines: unused, clients: HashMap::new(), shed: 0, last_report: None }
    }

    /// Whether the question of `client` is answered; otherwise it is counted.
    pub(super) fn admit(&mut self, client: Ipv4Addr, now: Instant) -> bool {
        // A client that asks too often must not use up what is for the others, so its own limit is the first.
        let its_own = self.clients.get(&client).map_or(Use { until: now }, |its_own| *its_own).one_more(&CLIENT, now);
        let of_all = its_own.and_then(|its_own| Some((its_own, self.interface.one_more(&INTERFACE, now)?)));
        let Some((its_own, interface)) = of_all.filter(|_| self.has_room_for(client, now)) else {
            self.shed = self.shed.saturating_add(1);
            return false;
        };
        self.interface = interface;
        self.clients.insert(client, its_own);
        true
    }

    /// Whether one more answer is worth a line of the log.
    pub(super) fn may_log(&mut self, now: Instant) -> bool {
        let line = self.lines.one_more(&LINES, now);
        self.lines = line.unwrap_or(self.lines);
        line.is_some()
    }

    /// How many questions were shed since the last report, if there are any and a report is due.
    pub(super) fn report(&mut self, now: Instant) -> Option<u64> {
        let is_due = self.last_report.is_none_or(|last| now.duration_since(last) >= REPORT_EVERY);
        if self.shed == 0 || !is_due {
            return None;
        }
        self.last_report = Some(now);
        Some(std::mem::take(&mut self.shed))
    }

    /// Forgets clients whose use is over, when there are many.
    fn has_room_for(&mut self, client: Ipv4Addr, now: Instant) -> bool {
        if self.clients.len() >= MOST_CLIENTS {
            self.clients.retain(|_, its_own| its_own.until > now);
        }
        self.clients.len() < MOST_CLIENTS || self.clients.contains_key(&client)
    }
}

impl Use {
    /// The use after one more question at `now`, if the rate allows it.
    fn one_more(self, rate: &Rate, now: Instant) -> Option<Self> {
        let until = self.until.max(now);
        (until.duration_since(now) <= rate.every * (rate.at_once - 1)).then(|| Self { until: until + rate.every })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn client(number: u32) -> Ipv4Addr {
        Ipv4Addr::from_bits(0x0a00_0000 + number)
    }

    fn admitted(limits: &mut Limits, clients: impl Iterator<Item = u32>, now: Instant) -> usize {
        clients.filter(|number| limits.admit(client(*number), now)).count()
    }

    #[test]
    fn a_client_has_its_share_and_gets_it_again() {
        let start = Instant::now();
        let mut limits = Limits::new(start);
        assert_eq!(admitted(&mut limits, std::iter::repeat_n(1, 50), start), 6);
        assert_eq!(admitted(&mut limits, 2..3, start), 1, "others are not touched");
        assert_eq!(admitted(&mut limits, std::iter::repeat_n(1, 50), start + CLIENT.every), 1);
        assert_eq!(admitted(&mut limits, std::iter::repeat_n(1, 50), start + Duration::from_hours(1)), 6);
    }

    #[test]
    fn a_client_that_asks_without_end_leaves_the_interface_to_the_others() {
        let start = Instant::now();
        let mut limits = Limits::new(start);
        admitted(&mut limits, std::iter::repeat_n(0, 10_000), start);
        assert_eq!(admitted(&mut limits, 1..101, start), 100);
    }

    #[test]
    fn ten_thousand_clients_in_a_minute_are_answered_at_the_rate_of_the_interface() {
        let start = Instant::now();
        let mut limits = Limits::new(start);
        assert_eq!(admitted(&mut limits, 0..10_000, start), 200);
        let mut answered = 0;
        for number in 0..10_000 {
            let now = start + Duration::from_mins(2) + number * Duration::from_millis(6);
            answered += admitted(&mut limits, std::iter::once(number), now);
        }
        // The last one comes 6 ms before the minute ends.
        assert_eq!(answered, 200 + 5999);
    }

    #[test]
    fn a_flood_that_goes_on_fills_no_log() {
        let start = Instant::now();
        let mut limits = Limits::new(start);
        let mut lines = |now| (0..5000).filter(|_| limits.may_log(now)).count();
        assert_eq!(lines(start), 1000);
        assert_eq!(lines(start + Duration::from_secs(5)), 5);
    }

    #[test]
    fn what_is_shed_is_reported_at_once_and_then_once_a_minute() {
        let start = Instant::now();
        let mut limits = Limits::new(start);
        assert_eq!(limits.report(start), None);
        admitted(&mut limits, std::iter::repeat_n(1, 16), start);
        assert_eq!(limits.report(start), Some(10));
        admitted(&mut limits, std::iter::repeat_n(1, 5), start);
        assert_eq!(limits.report(start + REPORT_EVERY / 2), None);
        assert_eq!(limits.report(start + REPORT_EVERY), Some(5));
        assert_eq!(limits.report(start + 2 * REPORT_EVERY), None);
    }

    proptest! {
        #[test]
        fn memory_and_answers_have_a_bound(questions in prop::collection::vec((0_u32..20_000, 0_u64..40), 0..3000)) {
            let start = Instant::now();
            let (mut limits, mut now, mut answered) = (Limits::new(start), start, 0);
            for (number, pause) in questions {
                now += Duration::from_millis(pause);
                answered += u128::from(limits.admit(client(number), now));
                prop_assert!(limits.clients.len() <= MOST_CLIENTS);
            }
            let most = u128::from(INTERFACE.at_once) + (now - start).as_millis() / INTERFACE.every.as_millis();
            prop_assert!(answered <= most, "{answered} of {most}");
        }
    }
}
