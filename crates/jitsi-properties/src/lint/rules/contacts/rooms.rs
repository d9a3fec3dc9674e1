//! Rules about chat rooms that the client joins.
//!
//! They hang on `…impl.gui.accounts.<acc>`, whose value is the `ACCOUNT_UID` of an account, and of a room the client
//! only sees what has its own line (`ChatRoomListImpl.addRegisteredChatProvider`).

use std::collections::{BTreeSet, HashMap};

use crate::catalogue::Protocol;
use crate::document::Entry;
use crate::jitsi_keys::ACCOUNT_STATE;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::{Settings, value_of};
use crate::scan::trim;

pub(in crate::lint) static FAMILY: Family =
    Family { title: "Chat rooms", rules: &[&CHAT_EMPTY, &CHAT_ACCOUNT_UID, &CHAT_WITHOUT_ACCOUNT, &CHAT_WITHOUT_ROOM] };

static CHAT_EMPTY: Rule = Rule {
    id: "chat-empty",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "The line of an account's chat rooms, or of a room, is empty.",
    why: "\
        The client throws an exception on an empty account and loads no chat rooms at all, not even those of other \
        accounts. On an empty room it loads no further rooms of the account.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.gui.accounts.accwork=",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.gui.accounts.accwork=Jabber:anna@example.org@example.org",
};

static CHAT_ACCOUNT_UID: Rule = Rule {
    id: "chat-account-uid",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "The line that names the account of chat rooms has a value that is not the `ACCOUNT_UID` of any XMPP account \
        in the text.",
    why: "The client joins none of the rooms below that line.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.gui.accounts.accwork=accwork",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.gui.accounts.accwork=Jabber:anna@example.org@example.org",
};

static CHAT_WITHOUT_ACCOUNT: Rule = Rule {
    id: "chat-without-account",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "Chat rooms are set without the line that names their account.",
    why: "The client finds the rooms by that line, so it joins none of them.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.gui.accounts.accwork.chatRooms.team=team@conference.example.org",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.gui.accounts.accwork=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.gui.accounts.accwork.chatRooms.team=team@conference.example.org",
};

static CHAT_WITHOUT_ROOM: Rule = Rule {
    id: "chat-without-room",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A chat room has settings but no line of its own.",
    why: "The client only sees rooms that have such a line, so it does not join this one.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.gui.accounts.accwork=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.gui.accounts.accwork.chatRooms.team.autoJoin=true",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.gui.accounts.accwork=Jabber:anna@example.org@example.org\n\
        net.java.sip.communicator.impl.gui.accounts.accwork.chatRooms.team=team@conference.example.org\n\
        net.java.sip.communicator.impl.gui.accounts.accwork.chatRooms.team.autoJoin=true",
};

/// What comes before the name of a room's node. The site chooses the name; the client accepts any.
const ROOMS: &str = ".chatRooms.";

/// Whether a key is the node of a chat room, or below one.
pub(in crate::lint) fn names_a_room(key: &str) -> bool {
    key.strip_prefix(ACCOUNT_STATE)
        .and_then(|rest| rest.split_once(ROOMS))
        .is_some_and(|(id, room)| id.bytes().all(|byte| byte.is_ascii_graphic()) && !room.is_empty())
}

/// A key below [`ACCOUNT_STATE`], taken apart around the first [`ROOMS`].
#[derive(Clone, Copy)]
struct Parts<'a> {
    key: &'a str,
    /// The account's id, or what else comes before the rooms; all of the key when no room follows.
    id: &'a str,
    /// The node of the room, and whether the key goes on below it.
    room: Option<(&'a str, bool)>,
}

impl<'a> Parts<'a> {
    fn of(key: &'a str) -> Option<Self> {
        let rest = key.strip_prefix(ACCOUNT_STATE)?;
        let mut dots = rest.bytes().enumerate().filter(|(_, byte)| *byte == b'.').map(|(dot, _)| dot);
        let around = dots.find_map(|dot| Some((rest.get(..dot)?, rest.get(dot..)?.strip_prefix(ROOMS)?)));
        let Some((id, room)) = around else { return Some(Self { key, id: rest, room: None }) };
        let dot = room.bytes().position(|byte| byte == b'.');
        let node = dot.and_then(|dot| room.get(..dot)).unwrap_or(room);
        Some(Self { key, id, room: Some((node, dot.is_some())) })
    }

    /// The key of the account's own line.
    fn account(&self) -> &'a str {
        self.key.get(..ACCOUNT_STATE.len() + self.id.len()).unwrap_or_default()
    }

    /// The key of the room's own line.
    fn own(&self, room: &str) -> &'a str {
        self.key.get(..self.account().len() + ROOMS.len() + room.len()).unwrap_or_default()
    }
}

/// Rules `chat-empty`, `chat-account-uid`, `chat-without-account` and `chat-without-room`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    let mut reported = BTreeSet::new();
    // What was looked up last: the lines of a room are mostly consecutive.
    let (mut known_account, mut known_room) = ("", "");
    let mut uids = None;
    for entry in settings.below(ACCOUNT_STATE) {
        if is_below(entry.key(), known_room) {
            continue;
        }
        let Some(parts) = Parts::of(entry.key()) else { continue };
        if let Some(finding) = empty(parts, entry) {
            findings.push(finding);
            continue;
        }
        let Some((room, is_below)) = parts.room else {
            if !parts.id.contains('.') {
                let uids = uids.get_or_insert_with(|| uids_of(settings));
                findings.extend(account(uids, entry));
            }
            continue;
        };
        if value_of(entry).is_none() {
            continue;
        }
        let own = parts.account();
        if known_account != own {
            known_account = own;
            if settings.value(own).is_none() && reported.insert(own) {
                findings.push(without_account(parts.id, entry));
            }
        }
        let own = parts.own(room);
        if is_below {
            known_room = own;
            if settings.value(own).is_none() && reported.insert(own) {
                findings.push(without_room(room, entry));
            }
        } else if settings.repeated.is_empty() {
            known_room = own;
        }
    }
}

