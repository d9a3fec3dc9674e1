//! Users and addresses that get no attempt to log in now, and the button that ends it.

use std::net::IpAddr;

use http::StatusCode;
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use crate::administration::audit::Action;
use crate::authentication::{Door, Lock, LockedOut};
use crate::http::admin::page_answer::PageAnswer;
use crate::http::admin::request::Fields;
use crate::http::admin::visit::Visit;

/// The doors, by their names in the form.
const DOORS: [(&str, Door); 2] = [("provisioning", Door::Provisioning), ("pages", Door::Pages)];

/// Rows on the page: the newest.
const ROWS: usize = 100;

/// One of them, as the page shows it and as its form sends it back.
#[derive(Serialize)]
struct Row<'a> {
    door: &'static str,
    kind: &'static str,
    user: Option<&'a str>,
    address: Option<String>,
    failures: u32,
    since: i64,
    until: i64,
    is_in_doubt: bool,
}

/// The list.
pub(in crate::http::admin) fn list(visit: &Visit<'_>) -> PageAnswer {
    let lists = DOORS.map(|(name, door)| (name, visit.administration.overview.locked_out(door)));
    let all: usize = lists.iter().map(|(_, list)| list.all()).sum();
    let rows = lists.iter().flat_map(|(door, list)| list.newest.iter().map(|locked| row(door, locked)));
    let mut rows: Vec<Row<'_>> = rows.collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.since));
    rows.truncate(ROWS);
    let left_out = all - rows.len();
    PageAnswer::page("locked-out.html", context! { rows => Serde(rows), left_out })
}

/// Gives a user or an address all attempts again.
pub(in crate::http::admin) fn release(visit: &Visit<'_>) -> PageAnswer {
    let Some((door, lock)) = named(&visit.form) else {
        return PageAnswer::error(&visit.view.words, StatusCode::UNPROCESSABLE_ENTITY, "no-lock", &[]);
    };
    if !visit.administration.overview.release(door, &lock) {
        return PageAnswer::done("/admin/locked-out", "not-locked");
    }
    visit.record(Action::Released, &target(door, &lock), "", "");
    PageAnswer::done("/admin/locked-out", "released")
}

fn row<'a>(door: &'static str, locked: &'a LockedOut) -> Row<'a> {
    let (kind, user, address) = match &locked.lock {
        Lock::UserAtAddress { user, address } => ("user-at-address", Some(user.as_str()), Some(address)),
        Lock::Address(address) => ("address", None, Some(address)),
        Lock::User(user) => ("user", Some(user.as_str()), None),
    };
    Row {
        door,
        kind,
        user,
        address: address.map(ToString::to_string),
        failures: locked.failures,
        since: locked.since.as_second(),
        until: locked.until.as_second(),
        is_in_doubt: locked.is_in_doubt,
    }
}

/// What was released, for the audit log.
fn target(door: Door, lock: &Lock) -> String {
    let lock = match lock {
        Lock::UserAtAddress { user, address } => format!("{user} at {address}"),
        Lock::Address(address) => address.to_string(),
        Lock::User(user) => format!("{user} at all addresses"),
    };
    match door {
        Door::Provisioning => lock,
        Door::Pages => format!("{lock} (sign-in to the pages)"),
    }
}

/// What a form names.
fn named(form: &Fields) -> Option<(Door, Lock)> {
    let (_, door) = DOORS.into_iter().find(|(name, _)| form.get("door") == Some(name))?;
    let user = || form.get("user").map(str::to_owned);
    let address = || form.get("address")?.parse::<IpAddr>().ok();
    let lock = match form.get("kind")? {
        "user-at-address" => Lock::UserAtAddress { user: user()?, address: address()? },
        "address" => Lock::Address(address()?),
        "user" => Lock::User(user()?),
        _ => return None,
    };
    Some((door, lock))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_names_its_lock_when_its_form_comes_back() {
        let home: IpAddr = "2001:db8::".parse().unwrap();
        for lock in [
            Lock::UserAtAddress { user: "anna & <b>\"".to_owned(), address: home },
            Lock::Address(home),
            Lock::User("anna".to_owned()),
        ] {
            let at = jiff::Timestamp::UNIX_EPOCH;
            let locked = LockedOut { lock: lock.clone(), failures: 1, since: at, until: at, is_in_doubt: false };
            let Row { door, kind, user, address, .. } = row("pages", &locked);
            let fields = [("door", Some(door)), ("kind", Some(kind)), ("user", user), ("address", address.as_deref())];
            let fields: Vec<(&str, &str)> =
                fields.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
            assert_eq!(named(&Fields::parse(Fields::of(&fields).encoded().as_bytes())), Some((Door::Pages, lock)));
        }
        for form in
            ["", "door=pages", "door=pages&kind=address&address=x", "door=x&kind=user&user=a", "door=pages&kind=x"]
        {
            assert_eq!(named(&Fields::parse(form.as_bytes())), None, "{form}");
        }
    }
}
