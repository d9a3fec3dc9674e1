//! The people of the test servers: `seeds/*.tsv`, and two that are too big to be written there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::asset;

/// The XMPP domain of both servers, and the name in their certificates.
pub const DOMAIN: &str = "example.test";

/// The user whose vCard holds a photo, 300 KB in all.
pub const PHOTO_USER: &str = "photo";
/// The user with 2,000 contacts.
pub const CROWD_USER: &str = "crowd";
/// Number of contacts of [`CROWD_USER`].
pub const CROWD_SIZE: usize = 2_000;
/// Size of the photo in bytes; base64 makes a third more of it.
pub const PHOTO_SIZE: usize = 225_000;

const FILES: [&str; 2] = ["demo.tsv", "people.tsv"];

static PEOPLE: LazyLock<BTreeMap<String, Person>> = LazyLock::new(read);

/// One account and what belongs to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Local part of the address, escaped by XEP-0106 where needed.
    pub name: String,
    /// In the clear.
    pub password: String,
    /// Name of the account; Openfire keeps it apart from the vCard.
    pub display_name: Option<String>,
    /// E-mail of the account.
    pub email: Option<String>,
    /// The vCard as XML.
    pub vcard: Option<String>,
    /// The user's own contacts.
    pub roster: Vec<SeedContact>,
    /// An administrator has locked the account.
    pub locked: bool,
}

/// One contact of a [`Person`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedContact {
    /// Address.
    pub jid: String,
    /// `none`, `to`, `from` or `both`.
    pub subscription: String,
    /// Name that the user gave to the contact; may be empty.
    pub name: String,
    /// Groups that the user put the contact into.
    pub groups: Vec<String>,
}

/// All people, by name.
pub fn people() -> impl Iterator<Item = &'static Person> {
    PEOPLE.values()
}

/// One of them.
#[must_use]
#[track_caller]
pub fn person(name: &str) -> &'static Person {
    PEOPLE.get(name).unwrap_or_else(|| panic!("`{name}` is in no file of seeds/"))
}

/// The photo of [`PHOTO_USER`]: no picture that any program could show, but bytes of every value.
#[must_use]
pub fn photo() -> Vec<u8> {
    // The squares keep it from being periodic, so that no compression makes it small.
    (0..PHOTO_SIZE).map(|n| (n.wrapping_mul(n) / 7 % 251).to_le_bytes()[0]).collect()
}

/// Files with seed lines for Openfire; the big ones are written into `folder`.
pub fn openfire_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut lines = String::new();
    for name in [PHOTO_USER, CROWD_USER] {
        let person = person(name);
        push(&mut lines, &["user", name, &person.password]);
        if let Some(vcard) = &person.vcard {
            push(&mut lines, &["vcard", name, vcard]);
        }
        for contact in &person.roster {
            let mut fields = vec!["roster", name, &contact.jid, &contact.subscription, &contact.name];
            fields.extend(contact.groups.iter().map(String::as_str));
            push(&mut lines, &fields);
        }
    }
    let generated = folder.join("generated.tsv");
    std::fs::write(&generated, lines)?;
    Ok(FILES.iter().map(|name| seeds_folder().join(name)).chain([generated]).collect())
}

/// Joins fields to one line of a seed file or of Openfire's control port.
#[must_use]
pub fn line(fields: &[&str]) -> String {
    fields.iter().map(|field| escape(field)).collect::<Vec<_>>().join("\t")
}

fn push(lines: &mut String, fields: &[&str]) {
    lines.push_str(&line(fields));
    lines.push('\n');
}

fn seeds_folder() -> PathBuf {
    asset("seeds")
}

fn read() -> BTreeMap<String, Person> {
    let mut people = BTreeMap::new();
    for file in FILES {
        let text = std::fs::read_to_string(seeds_folder().join(file)).expect("a seed file");
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let fields: Vec<String> = line.split('\t').map(unescape).collect();
            take(&mut people, &fields);
        }
    }
    for person in [photo_user(), crowd_user()] {
        people.insert(person.name.clone(), person);
    }
    people
}

/// Groups are left to Openfire: Prosody has none, and tests name the ones they ask for.
fn take(people: &mut BTreeMap<String, Person>, fields: &[String]) {
    let optional = |position: usize| fields.get(position).filter(|field| !field.is_empty()).cloned();
    let name = fields[1].clone();
    let person = |people| entry(people, &name);
    match fields[0].as_str() {
        "user" => {
            let user = person(people);
            user.password.clone_from(&fields[2]);
            user.display_name = optional(3);
            user.email = optional(4);
        }
        "vcard" => person(people).vcard = optional(2),
        "vcard-file" => {
            person(people).vcard = Some(std::fs::read_to_string(seeds_folder().join(&fields[2])).expect("a vCard"));
        }
        "roster" => person(people).roster.push(SeedContact {
            jid: fields[2].clone(),
            subscription: fields[3].clone(),
            name: optional(4).unwrap_or_default(),
            groups: fields.iter().skip(5).cloned().collect(),
        }),
        "lock" => person(people).locked = true,
        _ => {}
    }
}

fn entry<'a>(people: &'a mut BTreeMap<String, Person>, name: &str) -> &'a mut Person {
    people.entry(name.to_owned()).or_insert_with(|| Person { name: name.to_owned(), ..Person::default() })
}

fn photo_user() -> Person {
    let photo = STANDARD.encode(photo());
    Person {
        name: PHOTO_USER.to_owned(),
        password: "big-picture".to_owned(),
        vcard: Some(format!(
            "<vCard xmlns=\"vcard-temp\"><FN>Photo Graph</FN>\
             <PHOTO><TYPE>image/jpeg</TYPE><BINVAL>{photo}</BINVAL></PHOTO><TITLE>After the photo</TITLE></vCard>"
        )),
        ..Person::default()
    }
}

fn crowd_user() -> Person {
    let contact = |number: usize| SeedContact {
        jid: format!("contact{number}@{DOMAIN}"),
        subscription: "both".to_owned(),
        name: format!("Contact Number {number}"),
        groups: vec![format!("Department {}", number % 20)],
    };
    Person {
        name: CROWD_USER.to_owned(),
        password: "many-friends".to_owned(),
        roster: (0..CROWD_SIZE).map(contact).collect(),
        ..Person::default()
    }
}

fn escape(field: &str) -> String {
    field.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}

fn unescape(field: &str) -> String {
    let mut text = String::new();
    let mut chars = field.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        text.push(match chars.next() {
            Some('t') => '\t',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('\\') => '\\',
            other => panic!("`{field}`: \\{other:?} is not an escape"),
        });
    }
    text
}
