use proptest::prelude::*;
use xmpp_parsers::jid::BareJid;

use super::*;
use crate::model::account::AccountDetails;

fn element(xml: &str) -> Element {
    xml.parse().unwrap()
}

fn jid(text: &str) -> BareJid {
    text.parse().unwrap()
}

/// Openfire 4.2 and 5.1, the first stage of `get-user-properties`, as recorded.
const FORM: &str = "<command xmlns='http://jabber.org/protocol/commands' sessionid='Q86rr7OMQTKjHcY' \
    node='http://jabber.org/protocol/admin#get-user-properties' status='executing'><x xmlns='jabber:x:data' type='form'>\
    <title>Retrieve Users' Information</title><instructions>Fill out this form to retrieve users' information.\
    </instructions><field type='hidden' var='FORM_TYPE'><value>http://jabber.org/protocol/admin</value></field>\
    <field type='jid-multi' label='The list of Jabber IDs' var='accountjids'><required/></field></x>\
    <actions execute='complete'><complete/></actions></command>";

fn completed(inner: &str) -> Element {
    element(&format!(
        "<command xmlns='http://jabber.org/protocol/commands' sessionid='1' status='completed' \
         node='http://jabber.org/protocol/admin#get-user-properties'>{inner}</command>"
    ))
}

