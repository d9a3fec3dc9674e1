use proptest::prelude::*;

use super::*;

fn element(xml: &str) -> Element {
    xml.parse().unwrap()
}

fn read(inner: &str, photo: bool) -> (Profile, Vec<Missing>) {
    profile(&element(&format!("<vCard xmlns='vcard-temp'>{inner}</vCard>")), photo)
}

fn kinds_of(kinds: &[&str]) -> Vec<String> {
    kinds.iter().map(|&kind| kind.to_owned()).collect()
}

/// Openfire 5.1, the answer to a component, as recorded.
const OPENFIRE: &str = "<N><FAMILY>Müller</FAMILY><GIVEN>Zoë</GIVEN><MIDDLE/></N><ORG><ORGNAME>Example Corp 1</ORGNAME>\
    <ORGUNIT>Unit 1</ORGUNIT></ORG><FN>Zoë Müller</FN><URL>http://example.test/~user1</URL><TITLE>Title 1</TITLE>\
    <NICKNAME>nick1</NICKNAME><EMAIL><WORK/><INTERNET/><PREF/><USERID>user1@work.example.test</USERID></EMAIL>\
    <TEL><WORK/><VOICE/><NUMBER>+1 555 0101</NUMBER></TEL><TEL><CELL/><NUMBER>+1 555 0201</NUMBER></TEL>\
    <TEL><HOME/><VOICE/><NUMBER>+1 555 0301</NUMBER></TEL><TEL><VIDEO/><NUMBER>sip:user1@video.example.test</NUMBER></TEL>\
    <ADR><WORK/><EXTADD/><STREET>2 Example Street</STREET><LOCALITY>Testville</LOCALITY><REGION>TS</REGION>\
    <PCODE>10001</PCODE><CTRY>Nowhere</CTRY></ADR>";

#[test]
fn the_vcard_of_a_real_openfire_is_read_whole() {
    let (profile, missing) = read(OPENFIRE, true);
    assert_eq!(missing, []);
    assert_eq!((profile.full_name.as_str(), profile.family.as_str()), ("Zoë Müller", "Müller"));
    assert_eq!((profile.given.as_str(), profile.middle.as_str()), ("Zoë", ""));
    assert_eq!((profile.organisation.as_str(), profile.units), ("Example Corp 1", vec!["Unit 1".to_owned()]));
    assert_eq!((profile.title.as_str(), profile.nickname.as_str()), ("Title 1", "nick1"));
    let numbers: Vec<_> = profile.phones.iter().map(|phone| (phone.number.as_str(), phone.kinds.join(" "))).collect();
    assert_eq!(
        numbers,
        [
            ("+1 555 0101", "work voice".to_owned()),
            ("+1 555 0201", "cell".to_owned()),
            ("+1 555 0301", "home voice".to_owned()),
            ("sip:user1@video.example.test", "video".to_owned()),
        ]
    );
    let email = Email { address: "user1@work.example.test".into(), kinds: kinds_of(&["work", "internet", "pref"]) };
    assert_eq!(profile.emails, [email]);
    let [address] = profile.addresses.as_slice() else { panic!("one address") };
    assert_eq!((address.street.as_str(), address.postcode.as_str()), ("2 Example Street", "10001"));
    assert_eq!((address.kinds.as_slice(), address.extended.as_str()), (["work".to_owned()].as_slice(), ""));
    assert_eq!(profile.photo, None);
}

#[test]
fn every_single_value_of_xep_0054_is_read() {
    let (profile, _) = read(
        "<N><PREFIX>Dr</PREFIX><SUFFIX>MBE</SUFFIX><MIDDLE>M</MIDDLE></N><ROLE>Head</ROLE><BDAY>1970-01-02</BDAY>\
         <JABBERID>anna@example.test</JABBERID><URL>http://a</URL><NOTE>note</NOTE>",
        false,
    );
    assert_eq!((profile.prefix.as_str(), profile.suffix.as_str(), profile.middle.as_str()), ("Dr", "MBE", "M"));
    assert_eq!((profile.role.as_str(), profile.birthday.as_str()), ("Head", "1970-01-02"));
    assert_eq!((profile.jabber_id.as_str(), profile.url.as_str()), ("anna@example.test", "http://a"));
    assert_eq!(profile.note, "note");
}

#[test]
fn desc_goes_before_note_in_either_order() {
    assert_eq!(read("<NOTE>n</NOTE><DESC>d</DESC>", false).0.note, "d");
    assert_eq!(read("<DESC>d</DESC><NOTE>n</NOTE>", false).0.note, "d");
    assert_eq!(read("<DESC> </DESC><NOTE>n</NOTE>", false).0.note, "n");
}

#[test]
fn an_empty_vcard_and_an_empty_answer_are_an_empty_profile() {
    assert_eq!(read("", true), (Profile::default(), vec![]));
    assert_eq!(profile(&element("<nothing xmlns='urn:x'><FN>x</FN></nothing>"), true).0, Profile::default());
}

#[test]
fn blank_values_count_as_none_and_the_first_value_wins() {
    let (profile, _) = read(
        "<FN>\n  </FN><FN>\n  Anna\n</FN><FN>Other</FN><TEL><NUMBER> </NUMBER></TEL><EMAIL><WORK/></EMAIL>\
         <ADR><HOME/><STREET/></ADR><ORG><ORGNAME/></ORG><ORG><ORGNAME>A</ORGNAME></ORG><ORG><ORGUNIT>B</ORGUNIT></ORG>",
        false,
    );
    assert_eq!(profile.full_name, "Anna");
    assert_eq!((profile.phones.len(), profile.emails.len(), profile.addresses.len()), (0, 0, 0));
    assert_eq!((profile.organisation.as_str(), profile.units.len()), ("A", 0));
}

