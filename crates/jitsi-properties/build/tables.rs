//! The tables as Rust: the keys, a tree by which each is found, and sorted lists of mistakes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::load::{Contents, Protocol};
use super::pattern::Tree;

/// The source of the statics `SOURCES` and `CATALOGUE`. Fails when a pattern is broken or a key comes twice.
pub(super) fn write(contents: &Contents) -> Result<String, String> {
    let [mut others, mut jabber, mut sip] = [Tree::default(), Tree::default(), Tree::default()];
    for (id, key) in contents.keys.iter().enumerate() {
        for protocol in &key.protocols {
            match protocol {
                Protocol::Jabber => jabber.add(&key.name, id)?,
                Protocol::Sip => sip.add(&key.name, id)?,
            }
        }
        if key.protocols.is_empty() {
            others.add(&key.name, id)?;
        }
    }
    let keys: Vec<_> = contents.keys.iter().map(|key| &*key.expression).collect();

    let mut source =
        format!("pub(super) static SOURCES: &[SourceDescription] = &[\n{}\n];\n", contents.sources.join(",\n"));
    _ = write!(
        source,
        "pub(super) static CATALOGUE: Catalogue = Catalogue {{\nkeys: &[\n{}\n],\nothers: {},\njabber: {},\nsip: {},\n\
         mistakes: {},\nwrong_settings: {},\n}};\n",
        keys.join(",\n"),
        others.expression(),
        jabber.expression(),
        sip.expression(),
        sorted(&contents.mistakes)?,
        sorted(&contents.wrong_settings)?,
    );
    Ok(source)
}

/// Pairs, by their first halves, as an expression.
fn sorted(pairs: &[(String, String)]) -> Result<String, String> {
    let mut by_key = BTreeMap::new();
    for (key, instead) in pairs {
        if by_key.insert(key, instead).is_some() {
            return Err(format!("`{key}` comes twice"));
        }
    }
    Ok(format!("&{:?}", by_key.into_iter().collect::<Vec<_>>()))
}
