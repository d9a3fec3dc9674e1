//! Whether a refusal by the server can be believed.
//!
//! Openfire says "not authorized" for every user while its database or LDAP is down, and a client that gets 401 deletes its
//! saved password. A refusal itself does not show its cause. Other events do: how long it took, which other users are
//! refused, whether a second attempt succeeds, and whether the reference account can log in.

mod row;
mod store;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

pub(super) use self::row::Refused;
use self::row::{Row, RowLength};
use self::store::Store;
use super::familiar::REMEMBERED;
use crate::model::account::Username;
use crate::model::config::Limits;

/// How long a sign of trouble counts.
const TROUBLE: Duration = Duration::from_mins(5);

/// Refusals of different users within this time are a sign of trouble.
const CLOSE: Duration = Duration::from_secs(30);

/// A refusal that took this long is a sign of trouble.
const SLOW: Duration = Duration::from_secs(1);

/// A refusal that took this long is never believed. When its directory does not answer, Openfire 5 refuses after 4 s, and
/// Openfire 4.2 after 10 s.
const TOO_SLOW: Duration = Duration::from_secs(3);

/// Time after the last refusal in which `/readyz` reports a store that refuses every user as down.
const DOWN: Duration = Duration::from_mins(1);

/// While no user is known, so many times `limits.refusals_in_a_row` strangers of one address make a row. They may be all users
/// of an office, or invented.
const STRANGERS_ALONE: usize = 3;

/// Familiar users who make a row without a reference account.
const FAMILIAR: usize = 2;

/// The same with a reference account that can log in, which may be elsewhere than the users.
const FAMILIAR_BESIDE_REFERENCE: usize = 4;

/// Remembers signs of trouble.
#[derive(Debug)]
pub(super) struct Doubt {
    /// `limits.refusals_in_a_row`.
    limit: usize,
    has_reference: bool,
    signs: Mutex<Signs>,
}

#[derive(Debug)]
struct Signs {
    row: Row,
    store: Store,
    /// The last two different users that were refused.
    lately: [Option<(Username, Instant)>; 2],
    /// When a user was last let in.
    let_in: Option<Instant>,
    /// The last sign of trouble that counts for [`TROUBLE`].
    trouble: Option<Instant>,
    /// When and why the reference account could not log in; none after the next successful login.
    failure: Option<(Instant, String)>,
    /// Whether the log says that there is doubt.
    is_logged: bool,
}

impl Doubt {
    /// Takes `limits.refusals_in_a_row`; with 0 no row is long enough.
    pub(super) fn new(limits: &Limits, has_reference: bool) -> Self {
        let signs = Signs {
            row: Row::new(limits.failure_window),
            store: Store::default(),
            lately: [None, None],
            let_in: None,
            trouble: None,
            failure: None,
            is_logged: false,
        };
        Self { limit: limits.refusals_in_a_row, has_reference, signs: Mutex::new(signs) }
    }

    /// A user was refused.
    pub(super) fn refused(&self, user: &Username, refused: Refused) {
        let signs = &mut *self.signs();
        signs.row.refused(user, refused);
        let latest = Some((user.clone(), refused.at));
        match &signs.lately[0] {
            Some((other, _)) if other != user => signs.lately = [latest, signs.lately[0].take()],
            _ => signs.lately[0] = latest,
        }
        self.settle(signs, refused.at);
    }

    /// A user was let in by a login that began at `began`.
    pub(super) fn succeeded(&self, began: Instant, now: Instant) {
        let signs = &mut *self.signs();
        signs.row.succeeded(began);
        signs.let_in = Some(now);
        signs.worked(began, now);
        self.settle(signs, now);
    }

    /// A user who had been refused was let in with the same password: the refusal was wrong.
    pub(super) fn disproved(&self, refused: Refused, now: Instant) {
        let signs = &mut *self.signs();
        signs.store.failed(refused.began, refused.at);
        signs.trouble = Some(now);
    }

    /// The reference account could not log in.
    pub(super) fn reference_failed(&self, began: Instant, now: Instant, reason: &str) {
        let signs = &mut *self.signs();
        signs.store.failed(began, now);
        signs.trouble = Some(now);
        signs.failure = Some((now, reason.to_owned()));
        self.settle(signs, now);
    }

    /// The reference account logged in.
    pub(super) fn reference_worked(&self, began: Instant, now: Instant) {
        let signs = &mut *self.signs();
        signs.worked(began, now);
        self.settle(signs, now);
    }

    /// A login began at the store, and ended without a decision.
    pub(super) fn undecided(&self, now: Instant) {
        self.signs().trouble = Some(now);
    }

