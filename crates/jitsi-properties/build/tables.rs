//! The tables as Rust: the keys, a tree by which each is found, and sorted lists of mistakes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::load::Contents;
use super::pattern::Tree;

/// How many protocols have accounts.
const PROTOCOLS: usize = 4;

/// The source of the statics `SOURCES` and `CATALOGUE`. Fails when a pattern is broken or a key comes twice.
pub(super) fn write(contents: &Contents) -> Result<String, String> {
    let (mut others, mut settings) = (Tree::default(), <[Tree; PROTOCOLS]>::default());
    for (id, key) in contents.keys.iter().enumerate() {
        for protocol in &key.protocols {
            if let Some(settings) = settings.get_mut(*protocol as usize) {
                settings.add(&key.name, id)?;
            }
        }
        if key.protocols.is_empty() {
            others.add(&key.name, id)?;
        }
    }
    let settings: Vec<_> = settings.iter().map(Tree::expression).collect();
    let keys: Vec<_> = contents.keys.iter().map(|key| &*key.expression).collect();

    let mut source =
        format!("pub(super) static SOURCES: &[SourceDescription] = &[\n{}\n];\n", contents.sources.join(",\n"));
    _ = write!(
        source,
        "pub(super) static CATALOGUE: Catalogue = Catalogue {{\nkeys: &[\n{}\n],\nothers: {},\nsettings: [{}],\n\
         mistakes: {},\nwrong_settings: {},\n}};\n",
        keys.join(",\n"),
        others.expression(),
        settings.join(",\n"),
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
