//! Sides that take turns: what one of them does, and what each turn gave.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use test_servers::openfire::Openfire;

use super::Builds;
use super::goal::{Bound, Goal};
use crate::USERS;
use crate::generator::bare::{Bare, Roster};
use crate::generator::login::RawLogin;
use crate::measure::{Pass, measure, paced};
use crate::replies::{paced_replies, replies};
use crate::service::{Service, Template};
use crate::spread::Spread;
use crate::users::Users;

/// Which side it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Raw logins.
    Logins,
    /// What such a reply takes from Openfire, without a service.
    Bare(Template),
    /// Replies of the build to be measured.
    New(Template),
    /// Replies of the other build.
    Old(Template),
}

/// What one side does.
#[derive(Clone)]
pub(super) enum Work<'a> {
    /// Raw logins.
    Logins(Arc<RawLogin>),
    /// What a reply takes from Openfire, without a service.
    Bare(Arc<Bare>, Roster),
    /// Replies of a service.
    Replies(&'a Service),
}

/// How much of it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Load {
    /// So many at a time, each begun when one has ended.
    InFlight(usize),
    /// So many begun in a second.
    Paced(f64),
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InFlight(in_flight) => write!(f, "{in_flight} in flight"),
            Self::Paced(pace) => write!(f, "{pace} a second"),
        }
    }
}

/// One pass of one side.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) pass: Pass,
    /// Of the service, if it is one.
    processor_time: Duration,
    /// Of Openfire.
    openfire_time: Duration,
}

/// One side with its turns, one in each round.
pub(super) struct Side<'a> {
    pub(super) role: Role,
    work: Work<'a>,
    turns: Vec<Turn>,
}

impl Turn {
    /// Milliseconds of the service's own processor time for one reply.
    pub(super) fn cpu_ms(&self) -> f64 {
        self.processor_time.as_secs_f64() * 1000.0 / self.pass.micros.len() as f64
    }

    /// Milliseconds of Openfire's processor time for one login or reply.
    fn openfire_cpu_ms(&self) -> f64 {
        self.openfire_time.as_secs_f64() * 1000.0 / self.pass.micros.len() as f64
    }
}

impl<'a> Side<'a> {
    pub(super) fn new(role: Role, work: Work<'a>) -> Self {
        Self { role, work, turns: Vec::new() }
    }

    /// The same side without the turns up to now, for another load.
    pub(super) fn afresh(&self) -> Self {
        Self::new(self.role, self.work.clone())
    }

    /// Its name in tables; `old` is that of the other build.
    pub(super) fn name(&self, old: &str) -> String {
        match self.role {
            Role::Logins => "raw logins".to_owned(),
            Role::Bare(template) => format!("bare, {}", template.name()),
            Role::New(template) => format!("replies, {}", template.name()),
            Role::Old(template) => format!("replies of {old}, {}", template.name()),
        }
    }

    /// One pass, which is not one of its turns.
    pub(super) async fn pass(&self, load: Load, length: Duration) -> anyhow::Result<Pass> {
        Ok(match (&self.work, load) {
            (Work::Logins(login), Load::InFlight(in_flight)) => {
                let worker = || {
                    let login = Arc::clone(login);
                    move |turn| log_in(Arc::clone(&login), turn)
                };
                measure((0..in_flight).map(|_| worker()).collect(), length).await?
            }
            (Work::Logins(login), Load::Paced(pace)) => {
                paced(pace, length, |turn| log_in(Arc::clone(login), turn)).await?
            }
            (Work::Bare(bare, roster), Load::InFlight(in_flight)) => {
                let worker = || {
                    let (bare, roster) = (Arc::clone(bare), *roster);
                    move |turn| fetch(Arc::clone(&bare), turn, roster)
                };
                measure((0..in_flight).map(|_| worker()).collect(), length).await?
            }
            (Work::Bare(bare, roster), Load::Paced(pace)) => {
                paced(pace, length, |turn| fetch(Arc::clone(bare), turn, *roster)).await?
            }
            (Work::Replies(service), Load::InFlight(in_flight)) => replies(service, in_flight, length).await?,
            (Work::Replies(service), Load::Paced(pace)) => paced_replies(service, pace, length).await?,
        })
    }

    async fn turn(&mut self, openfire: &Openfire, load: Load, length: Duration) -> anyhow::Result<()> {
        let used = |side: &Self| match side.work {
            Work::Replies(service) => service.processor_time(),
            _ => Ok(Duration::ZERO),
        };
        let (before, openfire_before) = (used(self)?, processor_time(openfire).await?);
        let pass = self.pass(load, length).await?;
        let processor_time = used(self)?.saturating_sub(before);
        let openfire_time = self::processor_time(openfire).await?.saturating_sub(openfire_before);
        self.turns.push(Turn { pass, processor_time, openfire_time });
        Ok(())
    }