    /// Whether there was a sign of trouble at a refusal of `user` that took `took`, or in the last minutes.
    pub(super) fn has_sign(&self, user: &Username, took: Duration, now: Instant) -> bool {
        let signs = self.signs();
        let age = |at: Instant| now.saturating_duration_since(at);
        let others = signs.lately.iter().flatten().any(|(other, at)| other != user && age(*at) < CLOSE);
        took >= SLOW || others || signs.trouble.is_some_and(|at| age(at) < TROUBLE) || signs.store.limps(now)
    }

    /// Whether a refusal may be believed that took `took`.
    ///
    /// # Errors
    ///
    /// Why not, for the log.
    pub(super) fn believes(&self, took: Duration, now: Instant) -> Result<(), String> {
        if took >= TOO_SLOW {
            self.undecided(now);
            return Err(format!(
                "the refusal took {} ms, so it may be about Openfire's database or LDAP, and not about the password",
                took.as_millis()
            ));
        }
        self.in_doubt(now).map_or(Ok(()), Err)
    }

    /// Why no refusal is believed now, if none is.
    pub(super) fn in_doubt(&self, now: Instant) -> Option<String> {
        self.reason(&self.signs(), now)
    }

    /// Why every user seems to be refused now; none when that is not so.
    pub(super) fn is_down(&self, now: Instant) -> Option<String> {
        self.down(&self.signs(), now)
    }

    /// The same for `/readyz`: only while signs keep coming. A service that gets no more logins, since it is not ready, would
    /// never become so again.
    pub(super) fn refuses_all(&self, now: Instant) -> Option<String> {
        let signs = self.signs();
        let failure = signs.failure.as_ref().map(|(at, _)| *at);
        let last = signs.lately[0].as_ref().map(|(_, at)| *at).max(failure)?;
        if now.saturating_duration_since(last) < DOWN { self.down(&signs, now) } else { None }
    }

    fn reason(&self, signs: &Signs, now: Instant) -> Option<String> {
        self.down(signs, now).or_else(|| {
            signs.store.limps(now).then(|| {
                "right passwords were refused repeatedly until less than a minute ago: is Openfire's connection to its \
                 database or LDAP reliable?"
                    .to_owned()
            })
        })
    }

    fn down(&self, signs: &Signs, now: Instant) -> Option<String> {
        if let Some((at, reason)) = &signs.failure
            && now.saturating_duration_since(*at) < TROUBLE
        {
            return Some(reason.clone());
        }
        if self.is_row(signs, now) {
            let remedy = if self.has_reference {
                "The reference account can log in all the same: is it where the users are (docs/openfire-ldap.md)?"
            } else {
                "Set openfire.reference_user, which shows whether Openfire can check passwords"
            };
            return Some(format!(
                "different users were refused in a row, with no successful login in between: is Openfire's database or LDAP \
                 down? The next successful login ends this (limits.refusals_in_a_row). {remedy}"
            ));
        }
        None
    }

    fn is_row(&self, signs: &Signs, now: Instant) -> bool {
        let enough = if self.has_reference { FAMILIAR_BESIDE_REFERENCE } else { FAMILIAR };
        let RowLength { familiar, strangers, all_strangers } = signs.row.length(now);
        // The reference account says more than refusals of users who are not familiar.
        let is_long = !self.has_reference && familiar + strangers >= self.limit;
        // After a restart or a long quiet time no user is familiar, and those of an office are strangers of one address.
        let knows_users = signs.let_in.is_some_and(|at| now.saturating_duration_since(at) < REMEMBERED);
        let is_crowd =
            !self.has_reference && !knows_users && all_strangers >= self.limit.saturating_mul(STRANGERS_ALONE);
        self.limit > 0 && (familiar >= enough || is_long || is_crowd)
    }

    /// Logs when the doubt begins and ends, and keeps its last moment as a sign of trouble.
    fn settle(&self, signs: &mut Signs, now: Instant) {
        match self.reason(signs, now) {
            Some(reason) => {
                signs.trouble = Some(now);
                if !signs.is_logged {
                    tracing::warn!("refused logins are answered with 503 instead of 401 for now: {reason}");
                }
                signs.is_logged = true;
            }
            None if signs.is_logged => {
                tracing::info!("refused logins are believed again");
                signs.is_logged = false;
            }
            None => {}
        }
    }

    fn signs(&self) -> MutexGuard<'_, Signs> {
        self.signs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Signs {
    fn worked(&mut self, began: Instant, now: Instant) {
        self.store.worked(began, now);
        if self.failure.as_ref().is_some_and(|(at, _)| *at <= began) {
            self.failure = None;
        }
    }
}

#[cfg(test)]
mod tests;