/// Whether a key is below the node of a room, if there is one.
fn is_below(key: &str, room: &str) -> bool {
    key.strip_prefix(room).is_some_and(|rest| rest.starts_with('.') && !room.is_empty())
}

/// `ChatRoomListImpl.addRegisteredChatProvider` compares what every account's line says with the account that has just
/// logged in, and `ConfigurationUtils.getChatRoomPrefix` what every room's line says.
fn empty(parts: Parts<'_>, entry: Entry<'_>) -> Option<Finding> {
    if !trim(entry.value()).is_empty() {
        return None;
    }
    let is_room = match parts.room {
        None if !parts.id.contains('.') => false,
        Some((_, false)) => true,
        _ => return None,
    };
    let (what, instead) = if is_room {
        ("the rest of the account's chat rooms", "the room's address, `<room>@<conference service>`")
    } else {
        ("any chat rooms, not even those of other accounts", "the account's `ACCOUNT_UID`")
    };
    let message = format!(
        "the client throws an exception on this empty value and does not load {what}; write {instead}, or `${{null}}`"
    );
    Some(Finding::error(&CHAT_EMPTY, entry, message))
}

/// The `ACCOUNT_UID`s of the text, and whether they are those of XMPP accounts.
fn uids_of<'a>(settings: &Settings<'a>) -> HashMap<&'a str, bool> {
    let mut uids = HashMap::new();
    for account in &settings.accounts {
        if let Some(uid) = account.value("ACCOUNT_UID") {
            *uids.entry(uid).or_default() |= account.protocol == Protocol::Jabber;
        }
    }
    uids
}

fn account(uids: &HashMap<&str, bool>, entry: Entry<'_>) -> Option<Finding> {
    let is_xmpp = uids.get(value_of(entry)?);
    (is_xmpp != Some(&true)).then(|| {
        let message = if is_xmpp.is_none() {
            "the value is not the `ACCOUNT_UID` of any account in this text, so the client joins none of the rooms below it; \
             write the same text as in `….ACCOUNT_UID=…`"
        } else {
            "this is the `ACCOUNT_UID` of a SIP account, and such accounts have no chat rooms; write that of an XMPP account"
        };
        Finding::warning(&CHAT_ACCOUNT_UID, entry, message).on_value(entry)
    })
}

fn without_account(id: &str, entry: Entry<'_>) -> Finding {
    let message = format!(
        "the client finds rooms by the account above them, which this text does not name; add \
         `….accounts.{}=<ACCOUNT_UID>`",
        id.escape_debug()
    );
    Finding::warning(&CHAT_WITHOUT_ACCOUNT, entry, message)
}

fn without_room(room: &str, entry: Entry<'_>) -> Finding {
    let message = format!(
        "the client only sees a room by its own line, which this text does not have; add \
         `….chatRooms.{}=<room>@<conference service>`",
        room.escape_debug()
    );
    Finding::warning(&CHAT_WITHOUT_ROOM, entry, message)
}

#[cfg(test)]
mod tests {
    use crate::lint::{below, broken_by};

    fn broken(lines: &[&str]) -> Vec<(usize, &'static str)> {
        let rooms = below(super::ACCOUNT_STATE, lines);
        let text = format!("{rooms}net.java.sip.communicator.impl.protocol.jabber.accx.ACCOUNT_UID=Jabber:a@b@b");
        broken_by(&["chat-account-uid", "chat-without-account", "chat-without-room"], &text)
    }

    #[test]
    fn rooms_hang_on_an_account_of_the_text() {
        let rooms = ["accx.chatRooms.r1=r1@conference.b", "accx.chatRooms.r1.autoJoin=true"];
        assert_eq!(broken(&[&["accx=Jabber:a@b@b"], rooms.as_slice()].concat()), []);
        assert_eq!(broken(&[&["accx=Jabber:a@b"], rooms.as_slice()].concat()), [(1, "chat-account-uid")]);
        assert_eq!(broken(&rooms), [(1, "chat-without-account")]);
        assert_eq!(broken(&["accx.chatRooms.r1=${null}", "accx=${null}", "accx.lastAccountStatus=x"]), []);
    }

    #[test]
    fn a_sip_account_has_no_rooms() {
        let text = "net.java.sip.communicator.impl.protocol.sip.accy.ACCOUNT_UID=SIP:a@b\n\
            net.java.sip.communicator.impl.gui.accounts.accy=SIP:a@b\n";
        assert_eq!(broken_by(&["chat-account-uid"], text), [(2, "chat-account-uid")]);
    }

    #[test]
    fn no_line_of_rooms_is_empty() {
        let text =
            below(super::ACCOUNT_STATE, &["accx=", "accx.chatRooms.r1= ", "accx.lastAccountStatus=", "accy=${null}"]);
        assert_eq!(broken_by(&["chat-empty"], &text), [(1, "chat-empty"), (2, "chat-empty")]);
    }

    #[test]
    fn a_room_has_a_line_of_its_own() {
        let room = ["accx=Jabber:a@b@b", "accx.chatRooms.r1.autoJoin=true", "accx.chatRooms.r1.chatRoomName=R"];
        assert_eq!(broken(&room), [(2, "chat-without-room")]);
    }
}
