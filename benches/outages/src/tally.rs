//! Counts of answers, and what is known of one outage.

use std::collections::BTreeSet;
use std::ops::AddAssign;
use std::time::Duration;

use tokio::time::Instant;

use crate::client::Answer;
use crate::crowd::{Event, Which};
use crate::plan::Outage;

/// Answers by what they said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// 200.
    pub reply: usize,
    /// 503.
    pub undecided: usize,
    /// 401.
    pub refused: usize,
    /// 429.
    pub throttled: usize,
    /// Any other status.
    pub other: usize,
    /// No whole answer in time.
    pub nothing: usize,
}

/// Answers of one service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// To right passwords.
    pub right: Counts,
    /// To wrong ones.
    pub wrong: Counts,
}

/// What the clients of one service heard in one outage and until the next.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    /// The answers.
    pub tally: Tally,
    /// From the end of the outage until a right password got its reply.
    pub first: Option<Duration>,
    /// From the end of the outage until all had one; none when that took too long.
    pub all: Option<Duration>,
    /// The 401 for right passwords.
    pub refusals: Vec<Event>,
    /// Replies to what was asked and answered while the outage lasted. In a total one there can be none.
    pub meanwhile: usize,
    /// Users that got a reply after the end.
    let_in: BTreeSet<String>,
}

/// One outage, and what followed it until the next.
#[derive(Debug, Clone)]
pub struct Record {
    /// The outage as planned.
    pub outage: Outage,
    /// When it began.
    pub begun: Instant,
    /// From when on no new question could get a reply, if it is total.
    pub down: Option<Instant>,
    /// When it began to end.
    pub ended: Option<Instant>,
    /// By service, as in [`Which::BOTH`](crate::crowd::Which::BOTH).
    pub heard: [Heard; 2],
}

impl Counts {
    /// Counts one answer.
    pub fn add(&mut self, answer: Answer) {
        let count = match answer {
            Answer::Reply => &mut self.reply,
            Answer::Refused => &mut self.refused,
            Answer::Throttled => &mut self.throttled,
            Answer::Undecided => &mut self.undecided,
            Answer::Other(_) => &mut self.other,
            Answer::Nothing => &mut self.nothing,
        };
        *count += 1;
    }

    /// How many there are.
    #[must_use]
    pub fn all(&self) -> usize {
        self.reply + self.undecided + self.refused + self.throttled + self.other + self.nothing
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.reply += more.reply;
        self.undecided += more.undecided;
        self.refused += more.refused;
        self.throttled += more.throttled;
        self.other += more.other;
        self.nothing += more.nothing;
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, more: Self) {
        self.right += more.right;
        self.wrong += more.wrong;
    }
}

impl Tally {
    /// Counts one answer.
    pub fn add(&mut self, event: &Event) {
        let counts = if event.is_right { &mut self.right } else { &mut self.wrong };
        counts.add(event.answer);
    }
}

impl Record {
    /// An outage that begins now.
    #[must_use]
    pub fn new(outage: Outage) -> Self {
        Self { outage, begun: Instant::now(), down: None, ended: None, heard: [Heard::default(), Heard::default()] }
    }

    /// Takes an answer. `clients` have right passwords on each service.
    pub fn add(&mut self, event: Event, clients: usize) {
        let [with_reference, without_reference] = &mut self.heard;
        let heard = match event.service {
            Which::WithReference => with_reference,
            Which::WithoutReference => without_reference,
        };
        heard.tally.add(&event);
        if !event.is_right {
            return;
        }
        let after_end = self.ended.and_then(|ended| event.answered.checked_duration_since(ended));
        if let (Answer::Reply, Some(after_end)) = (event.answer, after_end) {
            heard.first.get_or_insert(after_end);
            heard.let_in.insert(event.user.clone());
            if heard.let_in.len() == clients {
                heard.all.get_or_insert(after_end);
            }
        }
        let is_meanwhile = self.down.is_some_and(|down| down < event.asked) && after_end.is_none();
        if event.answer == Answer::Reply && is_meanwhile {
            heard.meanwhile += 1;
        }
        if event.answer == Answer::Refused {
            heard.refusals.push(event);
        }
    }

    /// Whether all clients of both services were let in after the end.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.heard.iter().all(|heard| heard.all.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(user: &str, answer: Answer, answered: Instant) -> Event {
        Event {
            service: Which::WithReference,
            user: user.to_owned(),
            is_right: true,
            asked: answered,
            answered,
            answer,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_is_over_when_all_clients_were_let_in_after_its_end() {
        let second = Duration::from_secs(1);
        let mut record = Record::new(Outage::default());
        let ended = record.begun + second;
        record.add(event("anna", Answer::Reply, record.begun), 2);
        record.ended = Some(ended);
        record.add(event("bert", Answer::Refused, ended), 2);
        record.add(event("bert", Answer::Reply, ended + second), 2);
        record.add(event("bert", Answer::Reply, ended + 2 * second), 2);
        let [with_reference, _] = &record.heard;
        assert_eq!((with_reference.first, with_reference.all), (Some(second), None), "anna was let in before the end");
        record.add(event("anna", Answer::Reply, ended + 3 * second), 2);
        let [with_reference, without_reference] = &record.heard;
        assert_eq!((with_reference.first, with_reference.all), (Some(second), Some(3 * second)));
        assert_eq!(with_reference.tally.right, Counts { reply: 4, refused: 1, ..Counts::default() });
        assert_eq!((with_reference.refusals.len(), without_reference.tally), (1, Tally::default()));
        assert_eq!(with_reference.meanwhile, 0);
        record.down = Some(record.begun);
        let mut event = event("anna", Answer::Reply, record.begun + second / 2);
        event.asked = record.begun + second / 4;
        record.add(event, 2);
        assert_eq!(record.heard[0].meanwhile, 1);
        assert!(!record.is_over(), "the other service has let no user in");
    }
}
