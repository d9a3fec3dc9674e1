//! `check --online`: the reference account, and what it has to do with the directory behind Openfire.

use tokio::time::Instant;

use super::Report;
use crate::app;
use crate::model::account::{AccountDetails, Entry, Part, PartSet, Profile, Reason, Username};
use crate::model::config::{Config, Limits};
use crate::openfire::directory::Directory;
use crate::openfire::login::Login;

/// The page that says what a site with LDAP or Active Directory has to set.
const PAGE: &str = "docs/openfire-ldap.md";

/// Logs the account in. Gives whether that worked; none without an account.
///
/// Where PLAIN alone is offered, passwords are checked by a directory, and its trouble looks like a wrong password.
pub(super) async fn check(login: &Login, only_plain: bool, config: &Config, report: &mut Report) -> Option<bool> {
    let works = match app::reference(config) {
        None if only_plain => {
            report.wrong(
                "reference account",
                format!(
                    "none, and Openfire offers only PLAIN, as with LDAP and Active Directory: while the directory is down, \
                     Openfire refuses every user as if the password were wrong, and clients delete the passwords they saved. \
                     Create an ordinary account where the users' accounts are, and set openfire.reference_user and \
                     openfire.reference_password ({PAGE})"
                ),
            );
            None
        }
        None => {
            report.note(
                "reference account",
                "none; with openfire.reference_user clients keep their saved passwords while Openfire's database or LDAP is down",
            );
            None
        }
        Some(reference) => {
            let outcome = reference.check(login, Instant::now() + config.limits.request_deadline).await;
            match &outcome {
                Ok(()) => report.fine("reference account", "logged in"),
                Err(reason) if only_plain => report.wrong(
                    "reference account",
                    format!(
                        "{reason}. With LDAP and Active Directory Openfire gives the same answer if the account is locked, \
                         disabled or expired, or if its password has expired or must be changed: look at the account \
                         in the directory, and exempt it from all of these ({PAGE})"
                    ),
                ),
                Err(reason) => report.wrong("reference account", reason),
            }
            Some(outcome.is_ok())
        }
    };
    if only_plain {
        note_lock_out(&config.limits, report);
    }
    works
}

/// Attempts below which the limit was surely set with a directory in mind: few lock accounts sooner than after ten.
const FEW_ATTEMPTS: u32 = 10;

/// Reminds of lock-out, since the service cannot find out when the directory locks an account.
fn note_lock_out(limits: &Limits, report: &mut Report) {
    let attempts = limits.attempts_per_user;
    if (1..FEW_ATTEMPTS).contains(&attempts) {
        return;
    }
    let now = if attempts == 0 { "no limit".to_owned() } else { attempts.to_string() };
    report.note(
        "lock-out",
        format!(
            "if the directory locks accounts after a number of wrong passwords, set limits.attempts_per_user (now {now}) below \
             it, so that strangers cannot lock users out through this service; see {PAGE}"
        ),
    );
}

/// Notes that the account may be elsewhere than the users: Openfire found `entry` about `user`, and less about the account.
///
/// Such an account logs in while the users' directory is down, so every refusal would be believed.
pub(super) async fn compare(
    directory: &Directory,
    (user, entry): (&Username, &Entry),
    config: &Config,
    report: &mut Report,
) {
    let openfire = &config.openfire;
    let Some(account) = openfire.reference_user.as_deref().and_then(|name| openfire.login_name(name).ok()) else {
        return;
    };
    let account = account.username;
    if account == *user || !(has_vcard(entry) || has_details(entry)) {
        return;
    }
    let parts = PartSet::NOTHING.with(Part::Vcard).with(Part::Account);
    let found = directory.look_up(&account, parts, None, Instant::now() + config.limits.request_deadline).await;
    // That an account is not in the directory, Openfire says by no answer, or by one without the account. Other failures say
    // nothing.
    let says_absent =
        |reason: &Reason| matches!(reason, Reason::TimedOut | Reason::Refused { .. } | Reason::NoSuchAccount);
    if found.missing.iter().any(|missing| !says_absent(&missing.reason)) {
        return;
    }
    let lacks = |has: fn(&Entry) -> bool| has(entry) && !has(&found);
    if lacks(has_vcard) || lacks(has_details) {
        report.note(
            "reference account",
            format!(
                "Openfire knows less about {account} than about {user}: the account may be elsewhere, for example in Openfire's own \
                 table or below another base DN. Then it can log in while the users' directory is down, and right passwords \
                 get 401. Create the account in the users' directory ({PAGE})"
            ),
        );
    }
}

fn has_vcard(entry: &Entry) -> bool {
    entry.profile != Profile::default()
}

fn has_details(entry: &Entry) -> bool {
    entry.account != AccountDetails::default()
}
