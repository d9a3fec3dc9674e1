//! vCards by the component, on a real Openfire 4.2.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openfire_provisioner::model::account::{Entry, Part, PartSet, Profile};
use test_servers::openfire::{Openfire, component_name};
use test_servers::seeds::{PHOTO_USER, photo};

use super::setup::{directory, look_up, openfire_component};

const VCARD: PartSet = PartSet { vcard: true, ..PartSet::NOTHING };
const PHOTO: PartSet = PartSet { vcard: true, photo: true, ..PartSet::NOTHING };

/// The entry of a new user `name` who has `vcard`, or none if it is empty.
async fn entry(name: &str, vcard: &str, wanted: PartSet) -> Entry {
    let openfire = Openfire::shared().await;
    openfire.control(&["user", name, "pw", "Some One", "some@example.test"]).await;
    if !vcard.is_empty() {
        openfire.control(&["vcard", name, &format!("<vCard xmlns=\"vcard-temp\">{vcard}</vCard>")]).await;
    }
    let directory = directory(openfire_component(&component_name(), openfire).await, "");
    look_up(&directory, name, wanted, None).await
}

#[tokio::test]
async fn a_user_without_a_vcard_has_an_empty_profile_and_nothing_is_missing() {
    assert_eq!(entry("vcard-none", "", PHOTO).await, Entry::default());
}

#[tokio::test]
async fn an_account_that_does_not_exist_looks_like_one_without_a_vcard() {
    // Facts of Openfire 4.2: "No vCard and no account look the same."
    let openfire = Openfire::shared().await;
    let directory = directory(openfire_component(&component_name(), openfire).await, "");
    assert_eq!(look_up(&directory, "vcard-nobody", VCARD, None).await, Entry::default());
}

#[tokio::test]
async fn what_is_not_wanted_is_not_there() {
    assert_eq!(entry("vcard-unwanted", "<FN>Anna</FN>", PartSet::NOTHING).await, Entry::default());
}

#[tokio::test]
async fn hostile_text_comes_back_as_it_was_stored() {
    let hostile = "\"Q\" \\ ${null} a=b c:d #e !f <script>alert(1)</script> &amp; C:\\users\\new \u{202e}rtl \u{1f511} ]]>\nline 2";
    let escaped = hostile.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let vcard = format!("<FN>{escaped}</FN><TEL><CELL/><NUMBER>{escaped}</NUMBER></TEL>");
    let entry = entry("vcard-hostile", &vcard, VCARD).await;
    assert_eq!(entry.profile.full_name, hostile);
    assert_eq!(entry.profile.phones[0].number, hostile);
    assert_eq!(entry.missing, []);
}

#[tokio::test]
async fn a_large_photo_is_fetched_only_when_it_is_wanted() {
    let openfire = Openfire::shared().await;
    let directory = directory(openfire_component(&component_name(), openfire).await, "");
    let without = look_up(&directory, PHOTO_USER, VCARD, None).await;
    let profile = Profile { full_name: "Photo Graph".into(), title: "After the photo".into(), ..Profile::default() };
    assert_eq!(without, Entry { profile, ..Entry::default() });

    let with = look_up(&directory, PHOTO_USER, PHOTO, None).await;
    assert_eq!(with.missing, []);
    let taken = with.profile.photo.expect("a photo");
    assert_eq!(taken.media_type, "image/jpeg");
    assert!(STANDARD.decode(taken.base64).expect("base64") == photo());
}

#[tokio::test]
async fn the_hostile_vcard_of_the_seeds_is_read_as_plain_text() {
    let openfire = Openfire::shared().await;
    let directory = directory(openfire_component(&component_name(), openfire).await, "");
    let profile = look_up(&directory, "hostile", VCARD, None).await.profile;
    assert_eq!(profile.full_name, "\"Robert'); DROP TABLE ofUser;--\" <b>");
    assert_eq!((profile.given.as_str(), profile.middle.as_str()), ("${null}", "{{ password }}{% raw %}"));
    assert_eq!(profile.organisation, "C:\\users\\new");
    assert_eq!(profile.units, ["\\u0041\\t\\n", "blanks around"]);
    assert_eq!(profile.phones.len(), 1);
}

#[tokio::test]
async fn names_in_every_script_are_read() {
    let name = "Zoë Müller 山田 太郎 Анна 김철수 दिव्या";
    assert_eq!(entry("vcard-scripts", &format!("<FN>{name}</FN>"), VCARD).await.profile.full_name, name);
}

#[tokio::test]
async fn without_a_link_everything_that_was_wanted_is_missing_and_named() {
    let openfire = Openfire::shared().await;
    let component = openfire_component(&component_name(), openfire).await;
    component.shutdown(super::setup::deadline()).await;
    let entry = look_up(&directory(component, ""), "vcard-none", PartSet::EVERYTHING, None).await;
    let parts: Vec<Part> = entry.missing.iter().map(|missing| missing.part).collect();
    assert_eq!(parts, Part::ALL);
    assert_eq!(entry.missing[0].to_string(), "the vCard: the component is not connected to the server");
    assert!(entry.first_missing(VCARD).is_some());
}
