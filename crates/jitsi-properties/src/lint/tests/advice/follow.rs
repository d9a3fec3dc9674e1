//! Does what a message says.

use crate::document::Entry;
use crate::jitsi_keys::REMOVE;
use crate::lint::finding::Finding;
use crate::parse;

/// The texts of authors who follow the message, one for each way that it offers; none when it uses other words.
pub(super) fn follow(text: &str, finding: &Finding) -> Vec<String> {
    if finding.message.ends_with("; end the line at the word")
        || finding.message.ends_with("; end the line at the brace")
    {
        return vec![without_blanks(text, finding.line)];
    }
    let Some((_, advice)) = finding.message.split_once("; ") else { return Vec::new() };
    let clauses = advice.split("; ").flat_map(|clause| clause.split(", or "));
    let mut verb = "";
    let ways = clauses.flat_map(|clause| {
        let known = ["add ", "write ", "remove ", "leave ", "end "].into_iter().find(|verb| clause.starts_with(verb));
        let rest = known.map_or(clause, |known| clause.strip_prefix(known).unwrap_or(clause));
        verb = known.unwrap_or(verb);
        steps(text, finding, verb, rest)
    });
    ways.collect()
}

/// The ways of one clause: "add `A=…` and `B=…`" is one, "write `A`, `B` or `C`" are three.
fn steps(text: &str, finding: &Finding, verb: &str, rest: &str) -> Vec<String> {
    if verb == "remove " && ["the line", "this line", "this one", "it"].iter().any(|line| is_word(rest, line))
        || verb == "leave " && is_word(rest, "the line out")
    {
        return vec![without_line(text, finding.line)];
    }
    let pieces = pieces(rest);
    if !matches!(verb, "add " | "write ") || pieces.is_empty() || pieces.iter().any(|piece| piece.contains("{{")) {
        return Vec::new();
    }
    if pieces.iter().all(|piece| piece.contains('=') && !piece.starts_with('#')) {
        let lines: Option<Vec<String>> = pieces.iter().map(|piece| line(text, finding, piece)).collect();
        let lines = lines.unwrap_or_default();
        return vec![lines.iter().fold(text.to_owned(), |text, line| with_line(&text, finding, line))];
    }
    let is_value = |piece: &&str| !piece.contains(['=', '…', '<', '\\']) && verb == "write ";
    pieces.into_iter().filter(is_value).map(|piece| with_value(text, finding, piece)).collect()
}

fn is_word(text: &str, words: &str) -> bool {
    text.strip_prefix(words).is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_alphanumeric()))
}

/// What is in backquotes at the beginning: `A`, `B` and `C`.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((piece, after)) = rest.strip_prefix('`').and_then(|rest| rest.split_once('`')) {
        pieces.push(piece);
        let next = [", ", " and ", " or "].into_iter().find_map(|between| after.strip_prefix(between));
        rest = next.unwrap_or_default();
    }
    pieces
}

fn entry_of(text: &str, finding: &Finding, then: impl Fn(Entry<'_>) -> String) -> Option<String> {
    let document = parse(text).unwrap();
    document.entries().find(|entry| entry.line() == finding.line).map(then)
}

/// The whole line for `….accx.KEY=…`: with the beginning that other keys have, and a value.
fn line(text: &str, finding: &Finding, piece: &str) -> Option<String> {
    let (short, value) = piece.split_once('=')?;
    let document = parse(text).unwrap();
    let own = finding.key.clone().unwrap_or_default();
    let keys: Vec<&str> = [own.as_str()].into_iter().chain(document.entries().map(|entry| entry.key())).collect();
    let parent = own.rsplit_once('.').map_or("", |(parent, _)| parent);
    let key = match short.strip_prefix("….") {
        None if ["net.", "org.", "provisioning.", "${"].iter().any(|begin| short.starts_with(begin)) => {
            short.to_owned()
        }
        None => format!("{parent}.{short}"),
        Some(rest) => {
            let first = format!(".{}", rest.split('.').next().unwrap_or_default());
            let begin = keys.iter().find_map(|key| {
                let (begin, after) = key.split_once(&first)?;
                (after.is_empty() || after.starts_with('.')).then_some(begin)
            });
            format!("{}.{rest}", begin.unwrap_or(parent))
        }
    };
    let setting = key.rsplit('.').next().unwrap_or_default();
    let uid =
        document.entries().find(|entry| entry.key().ends_with(".ACCOUNT_UID")).map(|entry| entry.value().to_owned());
    let value = match value {
        "…" if setting.to_ascii_uppercase().ends_with("ADDRESS") => "host.example.org".to_owned(),
        "…" if setting.ends_with("UID") => format!("{key}.unique"),
        "…" if setting == "USER_ID" => "zoe@example.org".to_owned(),
        "…" if setting.ends_with("Port") || setting.ends_with("PORT") => "3478".to_owned(),
        // The next place that is free.
        "…" if key.contains(".ENCRYPTION_PROTOCOL.") => {
            let places = document.entries().filter(|entry| entry.key().contains(".ENCRYPTION_PROTOCOL."));
            places.count().to_string()
        }
        "…" if setting == "globalPhonePrefix" => "0".to_owned(),
        "…" if setting == "baseDN" || setting == "bindDN" => "dc=example".to_owned(),
        "…" if setting == "customquery" => "(cn=<query>)".to_owned(),
        "…" => "desk".to_owned(),
        "https://…" => "https://host.example.org/".to_owned(),
        "<ACCOUNT_UID>" => uid?,
        "<room>@<conference service>" => "team@conference.example.org".to_owned(),
        other if other.contains('<') || other.contains('…') => return None,
        other => other.to_owned(),
    };
    let mut escaped = String::new();
    crate::escape(&key, &mut escaped);
    Some(format!("{escaped}={value}"))
}

/// Sets a key where the text has it, otherwise behind the entry of the finding.
fn with_line(text: &str, finding: &Finding, line: &str) -> String {
    let key = parse(line).unwrap().entries().next().unwrap().key().to_owned();
    let document = parse(text).unwrap();
    // A removal of the same key is another line: the key would be there twice.
    if let Some(entry) = document.entries().filter(|entry| entry.key() == key).last() {
        let mut new = text.to_owned();
        new.replace_range(entry.key_at().start..entry.value_at().end.max(entry.key_at().end), line);
        return new;
    }
    let place = if finding.message.contains(&format!("write `….{}=", short(&key))) { finding.line } else { 0 };
    let replaces = place > 0 && document.entries().any(|entry| entry.line() == place && entry.value() == REMOVE);
    let mut lines: Vec<&str> = text.lines().collect();
    if replaces {
        lines[place - 1] = line;
    } else {
        lines.insert(finding.line.min(lines.len()), line);
    }
    lines.join("\n")
}

fn short(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or_default()
}

fn with_value(text: &str, finding: &Finding, value: &str) -> String {
    entry_of(text, finding, |entry| {
        let mut new = text.to_owned();
        let at = entry.value_at();
        let separator = if text[entry.key_at().end..at.start].contains(['=', ':']) { "" } else { "=" };
        new.replace_range(at, &format!("{separator}{value}"));
        new
    })
    .unwrap_or_else(|| text.to_owned())
}

fn without_line(text: &str, number: usize) -> String {
    let lines = text.split_inclusive('\n').zip(1..).filter(|(_, line)| *line != number);
    lines.map(|(line, _)| line).collect()
}

fn without_blanks(text: &str, number: usize) -> String {
    let lines = text.lines().zip(1..).map(|(line, at)| if at == number { line.trim_end() } else { line });
    lines.collect::<Vec<_>>().join("\n")
}
