//! What all outages of one kind have cost, as text, and whether the goals are met.

use std::fmt::Write as _;
use std::time::Duration;

use tokio::time::Instant;

use crate::crowd::{Event, Which};
use crate::journal::clock;
use crate::kind::{Goals, Kind};
use crate::tally::{Heard, Record, Tally};
use crate::trial::BACK_LIMIT;

/// Time after an outage from which on it is noted that some client was not let in. No goal forbids it.
const SLOW: Duration = Duration::from_secs(10);

/// Refusals that are listed for each service; `answers.tsv` has all.
const LISTED: usize = 12;

/// All outages of one kind.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// The kind.
    pub kind: Kind,
    /// Clients with right passwords on each service.
    pub clients: usize,
    /// The outages.
    pub records: Vec<Record>,
    /// Answers before the first outage, by service as in [`Which::BOTH`].
    pub quiet: [Tally; 2],
}

/// One service in all outages.
struct Row<'a> {
    which: Which,
    kind: Kind,
    most: usize,
    quiet: Tally,
    heard: Vec<(&'a Record, &'a Heard)>,
}

/// A right password that got 401.
struct Refusal {
    /// Seconds from the end of the outage to the answer.
    after_end: f64,
    text: String,
}

/// The head of the tables, which is the same for all kinds.
#[must_use]
pub fn head() -> &'static str {
    "| outages | service | right: 200 | 503 | 401 | 401 in the worst outage | 429 | other | no answer | wrong: 401 | 503 | \
     429 | 200 | other | first right answer, median (worst) | all clients, median (worst) | goals |\n\
     |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n"
}

impl Ledger {
    /// Its lines of the table.
    #[must_use]
    pub fn table(&self) -> String {
        self.rows().iter().fold(String::new(), |mut text, row| {
            let Tally { right, wrong } = row.tally();
            let goals = if row.missed().is_empty() { "met" } else { "**missed**" };
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {goals} |",
                self.kind.name(),
                row.which.name(),
                right.reply,
                right.undecided,
                right.refused,
                row.worst().map_or(0, |(_, heard)| heard.tally.right.refused),
                right.throttled,
                right.other,
                right.nothing,
                wrong.refused,
                wrong.undecided,
                wrong.throttled,
                wrong.reply,
                wrong.other + wrong.nothing,
                times(row.heard.iter().map(|(_, heard)| heard.first).collect()),
                times(row.heard.iter().map(|(_, heard)| heard.all).collect()),
            );
            text
        })
    }

    /// What it was, the worst outage of each service, and the first refusals of right passwords.
    #[must_use]
    pub fn notes(&self) -> String {
        let mut text = String::new();
        let lengths: Vec<f64> = self.records.iter().map(|record| record.outage.length.as_secs_f64()).collect();
        let (shortest, longest) =
            lengths.iter().fold((f64::MAX, 0.0_f64), |(low, high), length| (low.min(*length), high.max(*length)));
        let Goals { with_reference, without_reference } = self.kind.goals();
        let _ = writeln!(
            text,
            "{}: {} outages of {shortest:.1} to {longest:.1} s, {} clients with right passwords on each service. Goals: \
             at most {with_reference} right passwords with 401 in an outage with a reference account, \
             {without_reference} without; none with 429.",
            self.kind.name(),
            self.records.len(),
            self.clients,
        );
        for row in self.rows() {
            for missed in row.missed() {
                let _ = writeln!(text, "- MISSED {}: {missed}", row.which.name());
            }
            for (record, heard) in row.heard.iter().filter(|(_, heard)| heard.all.is_none_or(|all| all > SLOW)) {
                let all = times(vec![heard.all]);
                let number = record.outage.number;
                let _ = writeln!(text, "- slow: {}: all were let in {all} after outage {number}", row.which.name());
            }
            let Some((record, heard)) = row.worst().filter(|(_, heard)| !heard.refusals.is_empty()) else { continue };
            let (number, length) = (record.outage.number, record.outage.length.as_secs_f64());
            let _ = writeln!(
                text,
                "- {}: worst outage {number} ({length:.1} s): {} right passwords got 401, of {} answers",
                row.which.name(),
                heard.refusals.len(),
                heard.tally.right.all(),
            );
            let refusals = row.refusals();
            let late = refusals.iter().filter(|refusal| refusal.after_end >= 0.0).count();
            let _ =
                writeln!(text, "  - of all {}, {late} came after the end of their outage; the first:", refusals.len());
            for refusal in refusals.iter().take(LISTED) {
                let _ = writeln!(text, "  - {}", refusal.text);
            }
        }
        text
    }

    /// Which goals were missed; none when all were met.
    #[must_use]
    pub fn missed(&self) -> Vec<String> {
        self.rows().iter().flat_map(|row| self.named(row, &row.missed())).collect()
    }

    /// The same without what a slow machine can cause as well: a wrong password that gets 503 because it took too long to
    /// find out.
    #[must_use]
    pub fn harm(&self) -> Vec<String> {
        self.rows().iter().flat_map(|row| self.named(row, &row.harm())).collect()
    }

    fn named(&self, row: &Row<'_>, missed: &[String]) -> Vec<String> {
        missed.iter().map(|missed| format!("{} {}: {missed}", self.kind.name(), row.which.name())).collect()
    }

    fn rows(&self) -> [Row<'_>; 2] {
        let Goals { with_reference, without_reference } = self.kind.goals();
        let row = |which, most, quiet, of: fn(&Record) -> &Heard| {
            let heard = self.records.iter().map(|record| (record, of(record))).collect();
            Row { which, kind: self.kind, most, quiet, heard }
        };
        let [quiet_with, quiet_without] = self.quiet;
        [
            row(Which::WithReference, with_reference, quiet_with, |record| &record.heard[0]),
            row(Which::WithoutReference, without_reference, quiet_without, |record| &record.heard[1]),
        ]
    }
}

