//! Rules about passwords, which the client encrypts and keeps when their keys end in `.PASSWORD`.
//!
//! `CredentialsStorageServiceImpl` decrypts what is stored under `.ENCRYPTED_PASSWORD`, with a key of its own or one made of
//! the user's master password, whose check value it keeps too.

use crate::document::Entry;
use crate::jitsi_keys::{ENCRYPTED_PASSWORD, MASTER_PASSWORD, PASSWORD};
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::Rule;
use crate::lint::settings::{Settings, value_of};

pub(super) static EMPTY_PASSWORD: Rule = Rule {
    id: "empty-password",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A password is empty.",
    why: "The client overwrites the stored password with the empty one and logs in with it.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PASSWORD=",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PASSWORD=secret",
};

pub(super) static ENCODED_PASSWORD: Rule = Rule {
    id: "encoded-password",
    levels: &[Level::Warning, Level::Note],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A password is encrypted by another client, or looks encoded.",
    why: "\
        The client takes `.PASSWORD` as it is, and encrypts it itself. A value that another client has stored under \
        `.ENCRYPTED_PASSWORD` is lost on clients whose user has set a master password, and protects nothing on the \
        others. The rule is a note for a password that looks like Base64, as Jigasi keeps it.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PASSWORD=aHVudGVyMg==",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.sip.accdesk.PASSWORD=hunter2",
};

pub(super) static MASTER_PASSWORD_SET: Rule = Rule {
    id: "master-password",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "The check value of the master password is set.",
    why: "\
        Every client then asks for a master password that no user knows, and cannot read the passwords that it \
        keeps.",
    example: "net.java.sip.communicator.impl.credentialsstorage.MASTER=mi8jnPkVvJb7UCNvZvmjQQ==",
    instead: "net.java.sip.communicator.impl.gui.main.SHOW_MASTER_PASSWORD_WARNING=false",
};

/// Rules `empty-password`, `encoded-password` and `master-password`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    findings.extend(settings.entries().filter(|entry| !entry.is_bare()).filter_map(of_entry));
}

fn of_entry(entry: Entry<'_>) -> Option<Finding> {
    let key = entry.key();
    if key.ends_with(PASSWORD) {
        return of_password(entry);
    }
    if key.ends_with(ENCRYPTED_PASSWORD) {
        value_of(entry)?;
        let message = "a password under this key has been encrypted by one client, and is lost on every client whose \
            user has set a master password; it also protects nothing, since every other client can decrypt it; write \
            `….PASSWORD=…` with the password in plain text";
        return Some(Finding::warning(&ENCODED_PASSWORD, entry, message));
    }
    (key == MASTER_PASSWORD && value_of(entry).is_some()).then(|| {
        let message = "with this value every client believes that its user has set a master password, asks for it at the start \
            and reads none of its passwords; remove the line";
        Finding::error(&MASTER_PASSWORD_SET, entry, message)
    })
}

fn of_password(entry: Entry<'_>) -> Option<Finding> {
    let value = entry.value();
    if value.is_empty() {
        let message = "the client overwrites its stored password with the empty one and logs in with it; leave the \
            line out if there is no password";
        return Some(Finding::warning(&EMPTY_PASSWORD, entry, message));
    }
    looks_encoded(value).then(|| {
        let message = "the password looks like Base64 of a text, as Jigasi and very old clients keep it, but the client takes it \
            as it is and logs in with it; write the password in plain text, unless it is one";
        Finding::note(&ENCODED_PASSWORD, entry, message).on_value(entry)
    })
}

/// Whether a text is Base64 of printable ASCII. A password that people or programs make up hardly ever is.
fn looks_encoded(value: &str) -> bool {
    const GROUP: usize = 4;
    let body = value.trim_end_matches('=');
    let padding = value.len() - body.len();
    // Without padding, only a longer text is no chance.
    let least = if padding == 0 { 3 * GROUP } else { GROUP + 2 };
    if padding > 2 || !value.len().is_multiple_of(GROUP) || body.len() < least {
        return false;
    }
    let mut bits = 0_u32;
    let mut count = 0;
    body.bytes().all(|byte| {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return false,
        };
        bits = (bits << 6 | u32::from(digit)) & 0xffff;
        count += 6;
        if count < 8 {
            return true;
        }
        count -= 8;
        let decoded = u8::try_from(bits >> count & 0xff).unwrap_or_default();
        decoded.is_ascii_graphic() || matches!(decoded, b' ' | b'\n')
    })
}

#[cfg(test)]
mod tests {
    use crate::lint::broken_by;

    #[test]
    fn an_empty_password_is_reported() {
        let text = "x.PASSWORD=\ny.OPT_PASSWORD=\nz.PASSWORD\n";
        assert_eq!(broken_by(&["empty-password"], text), [(1, "empty-password")]);
    }

    #[test]
    fn a_password_that_was_encoded_for_another_program_is_reported() {
        let found = |line: &str| broken_by(&["encoded-password"], line).len();
        for encoded in [
            "x.PASSWORD=czNjcmV0LXBhc3N3b3I=",
            "x.PASSWORD=aHVudGVyMg==",
            "x.PASSWORD=czNjcmV0LXBhc3N3b3Jk",
            "x.PASSWORD=c2VjcmV0Cg==",
            "x.ENCRYPTED_PASSWORD=Zm9v",
        ] {
            assert_eq!(found(encoded), 1, "{encoded}");
        }
        for plain in [
            "hunter2",
            "correct=",
            "a=",
            "====",
            "$ecret==",
            "AAAAAAAA",
            "x3hF9kLm",
            "//79/f==",
            "AAAAAAAAAA==",
            "correcthorse",
            "Xk9pQ2vLr7Tz",
        ] {
            assert_eq!(found(&format!("x.PASSWORD={plain}")), 0, "{plain}");
        }
        assert_eq!(found("x.ENCRYPTED_PASSWORD=${null}"), 0);
    }

    #[test]
    fn a_reply_sets_no_master_password_for_others() {
        let key = "net.java.sip.communicator.impl.credentialsstorage.MASTER";
        assert_eq!(broken_by(&["master-password"], &format!("{key}=x")), [(1, "master-password")]);
        assert_eq!(broken_by(&["master-password"], &format!("{key}=${{null}}")), []);
    }
}
