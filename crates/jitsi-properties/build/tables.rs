//! The tables as Rust: perfect hashes of keys, and lists of patterns.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use phf_codegen::Map;

use super::load::{Contents, Description, Protocol};
use super::pattern::Patterns;

/// The source of the statics `SOURCES` and `CATALOGUE`. Fails when a pattern is broken or a key comes twice.
pub(super) fn write(contents: &Contents) -> Result<String, String> {
    let mut whole = Names::default();
    let mut settings: [Names<'_>; 4] = Default::default();
    let [jabber, sip, irc, icq] = &mut settings;
    // By the part before the segment with the first placeholder, its dot included.
    let mut families: BTreeMap<&str, Patterns> = BTreeMap::new();
    for (id, key) in contents.keys.iter().enumerate() {
        for protocol in &key.protocols {
            match protocol {
                Protocol::Jabber => jabber.add(key, id)?,
                Protocol::Sip => sip.add(key, id)?,
                Protocol::Irc => irc.add(key, id)?,
                Protocol::Icq => icq.add(key, id)?,
            }
        }
        match key.name.split_once('<') {
            _ if !key.protocols.is_empty() => {}
            None => whole.add(key, id)?,
            Some((literal, _)) => {
                let (prefix, rest) = key.name.split_at(literal.rfind('.').map_or(0, |dot| dot + 1));
                families.entry(prefix).or_default().add(rest, id)?;
            }
        }
    }
    let lengths = families.keys().try_fold(0u128, |lengths, prefix| {
        let bit = u32::try_from(prefix.len()).ok().and_then(|length| 1u128.checked_shl(length));
        bit.map(|bit| lengths | bit).ok_or_else(|| format!("`{prefix}` is too long before its first placeholder"))
    })?;
    let families = families.into_iter().map(|(prefix, patterns)| (prefix, patterns.expression()));
    let [jabber, sip, irc, icq] = settings;
    let keys: Vec<_> = contents.keys.iter().map(|key| &*key.expression).collect();

    let mut source =
        format!("pub(super) static SOURCES: &[SourceDescription] = &[\n{}\n];\n", contents.sources.join(",\n"));
    _ = write!(
        source,
        "pub(super) static CATALOGUE: Catalogue = Catalogue {{\nkeys: &[\n{}\n],\nexact: {},\nfamilies: {},\n\
         family_lengths: {lengths},\njabber: {},\nsip: {},\nirc: {},\nicq: {},\nmistakes: {},\nwrong_settings: {},\n}};\n",
        keys.join(",\n"),
        map(whole.exact)?,
        map(families)?,
        jabber.settings()?,
        sip.settings()?,
        irc.settings()?,
        icq.settings()?,
        map(words(&contents.mistakes))?,
        map(words(&contents.wrong_settings))?,
    );
    Ok(source)
}

/// Keys, or settings of one protocol's accounts, by their names.
#[derive(Default)]
struct Names<'a> {
    exact: BTreeMap<&'a str, String>,
    patterns: Patterns,
}

impl<'a> Names<'a> {
    fn add(&mut self, key: &'a Description, id: usize) -> Result<(), String> {
        if key.name.contains('<') {
            self.patterns.add(&key.name, id)?;
        } else if self.exact.insert(&key.name, id.to_string()).is_some() {
            return Err(format!("`{}` comes twice", key.name));
        }
        Ok(())
    }

    fn settings(self) -> Result<String, String> {
        Ok(format!("AccountSettings {{ exact: {}, patterns: {} }}", map(self.exact)?, self.patterns.expression()))
    }
}

fn words(pairs: &[(String, String)]) -> impl Iterator<Item = (&str, String)> {
    pairs.iter().map(|(key, instead)| (&**key, format!("{instead:?}")))
}

/// A `phf::Map` as an expression.
fn map<'a>(entries: impl IntoIterator<Item = (&'a str, String)>) -> Result<String, String> {
    let mut map = Map::new();
    let mut seen = BTreeSet::new();
    for (key, value) in entries {
        if !seen.insert(key) {
            return Err(format!("`{key}` comes twice"));
        }
        map.entry(key, value);
    }
    Ok(map.build().to_string())
}
