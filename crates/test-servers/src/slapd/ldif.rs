//! The people of the seeds as LDIF (RFC 2849).

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::BASE;
use crate::seeds::{self, Person};

/// The groups of `seeds/demo.tsv`.
const GROUPS: [(&str, &[&str]); 2] =
    [("office", &["front.desk", "maria.silva"]), ("support", &["tomas.novak", "yuki.tanaka"])];

/// Locked for ever (draft-behera-ldap-password-policy section 5.3.3).
const LOCKED: &str = "000001010000Z";

/// The policy of [`GUARDED`].
const POLICY: &str = "cn=policy,dc=example,dc=test";

/// People with a password policy, and what it makes of them beside their names.
const GUARDED: [(&str, &[(&str, &str)]); 3] = [
    (super::LOCKS_SOON, &[]),
    (super::MUST_CHANGE, &[("pwdReset", "TRUE")]),
    (super::PASSWORD_EXPIRED, &[("pwdChangedTime", "20000101000000Z")]),
];

/// All entries of the directory, parents first.
pub(super) fn of_all_people() -> String {
    let mut text = String::new();
    entry(
        &mut text,
        BASE,
        &[("objectClass", "dcObject"), ("objectClass", "organization"), ("dc", "example"), ("o", "Example")],
    );
    for unit in ["people", "groups"] {
        entry(&mut text, &format!("ou={unit},{BASE}"), &[("objectClass", "organizationalUnit"), ("ou", unit)]);
    }
    for person in seeds::people() {
        let user = unescaped(&person.name);
        let full_name = person.display_name.as_deref().unwrap_or(&user);
        let mut attributes = vec![
            ("objectClass", "inetOrgPerson"),
            ("uid", &user),
            ("cn", full_name),
            ("sn", full_name.rsplit(' ').next().unwrap_or(full_name)),
            ("givenName", full_name.split(' ').next().unwrap_or(full_name)),
            ("userPassword", &person.password),
        ];
        attributes.extend(person.display_name.as_deref().map(|name| ("displayName", name)));
        attributes.extend(person.email.as_deref().map(|email| ("mail", email)));
        attributes.extend(person.locked.then_some(("pwdAccountLockedTime", LOCKED)));
        entry(&mut text, &name(person), &attributes);
    }
    guarded(&mut text);
    for (group, members) in GROUPS {
        let members: Vec<String> = members.iter().map(|member| name(seeds::person(member))).collect();
        let mut attributes = vec![("objectClass", "groupOfNames"), ("cn", group)];
        attributes.extend(members.iter().map(|member| ("member", member.as_str())));
        entry(&mut text, &format!("cn={group},ou=groups,{BASE}"), &attributes);
    }
    text
}

/// The people whose passwords have a policy, and that policy.
fn guarded(text: &mut String) {
    let failures = super::FAILURES_TO_LOCK.to_string();
    let policy = [
        ("objectClass", "device"),
        ("objectClass", "pwdPolicy"),
        ("cn", "policy"),
        ("pwdAttribute", "userPassword"),
        ("pwdLockout", "TRUE"),
        ("pwdMaxFailure", &failures),
        ("pwdMustChange", "TRUE"),
        ("pwdMaxAge", "315360000"),
    ];
    entry(text, POLICY, &policy);
    for (user, state) in GUARDED {
        let mut attributes = vec![
            ("objectClass", "inetOrgPerson"),
            ("uid", user),
            ("cn", user),
            ("sn", user),
            ("userPassword", super::GUARDED_PASSWORD),
            ("pwdPolicySubentry", POLICY),
        ];
        attributes.extend(state);
        entry(text, &format!("uid={user},ou=people,{BASE}"), &attributes);
    }
}

/// People by number and the account `reference`; nothing when there are none. Their password is their name after `pw-`.
pub(super) fn of_numbered_people(count: usize) -> String {
    let names = (1..=count).map(|number| format!("u{number:02}")).chain((count > 0).then(|| "reference".to_owned()));
    names.fold(String::new(), |mut text, user| {
        let (full_name, password, mail) =
            (format!("Number {user}"), format!("pw-{user}"), format!("{user}@example.test"));
        let attributes = [
            ("objectClass", "inetOrgPerson"),
            ("uid", &*user),
            ("cn", &full_name),
            ("displayName", &full_name),
            ("sn", &user),
            ("mail", &mail),
            ("userPassword", &password),
        ];
        entry(&mut text, &format!("uid={user},ou=people,{BASE}"), &attributes);
        text
    })
}

/// A person's distinguished name (RFC 4514), every byte of the user name escaped that is not a letter, a digit or a dot.
///
/// Openfire 4.2 takes a group's members from these names and undoes no escape: `a\2eb` would be another user than `a.b`.
fn name(person: &Person) -> String {
    let uid = unescaped(&person.name).bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || byte == b'.' {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "\\{byte:02x}");
        }
        text
    });
    format!("uid={uid},ou=people,{BASE}")
}

/// The name as a directory has it: without the escapes of XEP-0106.
fn unescaped(name: &str) -> String {
    [("\\20", " "), ("\\27", "'"), ("\\40", "@"), ("\\5c", "\\")]
        .iter()
        .fold(name.to_owned(), |name, (escape, character)| name.replace(escape, character))
}

/// Values in base64, as anything but plain ASCII must be.
fn entry(text: &mut String, name: &str, attributes: &[(&str, &str)]) {
    let _ = writeln!(text, "dn:: {}", STANDARD.encode(name));
    for (attribute, value) in attributes {
        let _ = writeln!(text, "{attribute}:: {}", STANDARD.encode(value));
    }
    text.push('\n');
}
