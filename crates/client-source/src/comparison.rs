//! The catalogue against what the source asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jitsi_properties::Version;
use jitsi_properties::catalogue::{self, KeyDescription, Protocol};

use crate::pattern::{has_named_end, is_vague, overlap, stands_for, with_holes};
use crate::reads::{Accounts, Kind, Name, Uses};

/// What the names of defaults for all accounts begin with.
const ACCOUNT_DEFAULTS: &str = "net.java.sip.communicator.service.protocol.";

/// A client and what its source asks for.
pub(crate) struct Client {
    pub version: Version,
    pub names: BTreeMap<Name, Uses>,
}

/// One difference. The text is a key or a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Difference {
    pub kind: Difficulty,
    pub text: String,
    pub place: String,
}

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Difficulty {
    /// The source reads a key that the catalogue lacks.
    Missing,
    /// The catalogue has a key that no source reads.
    Unread,
    /// A client reads a key that it does not know by the catalogue, or the reverse.
    Version,
    /// The code asks for a key that the tool cannot work out.
    Open,
}

/// All differences, sorted.
pub(crate) fn differences(clients: &[Client]) -> BTreeSet<Difference> {
    let mut all = BTreeSet::new();
    for client in clients {
        for (name, uses) in &client.names {
            let Some(place) = uses.reads.first() else { continue };
            if is_vague(&name.pattern) && !has_named_end(&name.pattern) {
                let files = uses.reads.iter().filter_map(|place| place.rsplit('/').next()?.split(':').next());
                all.extend(files.map(|file| difference(Difficulty::Open, file, &name.pattern)));
            } else if !is_known(name) && !is_default_of_accounts(name, client) {
                all.insert(difference(Difficulty::Missing, &name.pattern, place));
            }
        }
    }
    all.extend(catalogue::keys().filter_map(|key| wrong_versions(key, clients)));
    all.extend(catalogue::keys().flat_map(|key| wrong_protocols(key, clients)));
    all
}

/// A setting that is read for one protocol's accounts only, and that the catalogue has for those of others too.
fn wrong_protocols(key: &KeyDescription, clients: &[Client]) -> Vec<Difference> {
    let is_read_for = |protocol: Protocol| {
        let of_one = |name: &Name| {
            let is_of_one = matches!(name.kind, Kind::Setting(accounts) if protocols(accounts).contains(&protocol));
            is_of_one && stands_for(&name.pattern, key.name)
                || name.kind == Kind::Key && stands_for(&name.pattern, &key.under(protocol))
        };
        clients.iter().any(|client| client.names.iter().any(|(name, uses)| !uses.reads.is_empty() && of_one(name)))
    };
    let unread: Vec<Protocol> = key.protocols.iter().copied().filter(|protocol| !is_read_for(*protocol)).collect();
    // What no protocol reads is reported already.
    let some = unread.len() < key.protocols.len();
    unread.into_iter().filter(|_| some).map(|one| difference(Difficulty::Unread, &key.under(one), "")).collect()
}

fn difference(kind: Difficulty, text: &str, place: &str) -> Difference {
    Difference { kind, text: text.to_owned(), place: place.to_owned() }
}

/// Whether the catalogue has a name that a source reads.
fn is_known(name: &Name) -> bool {
    static PATTERNS: LazyLock<Vec<String>> =
        LazyLock::new(|| catalogue::keys().flat_map(patterns).map(|key| with_holes(&key)).collect());
    let known = |pattern: &str| {
        // The store of passwords has each of them under two keys.
        let pattern = &pattern.replace(".ENCRYPTED_PASSWORD", ".PASSWORD");
        if is_vague(pattern) {
            // What begins anywhere is known by its end, not by a key that ends in a placeholder.
            PATTERNS.iter().any(|key| has_named_end(key) && overlap(pattern, key))
        } else if pattern.contains('*') {
            PATTERNS.iter().any(|key| (!is_vague(key) || has_named_end(key)) && overlap(pattern, key))
        } else {
            catalogue::describe(pattern).is_some()
        }
    };
    match name.kind {
        Kind::Key => known(&name.pattern),
        Kind::Property | Kind::Setting(Accounts::Other) => true,
        Kind::Setting(accounts) => protocols(accounts).iter().any(|protocol| {
            let setting = format!("{}accx.{}", protocol.tree(), name.pattern);
            known(&setting)
        }),
    }
}

fn protocols(accounts: Accounts) -> &'static [Protocol] {
    match accounts {
        Accounts::Any => &Protocol::ALL,
        Accounts::Other => &[],
        Accounts::Jabber => &[Protocol::Jabber],
        Accounts::Sip => &[Protocol::Sip],
        Accounts::Irc => &[Protocol::Irc],
        Accounts::Icq => &[Protocol::Icq],
    }
}

/// The keys that a description covers.
fn patterns(key: &KeyDescription) -> Vec<String> {
    if key.protocols.is_empty() {
        vec![key.name.to_owned()]
    } else {
        key.protocols.iter().map(|one| key.under(*one)).collect()
    }
}

/// Whether a key is where the code looks when an account has no setting of that name.
fn is_default_of_accounts(name: &Name, client: &Client) -> bool {
    let Some(rest) = name.pattern.strip_prefix(ACCOUNT_DEFAULTS) else { return false };
    let setting = rest.strip_prefix("jabber.").or_else(|| rest.strip_prefix("sip.")).unwrap_or(rest);
    client.names.keys().any(|other| matches!(other.kind, Kind::Setting(_)) && other.pattern == setting)
}

fn wrong_versions(key: &KeyDescription, clients: &[Client]) -> Option<Difference> {
    let own = patterns(key);
    let reads =
        |client: &Client| client.names.iter().any(|(name, uses)| !uses.reads.is_empty() && is_read_by(key, &own, name));
    let expected = |client: &Client| {
        key.since.as_ref().is_none_or(|since| *since <= client.version)
            && key.until.as_ref().is_none_or(|until| client.version < *until)
    };
    let found: Vec<bool> = clients.iter().map(reads).collect();
    let text = key.pattern();
    if !found.contains(&true) && !clients.iter().any(expected) {
        return None;
    }
    if !found.contains(&true) {
        return Some(difference(Difficulty::Unread, &text, ""));
    }
    let wrong: Vec<String> = clients
        .iter()
        .zip(found)
        .filter(|(client, found)| expected(client) != *found)
        .map(|(client, found)| format!("{} {} it", client.version, if found { "reads" } else { "does not read" }))
        .collect();
    (!wrong.is_empty()).then(|| difference(Difficulty::Version, &text, &wrong.join(", ")))
}

fn is_read_by(key: &KeyDescription, own: &[String], name: &Name) -> bool {
    match name.kind {
        Kind::Property if key.installed => name.pattern == key.name,
        Kind::Property => key.name.strip_prefix("${system}.").is_some_and(|own| stands_for(&name.pattern, own)),
        Kind::Key => own.iter().any(|own| stands_for(&name.pattern, own)),
        Kind::Setting(accounts) => {
            !key.protocols.is_empty()
                && key.protocols.iter().any(|one| protocols(accounts).contains(one))
                && stands_for(&name.pattern, key.name)
        }
    }
}