#[test]
fn unknown_elements_and_foreign_namespaces_do_no_harm() {
    let (profile, _) = read(
        "<X-FOO>1</X-FOO><FN xmlns='jabber:client'>Anna</FN><TEL xmlns=''><CELL/><X-KIND/><NUMBER>1</NUMBER></TEL>\
         <EMAIL>old@example.test</EMAIL>",
        false,
    );
    assert_eq!(profile.full_name, "Anna");
    assert_eq!(profile.phones, [Phone { number: "1".into(), kinds: kinds_of(&["cell"]) }]);
    assert_eq!(profile.emails, [Email { address: "old@example.test".into(), kinds: vec![] }]);
}

#[test]
fn a_photo_is_taken_without_line_breaks_and_only_when_wanted() {
    let photo = "<PHOTO><TYPE>image/png</TYPE><BINVAL>\niVBO\r\n Rw0K\n</BINVAL></PHOTO>";
    assert_eq!(read(photo, false).0.photo, None);
    let taken = Photo { media_type: "image/png".into(), base64: "iVBORw0K".into() };
    assert_eq!(read(photo, true).0.photo, Some(taken));
    let link = "<PHOTO><EXTVAL>http://example.test/me.png</EXTVAL></PHOTO>";
    assert_eq!(read(link, true), (Profile::default(), vec![]));
    assert_eq!(read(&format!("{link}{photo}"), true).0.photo.unwrap().base64, "iVBORw0K");
}

#[test]
fn a_photo_that_is_too_large_or_no_base64_is_missing() {
    let photo = |binval: &str| read(&format!("<FN>A</FN><PHOTO><BINVAL>{binval}</BINVAL></PHOTO>"), true);
    let (profile, missing) = photo(&"A".repeat(MAX_PHOTO + 4));
    assert_eq!((profile.photo, profile.full_name.as_str()), (None, "A"));
    let reason = Reason::TooLarge { size: MAX_PHOTO + 4, limit: MAX_PHOTO };
    assert_eq!(missing, [Missing { part: Part::Photo, reason }]);
    assert_eq!(photo(&"A".repeat(MAX_PHOTO)).1, []);
    assert!(matches!(photo("not base64!").1.as_slice(), [Missing { part: Part::Photo, reason: Reason::Malformed(_) }]));
}

#[test]
fn more_numbers_than_are_kept_are_reported() {
    let (profile, missing) = read(&"<TEL><NUMBER>1</NUMBER></TEL>".repeat(70), false);
    assert_eq!(profile.phones.len(), MAX_VALUES);
    let reason = Reason::Shortened { what: "telephone numbers", kept: 64, total: 70 };
    assert_eq!(missing, [Missing { part: Part::Vcard, reason }]);
}

#[test]
fn hostile_text_stays_as_it_is() {
    // Openfire 5.1, user7, as recorded.
    let (profile, _) = read(
        "<FN>O'Brien \"Quote\" &lt;script&gt;alert(1)&lt;/script&gt; ${null} a=b c\\d\nsecond line</FN>\
         <NICKNAME>${null}=\\n\"x\"</NICKNAME>",
        false,
    );
    assert_eq!(profile.full_name, "O'Brien \"Quote\" <script>alert(1)</script> ${null} a=b c\\d\nsecond line");
    assert_eq!(profile.nickname, "${null}=\\n\"x\"");
}

#[test]
fn the_query_asks_to_leave_out_a_photo_that_is_not_wanted() {
    assert_eq!(query(true), element("<vCard xmlns='vcard-temp'/>"));
    let filter = "<vCard xmlns='vcard-temp'><filter xmlns='vcard-temp-filter'><PHOTO/></filter></vCard>";
    assert_eq!(query(false), element(filter));
}

fn any_element() -> impl Strategy<Value = Element> {
    let name = prop::sample::select(vec![
        "vCard", "FN", "N", "FAMILY", "ORG", "ORGNAME", "ORGUNIT", "TEL", "NUMBER", "EMAIL", "USERID", "ADR", "STREET",
        "PHOTO", "BINVAL", "TYPE", "EXTVAL", "WORK", "DESC", "other",
    ]);
    let space = prop::sample::select(vec!["vcard-temp", "jabber:client", "", "urn:x"]);
    let leaf = (name.clone(), space.clone(), any::<String>())
        .prop_map(|(name, space, text)| Element::builder(name, space).append(text).build());
    leaf.prop_recursive(4, 64, 8, move |inner| {
        (name.clone(), space.clone(), prop::collection::vec(inner, 0..8), any::<String>()).prop_map(
            |(name, space, children, text)| Element::builder(name, space).append(text).append_all(children).build(),
        )
    })
}

proptest! {
    #[test]
    fn reading_never_panics_and_keeps_to_its_bounds(children in prop::collection::vec(any_element(), 0..80), photo: bool) {
        let (profile, _) = profile(&Element::builder("vCard", "vcard-temp").append_all(children).build(), photo);
        prop_assert!(photo || profile.photo.is_none());
        prop_assert!(profile.phones.len() <= MAX_VALUES && profile.units.len() <= MAX_VALUES);
        prop_assert!(profile.phones.iter().all(|phone| !phone.number.trim().is_empty()));
    }
}
