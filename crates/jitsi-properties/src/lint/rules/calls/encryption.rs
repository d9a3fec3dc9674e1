//! Rules about which key exchanges protect the media of calls.
//!
//! `AccountID.getSortedEnabledEncryptionProtocolList` sorts the places, `ENCRYPTION_PROTOCOL.<name>`, and then asks for
//! the status of each, `ENCRYPTION_PROTOCOL_STATUS.<name>`. It looks at the account's own settings only, at every call of
//! both protocols (`CallPeerMediaHandlerSipImpl` and `CallPeerMediaHandlerJabberImpl`,
//! `setAndAddPreferredEncryptionProtocol`).

mod offers;
mod rules;

use self::rules::{ENCRYPTION_NONE, ENCRYPTION_ORDER, ENCRYPTION_STATUS, ENCRYPTION_WITHOUT_PLACE, SDES_SUITE};
use crate::document::Entry;
use crate::jitsi_keys::ACCOUNT_DEFAULTS;
use crate::lint::finding::Finding;
use crate::lint::rule::Family;
use crate::lint::settings::{Account, Settings, value_of};

pub(in crate::lint) static FAMILY: Family = Family {
    title: "Encryption of calls",
    rules: &[&ENCRYPTION_STATUS, &ENCRYPTION_ORDER, &ENCRYPTION_WITHOUT_PLACE, &ENCRYPTION_NONE, &SDES_SUITE],
};

const PLACE: &str = "ENCRYPTION_PROTOCOL.";
const STATUS: &str = "ENCRYPTION_PROTOCOL_STATUS.";

/// Names in the keys of places, with those in the keys of their status (`SrtpControlType.fromString` and `toString`).
const NAMES: [(&str, &str); 4] =
    [("ZRTP", "ZRTP"), ("SDES", "SDES"), ("DTLS-SRTP", "DTLS-SRTP"), ("DTLS_SRTP", "DTLS-SRTP")];

/// What the client accepts as a suite of SDES (`SrtpCryptoSuite` of SDES4J); it throws on all others.
const SUITES: [&str; 7] = [
    "AES_CM_128_HMAC_SHA1_80",
    "AES_CM_128_HMAC_SHA1_32",
    "AES_192_CM_HMAC_SHA1_80",
    "AES_192_CM_HMAC_SHA1_32",
    "AES_256_CM_HMAC_SHA1_80",
    "AES_256_CM_HMAC_SHA1_32",
    "F8_128_HMAC_SHA1_80",
];

/// Where the client looks for the suites when an account has none of its own.
const SUITES_OF_ALL: &str = "net.java.sip.communicator.service.neomedia.SDES_CIPHER_SUITES";

/// The place of a key exchange in an account.
struct Place<'a> {
    /// Its name as the status has it; none when the client has no such key exchange.
    name: Option<&'static str>,
    entry: Entry<'a>,
    /// -1 for none, as the client has it for what is no number.
    number: i32,
}

/// Rules `encryption-status`, `encryption-order`, `encryption-without-place`, `encryption-none`, `sdes-suite` and `calls-unprotected`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    for account in settings.accounts.iter().filter(|account| account.is_set()) {
        let places = places(account);
        let has_all = statuses(settings, account, &places, findings);
        order(&places, findings);
        let before = findings.len();
        without_place(settings, account, &places, findings);
        if has_all && findings.len() == before {
            none(settings, account, &places, findings);
        }
        offers::check(settings, account, findings);
        suites(account.entry("SDES_CIPHER_SUITES"), findings);
    }
    let is_list = |entry: &Entry<'_>| entry.key().ends_with(".SDES_CIPHER_SUITES");
    for entry in settings.below(ACCOUNT_DEFAULTS).filter(is_list) {
        suites(Some(entry), findings);
    }
    suites(settings.entry(SUITES_OF_ALL), findings);
}

