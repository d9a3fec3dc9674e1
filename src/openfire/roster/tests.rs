use proptest::prelude::*;

use super::*;

fn element(xml: &str) -> Element {
    xml.parse().unwrap()
}

fn read_items(items: &str) -> Vec<Contact> {
    let (contacts, shortened) =
        contacts(&element(&format!("<query xmlns='jabber:iq:roster'>{items}</query>"))).unwrap();
    assert_eq!(shortened, None);
    contacts
}

fn contact(jid: &str, name: &str, groups: &[&str], subscription: Subscription) -> Contact {
    let groups = groups.iter().map(|&group| group.to_owned()).collect();
    Contact { jid: jid.into(), name: name.into(), groups, subscription }
}

/// What Prosody 0.12.3 holds for alice, as recorded; in the command's answer it stands twice.
fn prosody() -> Vec<Contact> {
    vec![
        contact("bob@example.test", "Bob B", &["Work & Co", "Friends"], Subscription::Both),
        contact("nobody@elsewhere.test", "", &[], Subscription::None),
    ]
}

/// Prosody 0.12.3, `get-user-roster`, second stage, as recorded.
const PROSODY_TEXT: &str = "<field var='roster' type='text-multi' label='Roster XML'>\
    <value>&lt;query xmlns=&apos;jabber:iq:roster&apos;&gt;</value>\
    <value>&lt;item jid=&apos;bob@example.test&apos; name=&apos;Bob B&apos; subscription=&apos;both&apos;&gt;</value>\
    <value>&lt;group&gt;Work &amp;amp; Co&lt;/group&gt;</value><value>&lt;group&gt;Friends&lt;/group&gt;</value>\
    <value>&lt;/item&gt;</value><value>&lt;item jid=&apos;nobody@elsewhere.test&apos; subscription=&apos;none&apos;/&gt;</value>\
    <value>&lt;/query&gt;</value></field>";
const PROSODY_ELEMENT: &str = "<query xmlns='jabber:iq:roster'><item jid='bob@example.test' name='Bob B' \
    subscription='both'><group>Work &amp; Co</group><group>Friends</group></item>\
    <item jid='nobody@elsewhere.test' subscription='none'/></query>";

fn command(inner: &str) -> Element {
    element(&format!(
        "<command xmlns='http://jabber.org/protocol/commands' sessionid='1' status='completed' \
         node='http://jabber.org/protocol/admin#get-user-roster'><x xmlns='jabber:x:data' type='result'>\
         <field var='accountjid'><value>alice@example.test</value></field>{inner}</x></command>"
    ))
}

#[test]
fn the_roster_of_a_users_own_stream_is_read() {
    // Openfire 4.2, as recorded: own groups and the display names of shared ones in one list.
    let roster = "<query xmlns='jabber:iq:roster' ver='-228370432'><item jid='user2@example.test' name='User Number 2' \
        subscription='both'><group>Friends</group><group>Team 0</group></item>\
        <item jid='user4@example.test' name='User Number 4' subscription='both'><group>Team 0</group></item></query>";
    let expected = [
        contact("user2@example.test", "User Number 2", &["Friends", "Team 0"], Subscription::Both),
        contact("user4@example.test", "User Number 4", &["Team 0"], Subscription::Both),
    ];
    assert_eq!(contacts(&element(roster)), Ok((expected.to_vec(), None)));
}

#[test]
fn the_roster_inside_the_form_of_a_command_is_read() {
    assert_eq!(contacts(&command(&format!("{PROSODY_TEXT}{PROSODY_ELEMENT}"))), Ok((prosody(), None)));
    assert_eq!(contacts(&command("<query xmlns='jabber:iq:roster'/>")), Ok((vec![], None)));
}

#[test]
fn the_roster_in_text_is_the_last_resort() {
    assert_eq!(contacts(&command(PROSODY_TEXT)), Ok((prosody(), None)));
}

#[test]
fn an_answer_without_a_roster_is_distinguished_from_an_empty_one() {
    for answer in
        [command(""), command("<field var='roster'><value>&lt;query</value></field>"), element("<x xmlns='y'/>")]
    {
        assert!(matches!(contacts(&answer), Err(Reason::Malformed(_))), "{answer:?}");
    }
}

#[test]
fn a_roster_in_text_that_nests_too_deep_is_not_built() {
    let deep = format!("&lt;query xmlns='jabber:iq:roster'&gt;{}", "&lt;a&gt;".repeat(1_000_000));
    assert!(contacts(&command(&format!("<field var='roster'><value>{deep}</value></field>"))).is_err());
    assert_eq!((depth("<a><b/><b/></a>"), depth("<a><b><c/></b></a>"), depth("text")), (2, 3, 0));
}

#[test]
fn removed_and_repeated_contacts_are_passed_over_and_the_order_is_kept() {
    let read = read_items(
        "<item jid='z@a.test' subscription='to'/><item jid='gone@a.test' subscription='remove'/>\
         <item jid='B@a.test/res' name=' Bé ' subscription='from'><group>g</group><group> </group><group>g</group></item>\
         <item jid='z@a.test' name='again'/><item jid='team.a.test'/>",
    );
    assert_eq!(
        read,
        [
            contact("z@a.test", "", &[], Subscription::To),
            contact("b@a.test", "Bé", &["g"], Subscription::From),
            contact("team.a.test", "", &[], Subscription::None),
        ]
    );
}

#[test]
fn contacts_without_a_valid_jid_are_left_out_and_reported() {
    let roster = "<query xmlns='jabber:iq:roster'><item jid='@'/><item name='x'/><item jid='a@b.test'/></query>";
    let (contacts, shortened) = contacts(&element(roster)).unwrap();
    assert_eq!(contacts.len(), 1);
    assert!(matches!(shortened, Some(Reason::Shortened { kept: 1, total: 3, .. })), "{shortened:?}");
}

fn any_item() -> impl Strategy<Value = Element> {
    let subscription = prop::sample::select(vec!["none", "to", "from", "both", "remove", "?"]);
    let space = prop::sample::select(vec!["jabber:iq:roster", "jabber:client", ""]);
    (any::<String>(), "[a-c@./]{0,5}", subscription, space).prop_map(|(text, jid, subscription, space)| {
        let group = Element::builder("group", space).append(text.clone()).build();
        let mut item = Element::builder("item", space).append(group).build();
        let attributes = [("jid", jid), ("name", text), ("subscription", subscription.to_owned())];
        for (name, value) in attributes {
            item.set_attr(xmpp_parsers::minidom::rxml::Namespace::NONE, name.try_into().unwrap(), value);
        }
        item
    })
}

proptest! {
    #[test]
    fn reading_never_panics_and_gives_each_contact_once(items in prop::collection::vec(any_item(), 0..20)) {
        let (contacts, _) = contacts(&Element::builder("query", ns::ROSTER).append_all(items).build()).unwrap();
        let jids: HashSet<_> = contacts.iter().map(|contact| contact.jid.as_str()).collect();
        prop_assert_eq!(jids.len(), contacts.len());
    }

    #[test]
    fn any_text_in_the_roster_field_is_read_or_refused(text: String) {
        let value = Element::builder("value", ns::DATA_FORMS).append(text).build();
        let mut field = Element::builder("field", ns::DATA_FORMS).append(value).build();
        field.set_attr(xmpp_parsers::minidom::rxml::Namespace::NONE, "var".try_into().unwrap(), "roster");
        let form = Element::builder("x", ns::DATA_FORMS).append(field).build();
        prop_assert!(contacts(&form).is_err());
    }
}
