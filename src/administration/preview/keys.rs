//! The keys of a reply with what is known about each.

use std::collections::HashMap;
use std::sync::Arc;

use jitsi_properties::catalogue::{self, KeyDescription};
use jitsi_properties::{PASSWORD_PLACEHOLDER, holds_mark, parse};

use super::CannotPreview;
use crate::policy::Diagnostic;
use crate::provision::EntrySource;

/// One key of a reply. It holds no secret.
#[derive(Debug, Clone)]
pub struct ShownKey {
    /// Number of the line of the reply, from 1.
    pub line: usize,
    /// The key, decoded.
    pub key: String,
    /// The value, decoded; a secret has a mark in its place, as the command `preview` shows it.
    pub value: String,
    /// Whether there is such a mark.
    pub is_hidden: bool,
    /// What the catalogue says about the key; none for a key that none of the clients that were looked at reads.
    pub meaning: Option<&'static KeyDescription>,
    /// The template's file and its line that made it; none where that is not known.
    pub place: Option<(Arc<str>, usize)>,
    /// What the linter says about it.
    pub findings: Vec<Diagnostic>,
}

/// The keys of the reply `body`, and the findings that are about no key.
pub(super) fn explained(
    body: &[u8],
    sources: &[EntrySource],
    diagnostics: Vec<Diagnostic>,
) -> Result<(Vec<ShownKey>, Vec<Diagnostic>), CannotPreview> {
    let document = parse(&String::from_utf8_lossy(body))?;
    let mut findings: HashMap<usize, Vec<Diagnostic>> = HashMap::new();
    for diagnostic in diagnostics {
        findings.entry(diagnostic.rendered_line).or_default().push(diagnostic);
    }
    let keys = document.entries().zip(sources).map(|(entry, source)| ShownKey {
        line: entry.line(),
        key: entry.key().to_owned(),
        value: entry.value().to_owned(),
        is_hidden: holds_mark(entry.value()) || entry.value().contains(PASSWORD_PLACEHOLDER),
        meaning: catalogue::describe(entry.key()),
        place: source.place.clone(),
        findings: findings.remove(&source.rendered_line).unwrap_or_default(),
    });
    let keys = keys.collect();
    let mut others: Vec<Diagnostic> = findings.into_values().flatten().collect();
    others.sort_by(|one, other| (&one.file, one.line, one.rule.id).cmp(&(&other.file, other.line, other.rule.id)));
    Ok((keys, others))
}

#[cfg(test)]
mod tests {
    use jitsi_properties::{Level, rules};

    use super::*;

    fn finding(rendered_line: usize) -> Diagnostic {
        Diagnostic {
            file: "a.properties".to_owned(),
            line: 7,
            rendered_line,
            source: String::new(),
            mark: 0..0,
            rule: rules().next().unwrap(),
            level: Level::Note,
            key: None,
            message: "x".to_owned(),
            sample: None,
        }
    }

    fn source(rendered_line: usize) -> EntrySource {
        EntrySource { rendered_line, place: Some(("a.properties".into(), rendered_line * 10)) }
    }

    #[test]
    fn a_finding_is_at_the_key_that_its_line_made() {
        let body =
            b"net.java.sip.communicator.plugin.provisioning.URL=x\nsite.name=\\u00e9\na.PASSWORD=***1a2b3c4d***\nb=********\n";
        let sources = [source(2), source(3), source(5), source(6)];
        let (keys, others) = explained(body, &sources, vec![finding(3), finding(4), finding(0)]).unwrap();
        let shown: Vec<_> = keys.iter().map(|key| (key.line, key.value.as_str(), key.findings.len())).collect();
        assert_eq!(shown, [(1, "x", 0), (2, "\u{e9}", 1), (3, "***1a2b3c4d***", 0), (4, "********", 0)]);
        assert_eq!(keys.iter().map(|key| key.is_hidden).collect::<Vec<_>>(), [false, false, true, true]);
        assert_eq!(keys[1].place, Some(("a.properties".into(), 30)));
        assert!(keys[0].meaning.is_some() && keys[1].meaning.is_none());
        assert_eq!(others.len(), 2, "one is about a comment, one about the whole text");
    }
}