fn places<'a>(account: &Account<'a>) -> Vec<Place<'a>> {
    let mut places = Vec::new();
    for (setting, entry) in &account.settings {
        let Some(name) = setting.strip_prefix(PLACE).filter(|name| !name.contains('.')) else { continue };
        let counts = account.entry(setting).is_some_and(|last| last.line() == entry.line());
        let Some(value) = value_of(*entry).filter(|_| counts) else { continue };
        let name = NAMES.iter().find(|(known, _)| *known == name).map(|(_, status)| *status);
        places.push(Place { name, entry: *entry, number: value.parse().unwrap_or(-1) });
    }
    places
}

/// Whether an account uses a key exchange: it has a place there, and is on.
fn uses(account: &Account<'_>, name: &str) -> bool {
    let has_place = || places(account).iter().any(|place| place.number >= 0 && place.name == Some(name));
    status(account, name).is_some_and(is_true) && has_place()
}

fn status<'a>(account: &Account<'a>, name: &str) -> Option<&'a str> {
    account.value(&format!("{STATUS}{name}"))
}

fn is_true(value: &str) -> bool {
    value.eq_ignore_ascii_case("true")
}

/// Whether all places that count have a status, on which the client relies.
fn statuses(settings: &Settings<'_>, account: &Account<'_>, places: &[Place<'_>], findings: &mut Vec<Finding>) -> bool {
    let before = findings.len();
    for place in places.iter().filter(|place| place.number >= 0) {
        let Some(name) = place.name.filter(|name| status(account, name).is_none()) else { continue };
        let message = format!(
            "the client also needs a line that says whether {name} is on, and without it throws an exception at every \
             call of account `{id}`; add `….{id}.{STATUS}{name}=true`{offer}",
            id = account.id.escape_debug(),
            offer = offer(settings, account, name)
        );
        findings.push(Finding::error(&ENCRYPTION_STATUS, place.entry, message));
    }
    findings.len() == before
}

/// The client goes through the places in the order of a hash table and inserts each at its number, or at the end when
/// that is beyond it. So only 0, 1, 2 … without a gap come out in order.
fn order(places: &[Place<'_>], findings: &mut Vec<Finding>) {
    if let Some(place) = places.iter().find(|place| place.number < -1) {
        let message = "the client throws an exception on this number at every call of the account; write 0, 1, 2 …, or `-1` \
            for none";
        findings.push(Finding::error(&ENCRYPTION_ORDER, place.entry, message).on_value(place.entry));
        return;
    }
    let counting = || places.iter().filter(|place| place.number >= 0 && place.name.is_some());
    let count = counting().count();
    if count < 2 {
        return;
    }
    let has = |number: usize| counting().any(|place| usize::try_from(place.number).is_ok_and(|own| own == number));
    if (0..count).all(has) {
        return;
    }
    let last = counting().max_by_key(|place| place.entry.line());
    findings.extend(last.map(|place| {
        let message = format!(
            "the numbers of the account's {count} key exchanges have a gap or repeat, so the client tries them in an \
             order of its own; number them from 0 to {} without a gap",
            count - 1
        );
        Finding::warning(&ENCRYPTION_ORDER, place.entry, message)
    }));
}

/// Without any place the client uses ZRTP alone.
fn without_place(settings: &Settings<'_>, account: &Account<'_>, places: &[Place<'_>], findings: &mut Vec<Finding>) {
    for (_, name) in NAMES.iter().take(3) {
        let Some(entry) = account.entry(&format!("{STATUS}{name}")) else { continue };
        let is_on = value_of(entry).is_some_and(is_true);
        let has_place = places.iter().any(|place| place.name == Some(name) && place.number >= 0);
        if !is_on || has_place || (*name == "ZRTP" && places.is_empty()) {
            continue;
        }
        let message = format!(
            "the client does not use {name}, although it is on here, because the account gives it no place among the key \
             exchanges; add `….{id}.{PLACE}{name}=…`{offer}, and places from 0 without a gap for all others that are on",
            id = account.id.escape_debug(),
            offer = offer(settings, account, name)
        );
        findings.push(Finding::warning(&ENCRYPTION_WITHOUT_PLACE, entry, message));
    }
}

/// What an account expects of its calls, against what its settings allow.
fn none(settings: &Settings<'_>, account: &Account<'_>, places: &[Place<'_>], findings: &mut Vec<Finding>) {
    let of_account = |name| settings.of_account(account, name);
    let is_off = of_account("DEFAULT_ENCRYPTION").is_some_and(|value| !is_true(value));
    let uses =
        |place: &Place<'_>| place.number >= 0 && place.name.and_then(|name| status(account, name)).is_some_and(is_true);
    // `isEncryptionProtocolEnabled` does look at the defaults for all accounts.
    let zrtp_alone = || places.is_empty() && of_account("ENCRYPTION_PROTOCOL_STATUS.ZRTP").is_none_or(is_true);
    if !is_off && (places.iter().any(uses) || zrtp_alone()) {
        return;
    }
    let id = account.id.escape_debug();
    let why = if is_off { "`DEFAULT_ENCRYPTION=false`" } else { "all key exchanges off" };
    let remedy = if is_off {
        format!("write `….{id}.DEFAULT_ENCRYPTION=true`")
    } else {
        let offer = offer(settings, account, "SDES").replacen(" and", ", SDES and DTLS-SRTP with", 1);
        format!("turn a key exchange on{offer}")
    };
    // `failServerTranForInsufficientSecurity` and `CallJabberImpl.processSessionInitiate`.
    if of_account("MODE_PARANOIA").is_some_and(is_true) {
        let message = format!(
            "account `{id}` refuses calls without encryption (`MODE_PARANOIA`) and has {why}, so it refuses every call; {remedy}"
        );
        findings.push(Finding::error(&ENCRYPTION_NONE, place(account, "MODE_PARANOIA"), message));
        return;
    }
    if is_off {
        return;
    }
    // `CallPeerMediaHandlerSipImpl.getRtpTransports`.
    if of_account("SAVP_OPTION") == Some("1") {
        let message = format!(
            "account `{id}` makes RTP/SAVP mandatory (`SAVP_OPTION=1`) and has {why}, so no call succeeds; turn a key exchange \
             on"
        );
        findings.push(Finding::error(&ENCRYPTION_NONE, place(account, "SAVP_OPTION"), message));
        return;
    }
    let zrtp = || {
        let name = "ENCRYPTION_PROTOCOL_STATUS.ZRTP";
        account.entry(name).or_else(|| settings.entry_of_default(account.protocol, name))
    };
    let Some(place) = places.first().map(|place| place.entry).or_else(zrtp) else { return };
    let message = format!("account `{id}` has {why}, so its calls are not encrypted; {remedy}");
    findings.push(Finding::warning(&ENCRYPTION_NONE, place, message));
}

/// What SDES and DTLS-SRTP need beside a place and a status, if the account lacks it: `calls-unprotected` would come next.
fn offer(settings: &Settings<'_>, account: &Account<'_>, name: &str) -> String {
    if name == "ZRTP" || offers::offers_savp(settings, account) {
        return String::new();
    }
    format!(" and `….{}.SAVP_OPTION=2`", account.id.escape_debug())
}

fn place<'a>(account: &Account<'a>, setting: &str) -> Entry<'a> {
    account.entry(setting).unwrap_or_else(|| account.place())
}

/// `SDesControlImpl.initAttributes` makes a key of each suite when a call begins.
fn suites(entry: Option<Entry<'_>>, findings: &mut Vec<Finding>) {
    let Some((entry, list)) = entry.and_then(|entry| Some((entry, value_of(entry)?))) else { return };
    if list.split(',').all(|suite| SUITES.contains(&suite)) {
        return;
    }
    let message = format!(
        "the list has a suite that the client does not know, so the client throws an exception at every call that \
         begins with SDES; write `{}` or others of docs/lint.md, with a comma and no blank between them",
        SUITES.first().copied().unwrap_or_default()
    );
    findings.push(Finding::error(&SDES_SUITE, entry, message).on_value(entry));
}

#[cfg(test)]
mod tests;
