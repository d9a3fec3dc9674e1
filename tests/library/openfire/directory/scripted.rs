//! The directory against a component port played by hand: what Openfire 5.1 answers, and what no healthy server does.

use std::time::Duration;

use openfire_provisioner::model::account::{Contact, Entry, PartSet, Reason, Subscription};
use openfire_provisioner::openfire::directory::Directory;
use test_servers::component_port::commands::{completed, form, is_list, is_stage, list};
use test_servers::component_port::{ComponentPort, error, payload};
use test_servers::openfire::{COMPONENT_SECRET, DOMAIN};
use xmpp_parsers::jid::DomainPart;
use xmpp_parsers::minidom::Element;

use super::setup::{component, deadline, look_up, user};

const ROSTER: PartSet = PartSet { roster: true, ..PartSet::NOTHING };
const VCARD: PartSet = PartSet { vcard: true, ..PartSet::NOTHING };
const GROUPS: PartSet = PartSet { groups: true, ..PartSet::NOTHING };
const LIMIT: Duration = Duration::from_secs(20);

async fn directory(port: &ComponentPort, iq_timeout: Duration) -> Directory {
    let component = component(&format!("prov.{DOMAIN}"), port.address(), COMPONENT_SECRET).await;
    let domain = DomainPart::new(DOMAIN).unwrap().into_owned();
    Directory::new(component, openfire_provisioner::model::config::Directory::default(), domain, iq_timeout)
}

fn count(port: &ComponentPort, like: impl Fn(&Element) -> bool) -> usize {
    port.all().iter().filter(|query| like(query)).count()
}

#[tokio::test]
async fn a_roster_comes_by_the_command_of_openfire_5() {
    // Openfire 5.1: the form's field is a plural, the roster a child of the form.
    let port = ComponentPort::start(|query| {
        Some(match query {
            query if is_list(query) => list(query, &["get-user-roster"]),
            query if is_stage(query, "get-user-roster", "execute") => form(query, &["accountjids"]),
            query => completed(
                query,
                "<query xmlns='jabber:iq:roster'><item jid='user2@example.test' name='Nick 2' subscription='both' \
                 ask='none'><group>Friends</group></item></query>",
            ),
        })
    })
    .await;
    let entry = look_up(&directory(&port, LIMIT).await, "user1", ROSTER, None).await;
    let contact = Contact {
        jid: "user2@example.test".into(),
        name: "Nick 2".into(),
        groups: vec!["Friends".into()],
        subscription: Subscription::Both,
    };
    assert_eq!(entry, Entry { roster: vec![contact], ..Entry::default() });
    let submitted = port.all().last().unwrap().clone();
    let sent: Vec<_> = payload(&submitted).children().next().unwrap().children().map(|f| (f.attr("var"), f)).collect();
    let (name, field) = &sent[1];
    assert_eq!(
        (sent.len(), *name, field.children().next().unwrap().text()),
        (2, Some("accountjids"), "user1@example.test".into())
    );
}

#[tokio::test]
async fn a_query_that_is_never_answered_is_missing_when_its_time_is_up() {
    // Openfire 5.1 never answers about an account that does not exist.
    let port = ComponentPort::start(|_| None).await;
    let entry = look_up(&directory(&port, Duration::from_millis(50)).await, "nobody", VCARD, None).await;
    assert_eq!(entry.missing.iter().map(|missing| &missing.reason).collect::<Vec<_>>(), [&Reason::TimedOut]);
}

#[tokio::test]
async fn an_account_without_a_vcard_is_none_on_openfire_5() {
    let port = ComponentPort::start(|query| Some(error(query, "service-unavailable"))).await;
    assert_eq!(look_up(&directory(&port, LIMIT).await, "user500", VCARD, None).await, Entry::default());
}

#[tokio::test]
async fn a_command_that_starts_after_its_caller_gave_up_is_cancelled() {
    let port = ComponentPort::start(|query| is_list(query).then(|| list(query, &["get-user-roster"]))).await;
    let directory = directory(&port, Duration::from_millis(50)).await;
    let entry = look_up(&directory, "user1", ROSTER, None).await;
    assert_eq!(entry.missing[0].reason, Reason::TimedOut);

    let started = port.heard(1, |query| is_stage(query, "get-user-roster", "execute")).await;
    port.say(form(&started[0], &["accountjids"]));
    let cancelled = port.heard(1, |query| is_stage(query, "get-user-roster", "cancel")).await;
    assert_eq!(payload(&cancelled[0]).attr("sessionid"), Some("LiHQk0AZrop0mKp"));
    assert_eq!(count(&port, |query| is_stage(query, "get-user-roster", "complete")), 0);
}

#[tokio::test]
async fn a_command_whose_look_up_is_dropped_is_cancelled() {
    let port = ComponentPort::start(|query| is_list(query).then(|| list(query, &["get-user-roster"]))).await;
    let directory = directory(&port, LIMIT).await;
    let name = user("user1");
    let started = tokio::select! {
        entry = directory.look_up(&name, ROSTER, None, deadline()) => panic!("{entry:?}"),
        started = port.heard(1, |query| is_stage(query, "get-user-roster", "execute")) => started,
    };
    port.say(form(&started[0], &["accountjids"]));
    port.heard(1, |query| is_stage(query, "get-user-roster", "cancel")).await;
}