impl Row<'_> {
    fn tally(&self) -> Tally {
        self.heard.iter().fold(Tally::default(), |mut sum, (_, heard)| {
            sum += heard.tally;
            sum
        })
    }

    /// The outage in which most right passwords got 401.
    fn worst(&self) -> Option<&(&Record, &Heard)> {
        self.heard.iter().max_by_key(|(_, heard)| heard.tally.right.refused)
    }

    fn missed(&self) -> Vec<String> {
        let mut missed = self.harm();
        let quiet = self.quiet.wrong.all() - self.quiet.wrong.refused;
        if quiet > 0 {
            missed.push(format!("{quiet} wrong passwords got no 401 before the first outage"));
        }
        missed
    }

    /// What clients must never hear.
    fn harm(&self) -> Vec<String> {
        let (Tally { right, wrong }, mut missed) = (self.tally(), Vec::new());
        let worse = self.heard.iter().filter(|(_, heard)| heard.tally.right.refused > self.most).count();
        if worse > 0 {
            missed.push(format!("more than {} right passwords got 401 in {worse} of the outages", self.most));
        }
        if right.throttled > 0 {
            missed.push(format!("{} right passwords got 429", right.throttled));
        }
        if wrong.reply > 0 {
            missed.push(format!("{} wrong passwords got a reply", wrong.reply));
        }
        let total = self.heard.iter().filter(|(record, _)| self.kind.is_total(&record.outage));
        let meanwhile: usize = total.map(|(_, heard)| heard.meanwhile).sum();
        if meanwhile > 0 {
            missed.push(format!(
                "{meanwhile} replies came in the middle of outages that should allow none: nothing was tried"
            ));
        }
        missed
    }

    /// One line for each 401 for a right password: where to find it in the services' logs, and when it came.
    fn refusals(&self) -> Vec<Refusal> {
        let of = |(record, heard): &(&Record, &Heard)| -> Vec<Refusal> {
            let ended = record.ended.unwrap_or(record.begun);
            let line = |event: &Event| {
                let (asked, answered) = (seconds(record.begun, event.asked), seconds(record.begun, event.answered));
                let after_end = seconds(ended, event.answered);
                let text = format!(
                    "{} UTC {}: asked {asked:+.2} s and answered {answered:+.2} s from the begin, {after_end:+.2} s from \
                     the end of outage {} ({:.1} s)",
                    clock(event.answered),
                    event.user,
                    record.outage.number,
                    record.outage.length.as_secs_f64(),
                );
                Refusal { after_end, text }
            };
            heard.refusals.iter().map(line).collect()
        };
        self.heard.iter().flat_map(of).collect()
    }
}