fn session() -> Session {
    match read(Command::GetUserProperties, &element(FORM)) {
        Ok(CommandResponse::Form(session)) => session,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_command_is_started_filled_in_and_cancelled_as_xep_0050_says() {
    let node = "http://jabber.org/protocol/admin#get-user-properties";
    let command = |rest: &str| element(&format!("<command xmlns='{COMMANDS}' node='{node}' {rest}"));
    let fields = [("accountjid", "a@b.test"), ("accountjids", "a@b.test")];
    let started = "action='execute'><x xmlns='jabber:x:data' type='submit'>\
        <field var='FORM_TYPE'><value>http://jabber.org/protocol/admin</value></field>\
        <field var='accountjid'><value>a@b.test</value></field>\
        <field var='accountjids'><value>a@b.test</value></field></x></command>";
    assert_eq!(execute(Command::GetUserProperties, &fields), command(started));
    assert_eq!(cancel(&session()), command("action='cancel' sessionid='Q86rr7OMQTKjHcY'/>"));
    let filled = "action='complete' sessionid='Q86rr7OMQTKjHcY'><x xmlns='jabber:x:data' type='submit'>\
        <field var='FORM_TYPE'><value>http://jabber.org/protocol/admin</value></field>\
        <field var='accountjids'><value>a@b.test</value></field></x></command>";
    assert_eq!(submit(&session(), &fields), Some(command(filled)));
    assert_eq!(submit(&session(), &[("group", "x")]), None);
}

#[test]
fn only_commands_that_we_know_are_seen_among_those_offered() {
    let items = "<query xmlns='http://jabber.org/protocol/disco#items' node='http://jabber.org/protocol/commands'>\
        <item jid='example.test' name='Get User Roster' node='http://jabber.org/protocol/admin#get-user-roster'/>\
        <item jid='example.test' name='Add a User' node='http://jabber.org/protocol/admin#add-user'/></query>";
    let offered = Offered::read(&element(items));
    assert_eq!((offered.has(Command::GetUserRoster), offered.has(Command::GetGroups)), (true, false));
    assert_eq!(list(), element(&format!("<query xmlns='{}' node='{COMMANDS}'/>", ns::DISCO_ITEMS)));
    // Prosody to a component that is no admin.
    assert_eq!(Offered::read(&list()), Offered::default());
}

#[test]
fn an_error_note_is_reported_as_one_line() {
    // Openfire 4.2: a result of type completed, with a note and without a form.
    let failed = |note: &str| read(Command::GetGroupMembers, &completed(&format!("<note type='error'>{note}</note>")));
    let reason = Reason::CommandFailed { command: "get-group-members", note: "Group name does not exist".into() };
    assert_eq!(failed("Group name\n does not  exist"), Err(reason));
    let Err(Reason::CommandFailed { note, .. }) = failed(&"long ".repeat(100)) else { panic!("no failure") };
    assert_eq!(note.chars().count(), MAX_NOTE);
}

#[test]
fn the_stages_are_distinguished() {
    let stage = |answer: &Element| read(Command::GetGroups, answer);
    assert_eq!(
        stage(&completed("<note type='info'>Operation finished successfully.</note>")),
        Ok(CommandResponse::Ended)
    );
    assert!(matches!(stage(&completed("<x xmlns='jabber:x:data' type='result'/>")), Ok(CommandResponse::Completed(_))));
    assert_eq!(
        stage(&element("<command xmlns='http://jabber.org/protocol/commands' status='canceled'/>")),
        Ok(CommandResponse::Ended)
    );
    assert!(matches!(stage(&element("<command xmlns='urn:x'/>")), Err(Reason::Malformed(_))));
    assert!(matches!(
        stage(&element("<command xmlns='http://jabber.org/protocol/commands' status='executing'/>")),
        Err(Reason::Malformed(_))
    ));
}

#[test]
fn account_details_are_read_by_position() {
    // Openfire 4.2: of three accounts asked about one does not exist.
    let form = element(
        "<x xmlns='jabber:x:data' type='result'><field var='accountjids'><value>user1@example.test</value>\
         <value>user9@example.test</value></field><field var='email'><value>user1@mail.test</value>\
         <value>user9@mail.test</value></field><field var='name'><value>User Number 1</value></field></x>",
    );
    let details = |user| account_details(&form, &jid(user));
    // The list of names is shorter than that of JIDs: it does not show whose names it holds.
    let found = AccountDetails { name: String::new(), email: "user9@mail.test".into() };
    assert_eq!(details("user9@example.test"), Some(found));
    assert_eq!(details("nobody@example.test"), Some(AccountDetails::default()));
}

#[test]
fn an_answer_without_any_account_says_nothing_about_one() {
    // Openfire 4.2 and 5.2 with LDAP whose directory is down; the same for an account that does not exist.
    let form = element(
        "<x xmlns='jabber:x:data' type='result'><field type='hidden' var='FORM_TYPE'>\
         <value>http://jabber.org/protocol/admin</value></field><field var='name'/><field var='accountjids'/>\
         <field var='email'/></x>",
    );
    assert_eq!(account_details(&form, &jid("user1@example.test")), None);
}

#[test]
fn groups_and_members_are_read_from_the_items() {
    // Openfire 4.2, as recorded.
    let form = element(
        "<x xmlns='jabber:x:data' type='result'><reported><field var='name'/><field var='count'/></reported>\
         <item><field var='shared'><value>1</value></field><field var='display'><value>Team 0</value></field>\
         <field var='name'><value>team0</value></field><field var='count'><value>10</value></field></item>\
         <item><field var='name'><value></value></field></item><item><field var='name'><value>b</value></field></item></x>",
    );
    let group = |name: &str, size| Group { name: name.into(), size };
    assert_eq!(groups(&form), [group("team0", Some(10)), group("", None), group("b", None)]);
    let members = element(
        "<x xmlns='jabber:x:data' type='result'><reported><field var='jid' type='jid-single' label='User'/></reported>\
         <item><field var='jid'><value>User1@example.test</value></field><field var='admin'><value>0</value></field></item>\
         <item><field var='jid'><value>@</value></field></item></x>",
    );
    assert_eq!(group_members(&members), [jid("user1@example.test")]);
}

fn any_element() -> impl Strategy<Value = Element> {
    let name = prop::sample::select(vec!["command", "x", "field", "value", "item", "note", "query"]);
    let space = prop::sample::select(vec![COMMANDS, ns::DATA_FORMS, ns::DISCO_ITEMS, ""]);
    let value = prop::sample::select(vec!["executing", "completed", "error", "jid", "name", "accountjids", "a@b.test"]);
    let head = (name, space, value.clone(), value, any::<String>()).prop_map(|(name, space, value, other, text)| {
        let element = attr(Element::builder(name, space), "status", value);
        let element = attr(element, "sessionid", other);
        attr(attr(element, "var", other), "type", value).append(text).build()
    });
    head.clone().prop_recursive(4, 64, 6, move |inner| {
        (head.clone(), prop::collection::vec(inner, 0..6)).prop_map(|(mut element, children)| {
            for child in children {
                element.append_child(child);
            }
            element
        })
    })
}

proptest! {
    #[test]
    fn reading_never_panics(answer in any_element()) {
        _ = read(Command::GetUserRoster, &answer);
        _ = (Offered::read(&answer), groups(&answer), group_members(&answer));
        _ = account_details(&answer, &jid("a@b.test"));
    }
}