#[tokio::test]
async fn a_form_that_is_never_answered_is_cancelled() {
    // Openfire throws where a form lacks what the command needs, and never answers.
    let port = ComponentPort::start(|query| match query {
        query if is_list(query) => Some(list(query, &["get-user-roster"])),
        query if is_stage(query, "get-user-roster", "execute") => Some(form(query, &["accountjids"])),
        _ => None,
    })
    .await;
    let entry = look_up(&directory(&port, Duration::from_millis(200)).await, "user1", ROSTER, None).await;
    assert_eq!(entry.missing[0].reason, Reason::TimedOut);
    port.heard(1, |query| is_stage(query, "get-user-roster", "cancel")).await;
}

#[tokio::test]
async fn a_form_without_the_field_that_we_know_is_cancelled_and_not_sent() {
    let port = ComponentPort::start(|query| {
        Some(match query {
            query if is_list(query) => list(query, &["get-user-roster"]),
            query => form(query, &["something-else"]),
        })
    })
    .await;
    let entry = look_up(&directory(&port, LIMIT).await, "user1", ROSTER, None).await;
    assert!(matches!(entry.missing[0].reason, Reason::Malformed(_)), "{entry:?}");
    port.heard(1, |query| is_stage(query, "get-user-roster", "cancel")).await;
    assert_eq!(count(&port, |query| is_stage(query, "get-user-roster", "complete")), 0);
}

#[tokio::test]
async fn many_look_ups_share_one_list_of_commands_and_one_reading_of_the_groups() {
    let port = ComponentPort::start(|query| {
        let group = |name: &str, count: &str| {
            format!(
                "<item><field var='name'><value>{name}</value></field><field var='count'><value>{count}</value>\
                 </field></item>"
            )
        };
        Some(match query {
            query if is_list(query) => list(query, &["get-groups", "get-group-members"]),
            query if is_stage(query, "get-groups", "execute") => form(query, &["start", "max_items"]),
            query if is_stage(query, "get-groups", "complete") => {
                completed(query, &[group("sales", "1"), group("empty", "0"), group("huge", "40001")].concat())
            }
            query if is_stage(query, "get-group-members", "execute") => form(query, &["group"]),
            query => completed(query, "<item><field var='jid'><value>user1@example.test</value></field></item>"),
        })
    })
    .await;
    let directory = directory(&port, LIMIT).await;
    let look_ups = (0..50).map(|_| look_up(&directory, "user1", GROUPS, None));
    for entry in futures::future::join_all(look_ups).await {
        assert_eq!((entry.groups, entry.withheld), (vec!["sales".to_owned()], vec![]));
        assert!(matches!(entry.missing[0].reason, Reason::Shortened { kept: 2, total: 3, .. }));
    }
    // The list; two stages for the groups; two for the members of the only group that has some and is not too large.
    assert_eq!(count(&port, |_| true), 5);
}

/// A component port of a server with the group `staff`, which has these members.
fn staff(members: &'static [&'static str]) -> impl Fn(&Element) -> Option<String> + Send + Sync + 'static {
    move |query| {
        Some(match query {
            query if is_list(query) => list(query, &["get-groups", "get-group-members"]),
            query if is_stage(query, "get-groups", "execute") => form(query, &["start", "max_items"]),
            query if is_stage(query, "get-groups", "complete") => completed(
                query,
                "<item><field var='name'><value>staff</value></field><field var='count'><value>1</value></field></item>",
            ),
            query if is_stage(query, "get-group-members", "execute") => form(query, &["group"]),
            query => {
                let item = |jid| format!("<item><field var='jid'><value>{jid}</value></field></item>");
                completed(query, &members.iter().map(item).collect::<String>())
            }
        })
    }
}

#[tokio::test]
async fn groups_that_are_forgotten_are_read_again() {
    let port = ComponentPort::start(staff(&["user1@example.test"])).await;
    let directory = directory(&port, LIMIT).await;
    assert_eq!(look_up(&directory, "user1", GROUPS, None).await.groups, ["staff"]);
    port.answer_by(staff(&["user2@example.test"]));
    // Kept for a minute.
    assert_eq!(look_up(&directory, "user1", GROUPS, None).await.groups, ["staff"]);
    directory.forget();
    assert!(look_up(&directory, "user1", GROUPS, None).await.groups.is_empty());
    assert_eq!(look_up(&directory, "user2", GROUPS, None).await.groups, ["staff"]);
    // Dropped, they are not read before somebody asks.
    let read = count(&port, |_| true);
    directory.forget();
    assert_eq!(count(&port, |_| true), read);
}

/// What a reading saw before the groups were dropped may be old, so those who wait for it get what the next one brings.
#[tokio::test]
async fn groups_that_are_forgotten_while_they_are_read_are_read_once_more() {
    let old = staff(&["user1@example.test"]);
    let port = ComponentPort::start(
        move |query| {
            if is_stage(query, "get-group-members", "complete") { None } else { old(query) }
        },
    )
    .await;
    let directory = directory(&port, LIMIT).await;
    let change = async {
        let held = port.heard(1, |query| is_stage(query, "get-group-members", "complete")).await;
        directory.forget();
        port.answer_by(staff(&["user2@example.test"]));
        port.say(staff(&["user1@example.test"])(&held[0]).unwrap());
    };
    let (one, two, ()) =
        tokio::join!(look_up(&directory, "user1", GROUPS, None), look_up(&directory, "user2", GROUPS, None), change);
    assert_eq!((one.groups, one.missing), (vec![], vec![]));
    assert_eq!((two.groups, two.missing), (vec!["staff".to_owned()], vec![]));
}
