//! Where the client asks for a setting, and for which.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::evaluate::{Evaluator, HOLE};
use crate::pattern::{has_named_end, is_of, is_vague};
use crate::program::{MethodId, Program};
use crate::syntax::{Call, Expression};

/// What kind of name is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A key of the configuration.
    Key,
    /// A setting of an account.
    Setting(Accounts),
    /// A system property of Java.
    Property,
}

/// Whose accounts a setting belongs to, by the place of the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Accounts {
    Any,
    Jabber,
    Sip,
    Irc,
    Icq,
    /// Of a protocol that the catalogue leaves out.
    Other,
}

/// A name that is asked for or set. Names are patterns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    pub kind: Kind,
    pub pattern: String,
}

/// Where a name is asked for, and where it is only set or removed.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    pub reads: Vec<String>,
    pub writes: Vec<String>,
}

/// All names that a program asks for or sets.
pub(crate) fn names(program: &Program) -> BTreeMap<Name, Uses> {
    let evaluator = Evaluator::new(program);
    let mut names: BTreeMap<Name, Uses> = BTreeMap::new();
    for (within, call) in program.calls() {
        let Some(access) = access(program, within, call) else { continue };
        if passes_on(program, within, access.name) || is_the_store(program.path(within.0)) {
            continue;
        }
        let place = format!("{}:{}", program.path(within.0), call.line);
        let texts = evaluator.texts(access.name, within);
        let patterns: Vec<String> = texts.iter().map(|text| access.shape.whole(text)).collect();
        for pattern in patterns.iter().filter(|one| !one.contains(char::is_whitespace) && !is_covered(one, &patterns)) {
            let pattern = pattern.clone();
            let uses = names.entry(Name { kind: access.kind, pattern }).or_default();
            let list = if access.is_read { &mut uses.reads } else { &mut uses.writes };
            list.push(place.clone());
        }
    }
    names
}

/// Whether another pattern of the same call is for all texts of this one.
fn is_covered(pattern: &str, patterns: &[String]) -> bool {
    let is_for = |other: &&String| {
        let is_plain = !pattern.contains(HOLE) && !has_named_end(other);
        other.contains(HOLE) && *other != pattern && !is_vague(other) && !is_plain && is_of(pattern, other)
    };
    patterns.iter().any(|other| is_for(&other))
}

/// One call that asks for a name or sets it.
struct Access<'a> {
    kind: Kind,
    shape: Shape,
    is_read: bool,
    name: &'a Expression,
}

/// How much of the name the call has.
#[derive(Debug, Clone, Copy)]
enum Shape {
    Whole,
    Beginning,
    End,
    /// The name without the `.PASSWORD` that the store of passwords adds.
    Secret,
}

impl Shape {
    fn whole(self, text: &str) -> String {
        let whole = match self {
            Self::Whole => text.to_owned(),
            Self::Beginning => format!("{text}{HOLE}"),
            Self::End => format!("{HOLE}{text}"),
            Self::Secret => format!("{text}.PASSWORD"),
        };
        whole.replace("**", HOLE)
    }
}

fn access<'a>(program: &Program, within: MethodId, call: &'a Call) -> Option<Access<'a>> {
    if let Some(name) = of_config_utils(call) {
        return Some(Access { kind: Kind::Key, shape: Shape::Whole, is_read: true, name });
    }
    let name = call.arguments.first()?;
    let accounts = Kind::Setting(accounts(program.path(within.0)));
    let (kind, shape, is_read) = match call.name.as_str() {
        "getSettingsString" | "getSettingsInt" | "getSettingsURL" | "getSettingsBoolean" => {
            (Kind::Key, Shape::Whole, true)
        }
        "getAccountPropertyString"
        | "getAccountPropertyBoolean"
        | "getAccountPropertyInt"
        | "getDefaultString"
        | "getDefaultStr" => (accounts, Shape::Whole, true),
        "putAccountProperty" | "removeAccountProperty" | "setOrRemoveIfNull" | "setOrRemoveIfEmpty" => {
            (accounts, Shape::Whole, false)
        }
        "getBooleanPropertiesByPrefix" | "getIntegerPropertiesByPrefix" => (accounts, Shape::Beginning, true),
        other => {
            let receiver = call.receiver.as_ref()?;
            let kind = program.type_of(receiver, within);
            match receiver_kind(receiver, kind.as_deref())? {
                Receiver::Configuration => {
                    let (shape, is_read) = of_configuration(other, call.arguments.len())?;
                    (Kind::Key, shape, is_read)
                }
                Receiver::Account if other == "getPropertyNamesByPrefix" => (accounts, Shape::Beginning, true),
                Receiver::Settings => match other {
                    "get" | "containsKey" | "getOrDefault" => (accounts, Shape::Whole, true),
                    "put" | "remove" => (accounts, Shape::Whole, false),
                    _ => return None,
                },
                Receiver::Secrets => match other {
                    "loadPassword" | "isStoredEncrypted" => (Kind::Key, Shape::Secret, true),
                    "storePassword" | "removePassword" => (Kind::Key, Shape::Secret, false),
                    _ => return None,
                },
                Receiver::System => match other {
                    "getProperty" | "getBoolean" | "getInteger" | "getLong" | "getInt" | "getString"
                    | "getStringArray" => (Kind::Property, Shape::Whole, true),
                    _ => return None,
                },
                Receiver::Account => return None,
            }
        }
    };
    Some(Access { kind, shape, is_read, name })
}