/// From one moment to another, negative when that was earlier.
fn seconds(from: Instant, to: Instant) -> f64 {
    to.checked_duration_since(from).map_or_else(|| -(from - to).as_secs_f64(), |time| time.as_secs_f64())
}

/// Median and worst; those that were not seen in time are the worst.
fn times(mut times: Vec<Option<Duration>>) -> String {
    let shown = |time: &Option<Duration>| {
        time.map_or_else(|| format!("> {} s", BACK_LIMIT.as_secs()), |time| format!("{:.1} s", time.as_secs_f64()))
    };
    times.sort_by_key(|time| time.unwrap_or(Duration::MAX));
    let median = times.get(times.len() / 2).map(shown).unwrap_or_default();
    let worst = times.last().map(shown).unwrap_or_default();
    if times.len() == 1 {
        return worst;
    }
    format!("{median} ({worst})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Answer;
    use crate::plan::Outage;
    use crate::tally::Counts;

    /// One outage with these answers of one service.
    fn ledger(kind: Kind, service: Which, answers: &[(bool, Answer)]) -> Ledger {
        let mut record = Record::new(Outage::default());
        record.ended = Some(record.begun);
        for (is_right, answer) in answers {
            let (user, asked) = ("anna".to_owned(), record.begun);
            record.add(Event { service, user, is_right: *is_right, asked, answered: asked, answer: *answer }, 1);
        }
        Ledger { kind, clients: 1, records: vec![record], quiet: [Tally::default(); 2] }
    }

    #[tokio::test]
    async fn the_goals_depend_on_kind_and_service() {
        const REFUSED: (bool, Answer) = (true, Answer::Refused);
        for (kind, service, most) in [
            (Kind::LdapDown, Which::WithReference, 0),
            (Kind::LdapResets, Which::WithReference, 3),
            (Kind::LdapDown, Which::WithoutReference, 2),
        ] {
            let met = ledger(kind, service, &vec![REFUSED; most]);
            assert_eq!(met.missed(), Vec::<String>::new());
            let missed = ledger(kind, service, &vec![REFUSED; most + 1]);
            let text = format!(
                "{} {}: more than {most} right passwords got 401 in 1 of the outages",
                kind.name(),
                service.name()
            );
            assert_eq!(missed.missed(), [text]);
            assert!(missed.table().contains("**missed**"), "{}", missed.table());
        }
    }

    #[tokio::test]
    async fn a_429_for_a_right_password_and_a_reply_to_a_wrong_one_are_never_good() {
        let fine =
            [(true, Answer::Reply), (true, Answer::Undecided), (false, Answer::Throttled), (false, Answer::Refused)];
        assert_eq!(ledger(Kind::LdapDown, Which::WithReference, &fine).missed(), Vec::<String>::new());
        for (is_right, answer) in [(true, Answer::Throttled), (false, Answer::Reply)] {
            assert_eq!(ledger(Kind::LdapDown, Which::WithReference, &[(is_right, answer)]).missed().len(), 1);
        }
    }

    #[tokio::test]
    async fn a_wrong_password_on_a_quiet_day_gets_401() {
        let mut ledger = ledger(Kind::LdapDown, Which::WithReference, &[]);
        ledger.quiet[1].wrong = Counts { refused: 3, undecided: 1, ..Counts::default() };
        assert_eq!(ledger.missed(), ["ldap-down without: 1 wrong passwords got no 401 before the first outage"]);
    }

    #[test]
    fn what_was_not_seen_in_time_is_the_worst() {
        let second = Duration::from_secs(1);
        assert_eq!(times(vec![None, Some(2 * second), Some(second)]), "2.0 s (> 90 s)");
        assert_eq!(times(vec![Some(2 * second)]), "2.0 s");
    }

    #[tokio::test]
    async fn a_slow_return_is_noted_and_misses_no_goal() {
        let ledger = ledger(Kind::LdapDown, Which::WithReference, &[]);
        assert!(ledger.notes().contains("- slow: with reference account: all were let in > 90 s after outage 0"));
        assert_eq!(ledger.missed(), Vec::<String>::new());
    }
}