    /// One value of each turn.
    pub(super) fn values(&self, value: impl Fn(&Turn) -> f64) -> Spread {
        Spread::from_values(self.turns.iter().map(value))
    }

    /// One value against another side's, round by round.
    pub(super) fn against(&self, other: &Side<'_>, value: impl Fn(&Turn) -> f64) -> Spread {
        Spread::from_values(self.turns.iter().zip(&other.turns).map(|(own, other)| value(own) / value(other)))
    }

    /// Errors of all turns, and why the first one failed.
    pub(super) fn errors(&self) -> (usize, Option<&str>) {
        let count = self.turns.iter().map(|turn| turn.pass.errors).sum();
        (count, self.turns.iter().find_map(|turn| turn.pass.error.as_deref()))
    }

    /// A row of the table of sides.
    fn line(&self, load: Load, old: &str) -> String {
        let median = |value: fn(&Turn) -> f64| self.values(value).median;
        let ms = |is_known: bool, value| if is_known { format!("{:.2}", median(value)) } else { String::new() };
        // A lead-in is not counted, but what it costs is.
        let is_whole = matches!(load, Load::InFlight(_));
        let service = ms(is_whole && matches!(self.work, Work::Replies(_)), Turn::cpu_ms);
        let openfire = ms(is_whole, Turn::openfire_cpu_ms);
        format!(
            "| {load} | {} | {:.0} | {:.1} / {:.1} | {service} | {openfire} | {} |",
            self.name(old),
            median(|turn| turn.pass.per_second()),
            median(|turn| turn.pass.percentile(0.5)),
            median(|turn| turn.pass.percentile(0.99)),
            self.errors().0,
        )
    }
}

/// Lets each side have a turn in each round. Who begins changes from round to round, and so does the direction, so that a
/// drift of the machine favours none.
pub(super) async fn rounds(
    openfire: &Openfire,
    sides: &mut [Side<'_>],
    load: Load,
    length: Duration,
    rounds: usize,
) -> anyhow::Result<()> {
    for round in 0..rounds {
        eprintln!("round {} of {rounds}", round + 1);
        for place in order(sides.len(), round) {
            if let Some(side) = sides.get_mut(place) {
                side.turn(openfire, load, length).await?;
            }
        }
    }
    Ok(())
}

/// The side with this role.
pub(super) fn find<'s, 'a>(sides: &'s [Side<'a>], role: Role) -> Option<&'s Side<'a>> {
    sides.iter().find(|side| side.role == role)
}

/// Prints a table of the sides as Markdown: the medians of their turns.
pub(super) fn print(sides: &[Side<'_>], load: Load, builds: &Builds) {
    println!(
        "| load | side | each second | p50 / p99 ms | CPU ms of the service for one | of Openfire | errors |\n\
         |---|---|---|---|---|---|---|"
    );
    for side in sides {
        println!("{}", side.line(load, builds.old_name()));
    }
    println!();
}

/// The goal that all was done without an error. Prints why, if not.
pub(super) fn no_error(what: &str, sides: &[Side<'_>], builds: &Builds) -> Goal {
    let mut errors = 0;
    for side in sides {
        let (count, why) = side.errors();
        errors += count;
        if let Some(why) = why {
            println!("{}: an error: {why}\n", side.name(builds.old_name()));
        }
    }
    Goal::value(format!("errors, {what}"), errors as f64, "", Bound::AtMost(0.0))
}

/// The order of the sides in a round.
fn order(sides: usize, round: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sides).collect();
    if round % 2 == 1 {
        order.reverse();
    }
    order.rotate_left(round / 2 % sides.max(1));
    order
}

/// Openfire's processor time up to now.
async fn processor_time(openfire: &Openfire) -> anyhow::Result<Duration> {
    Ok(Duration::from_nanos(openfire.control(&["processor-time"]).await.parse()?))
}

async fn log_in(login: Arc<RawLogin>, turn: usize) -> anyhow::Result<()> {
    let number = USERS.number(turn);
    login.log_in(&Users::name(number), &USERS.password(number)).await
}

async fn fetch(bare: Arc<Bare>, turn: usize, roster: Roster) -> anyhow::Result<()> {
    let number = USERS.number(turn);
    bare.fetch(number, &USERS.password(number), roster).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_begins_changes_and_each_has_one_turn_in_a_round() {
        let orders: Vec<_> = (0..6).map(|round| order(3, round)).collect();
        assert_eq!(orders, [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2], [2, 0, 1], [0, 2, 1]]);
        assert!(order(0, 3).is_empty());
    }
}
