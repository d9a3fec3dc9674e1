use std::net::IpAddr;

use xmpp_parsers::jid::DomainPart;

use super::*;
use crate::administration::sessions::Sessions;

fn user(name: &str) -> Username {
    Username::parse(name, &DomainPart::new("example.test").unwrap()).unwrap()
}

fn listed(users: &[&str], viewers: &[&str]) -> Listed {
    let accounts = |names: &[&str]| names.iter().map(|name| user(name)).collect();
    Listed { users: accounts(users), viewers: accounts(viewers) }
}

#[test]
fn the_lists_decide_about_viewers_and_about_who_is_not_listed_and_openfire_about_the_rest() {
    let nothing = listed(&[], &[]);
    assert_eq!(nothing.decided(&user("admin")), None);
    let both = listed(&["admin", "anna"], &["helpdesk", "anna"]);
    assert_eq!(both.decided(&user("admin")), None);
    assert_eq!(both.decided(&user("Helpdesk@example.test")), Some(Ok(Role::Viewer)));
    assert_eq!(both.decided(&user("ben")), Some(Err(SignInError::NotListed)));
    assert_eq!(both.decided(&user("anna")), Some(Ok(Role::Viewer)), "the lesser role counts");
}

#[test]
fn the_pages_change_nothing_for_viewers_and_for_accounts_only_while_openfire_answers() {
    let sessions = Sessions::default();
    let address = IpAddr::from([192, 0, 2, 1]);
    let session = |person: Person, role| {
        let token = sessions.begin(person, role, address).unwrap();
        sessions.find(&token).unwrap()
    };
    let link = || Person::Link { made_by: "root (uid 0)".to_owned() };
    let admin = || Person::Account(user("admin"));
    let down = || Some("it is down".to_owned());
    let not_now = Err(CannotChange::NotNow { reason: "it is down".to_owned() });
    for (person, role, in_trouble, without) in [
        (admin(), Role::Administrator, not_now, Ok(())),
        (admin(), Role::Viewer, Err(CannotChange::Viewer), Err(CannotChange::Viewer)),
        (link(), Role::Administrator, Ok(()), Ok(())),
        (link(), Role::Viewer, Err(CannotChange::Viewer), Err(CannotChange::Viewer)),
    ] {
        let session = session(person, role);
        assert_eq!(may_change(&session, down), in_trouble, "{session:?}");
        assert_eq!(may_change(&session, || None), without, "{session:?}");
    }
}