/// The name that the library's `ConfigUtils` is given, behind the configuration.
fn of_config_utils(call: &Call) -> Option<&Expression> {
    let is_one = matches!(&call.receiver, Some(Expression::Name(parts)) if parts.last().is_some_and(|name| name == "ConfigUtils"));
    call.arguments.get(1).filter(|_| is_one && call.name.starts_with("get"))
}

/// What a method of `ConfigurationService` does with the name that it is given.
fn of_configuration(method: &str, arguments: usize) -> Option<(Shape, bool)> {
    Some(match method {
        "getString" | "getBoolean" | "getInt" | "getLong" | "getDouble" | "getProperty" => (Shape::Whole, true),
        "addPropertyChangeListener" | "addVetoableChangeListener" if arguments == 2 => (Shape::Whole, true),
        "getPropertyNamesByPrefix" => (Shape::Beginning, true),
        "getPropertyNamesBySuffix" => (Shape::End, true),
        "setProperty" | "removeProperty" => (Shape::Whole, false),
        _ => return None,
    })
}

/// What a method is called on.
enum Receiver {
    Configuration,
    Account,
    /// The map of an account's settings.
    Settings,
    Secrets,
    System,
}

fn receiver_kind(receiver: &Expression, kind: Option<&str>) -> Option<Receiver> {
    let word = match receiver {
        Expression::Name(parts) => parts.last()?.as_str(),
        Expression::Call(call) => call.name.as_str(),
        _ => "",
    };
    let lower = word.to_lowercase();
    match (kind, word) {
        (Some("ConfigurationService" | "ConfigurationServiceImpl" | "JdbcConfigService"), _) => {
            Some(Receiver::Configuration)
        }
        (Some("CredentialsStorageService" | "CredentialsStorageServiceImpl"), _) => Some(Receiver::Secrets),
        (_, "System" | "Boolean" | "Integer" | "Long" | "StackProperties") => Some(Receiver::System),
        (Some(kind), _) if kind.ends_with("AccountID") || kind.ends_with("AccountIDImpl") => Some(Receiver::Account),
        (Some("Map" | "HashMap" | "Hashtable" | "Dictionary") | None, _)
            if lower.contains("accountprop") || lower == "getaccountproperties" || lower == "props" =>
        {
            Some(Receiver::Settings)
        }
        (None, _) if lower.contains("config") || lower == "cfg" => Some(Receiver::Configuration),
        (None, _) if lower.contains("credentials") => Some(Receiver::Secrets),
        _ => None,
    }
}

fn accounts(path: &str) -> Accounts {
    let has = |words: &[&str]| words.iter().any(|word| path.contains(word));
    if has(&["/protocol/jabber/", "jabberaccregwizz", "/protocol-jabber/"]) {
        Accounts::Jabber
    } else if has(&["/protocol/sip/", "sipaccregwizz", "/protocol-sip/"]) {
        Accounts::Sip
    } else if has(&["/protocol/irc/", "ircaccregwizz", "/protocol-irc/"]) {
        Accounts::Irc
    } else if has(&["/protocol/icq/", "icqaccregwizz", "aimaccregwizz"]) {
        Accounts::Icq
    } else if has(&["accregwizz", "/impl/protocol/", "/simpleaccreg/"]) {
        Accounts::Other
    } else {
        Accounts::Any
    }
}

/// Whether a method only passes on what it is given, under a name that is looked for itself.
fn passes_on(program: &Program, within: MethodId, name: &Expression) -> bool {
    let name = match name {
        Expression::Call(call) if call.name == "toString" => call.receiver.as_ref(),
        other => Some(other),
    };
    let (Some(Expression::Name(parts)), Some(method)) = (name, program.method(within)) else { return false };
    let is_parameter = matches!(parts.as_slice(), [one] if method.parameters.first() == Some(one));
    is_parameter
        && (method.name.starts_with("getAccountProperty")
            || of_configuration(&method.name, 2).is_some()
            || method.name.starts_with("getSettings")
            || method.name.starts_with("getDefaultStr"))
}

/// The code that keeps the settings, whatever they are.
fn is_the_store(path: &str) -> bool {
    ["ConfigurationServiceImpl.java", "JdbcConfigService.java", "ResourceManagementServiceImpl.java"]
        .iter()
        .any(|name| path.ends_with(name))
}
