//! Keys with placeholders, as a tree of what they have in common.

/// Patterns whose pieces are the same are walked through once.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    /// A `Piece` as an expression.
    piece: String,
    key: Option<usize>,
    next: Patterns,
}

impl Patterns {
    /// Adds the pattern of a key. Fails on a placeholder that is not known, and on one of several pieces behind a
    /// placeholder for names with dots.
    pub(super) fn add(&mut self, text: &str, key: usize) -> Result<(), String> {
        let pieces = pieces(text)?;
        let dotted = pieces.iter().position(|piece| piece.ends_with("::Dotted)"));
        if dotted.is_some_and(|dotted| {
            pieces.len() > dotted + 2 || pieces.iter().skip(dotted + 1).any(|piece| piece.contains("Hole"))
        }) {
            return Err(format!("`{text}`: only a fixed end may follow a placeholder for names with dots"));
        }
        self.insert(&pieces, key).ok_or_else(|| format!("`{text}` comes twice"))
    }

    fn insert(&mut self, pieces: &[String], key: usize) -> Option<()> {
        let (first, rest) = pieces.split_first()?;
        let place = self.nodes.iter().position(|node| node.piece == *first).unwrap_or(self.nodes.len());
        if place == self.nodes.len() {
            self.nodes.push(Node { piece: first.clone(), key: None, next: Self::default() });
        }
        let node = self.nodes.get_mut(place)?;
        if rest.is_empty() {
            return node.key.replace(key).is_none().then_some(());
        }
        node.next.insert(rest, key)
    }

    /// A slice of the library's nodes as an expression.
    pub(super) fn expression(&self) -> String {
        let nodes = self.nodes.iter().map(|Node { piece, key, next }| {
            format!("Node {{ piece: {piece}, key: {key:?}, next: {} }}", next.expression())
        });
        format!("&[{}]", nodes.collect::<Vec<_>>().join(", "))
    }
}

fn pieces(text: &str) -> Result<Vec<String>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((literal, behind)) = rest.split_once('<') {
        let (name, behind) = behind.split_once('>').ok_or_else(|| format!("`{text}`: a `<` without `>`"))?;
        if !literal.is_empty() {
            pieces.push(format!("Piece::Literal({literal:?})"));
        }
        let hole = hole(name).ok_or_else(|| format!("`{text}`: there is no placeholder `<{name}>`"))?;
        pieces.push(format!("Piece::Hole(Hole::{hole})"));
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(format!("Piece::Literal({rest:?})"));
    }
    Ok(pieces)
}

/// The `Hole` of the library that a placeholder is.
fn hole(name: &str) -> Option<&'static str> {
    Some(match name {
        "acc" => "Account",
        "n" | "hash" => "Digits",
        "id" => "Word",
        "room" => "Segment",
        "codec" => "Codec",
        "domain" | "name" | "uid" => "Dotted",
        _ => return None,
    })
}
