//! Keys, placeholders and all, as a tree of what they have in common.

/// The tree of some texts: what may follow what.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Of literals no two begin with the same byte, but behind a placeholder for names with dots.
    next: Vec<(Piece, Tree)>,
    /// The key that ends here.
    key: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    /// A `Hole` of the library.
    Hole(&'static str),
}

impl Tree {
    /// Adds a key. Fails on a placeholder that is not known, on one of several pieces behind a placeholder for names with
    /// dots, and on a key that is there.
    pub(super) fn add(&mut self, text: &str, key: usize) -> Result<(), String> {
        let pieces = pieces(text)?;
        let dotted = pieces.iter().position(is_dotted).unwrap_or(pieces.len());
        let end = pieces.get(dotted + 1..).unwrap_or_default();
        if !matches!(end, [] | [Piece::Literal(_)]) {
            return Err(format!("`{text}`: only a fixed end may follow a placeholder for names with dots"));
        }
        self.insert(&pieces, key).ok_or_else(|| format!("`{text}` comes twice"))
    }

    /// None when there is a key at the place.
    fn insert(&mut self, pieces: &[Piece], key: usize) -> Option<()> {
        let Some((first, rest)) = pieces.split_first() else { return self.key.replace(key).is_none().then_some(()) };
        let place = match first {
            Piece::Literal(literal) => {
                self.next.iter().position(|(piece, _)| first_byte(piece) == literal.bytes().next())
            }
            Piece::Hole(_) => self.next.iter().position(|(piece, _)| piece == first),
        };
        let Some((piece, below)) = place.and_then(|place| self.next.get_mut(place)) else {
            let mut below = Self::default();
            if is_dotted(first) {
                below.insert_end(rest, key)?;
            } else {
                below.insert(rest, key)?;
            }
            self.next.push((first.clone(), below));
            return Some(());
        };
        let (Piece::Literal(there), Piece::Literal(literal)) = (&*piece, first) else {
            return if is_dotted(first) { below.insert_end(rest, key) } else { below.insert(rest, key) };
        };
        let common = there.bytes().zip(literal.bytes()).take_while(|(one, other)| one == other).count();
        let (shared, behind) = there.split_at_checked(common)?;
        if !behind.is_empty() {
            let behind = Piece::Literal(behind.to_owned());
            let lower = std::mem::take(below);
            (*piece, *below) = (Piece::Literal(shared.to_owned()), Self { next: vec![(behind, lower)], key: None });
        }
        let behind = Some(literal.get(common..)?).filter(|behind| !behind.is_empty());
        let behind = behind.map(|behind| Piece::Literal(behind.to_owned()));
        below.insert(&behind.into_iter().chain(rest.iter().cloned()).collect::<Vec<_>>(), key)
    }

    /// Adds what a text ends with behind a placeholder for names with dots. Such ends are not taken apart.
    fn insert_end(&mut self, end: &[Piece], key: usize) -> Option<()> {
        let Some(end) = end.first() else { return self.key.replace(key).is_none().then_some(()) };
        if self.next.iter().any(|(piece, _)| piece == end) {
            return None;
        }
        self.next.push((end.clone(), Self { next: Vec::new(), key: Some(key) }));
        Some(())
    }

    /// A `Branch` of the library as an expression.
    pub(super) fn expression(&self) -> String {
        let (mut firsts, mut literals, mut holes) = (Vec::new(), Vec::new(), Vec::new());
        for (piece, below) in &self.next {
            let below = below.expression();
            match piece {
                Piece::Literal(literal) => {
                    firsts.extend(literal.bytes().next());
                    literals.push(format!("(b{literal:?}, {below})"));
                }
                Piece::Hole(hole) => holes.push(format!("(Hole::{hole}, {below})")),
            }
        }
        format!(
            "Branch {{ key: {:?}, firsts: &{firsts:?}, literals: &[{}], holes: &[{}] }}",
            self.key,
            literals.join(", "),
            holes.join(", ")
        )
    }
}

fn is_dotted(piece: &Piece) -> bool {
    *piece == Piece::Hole("Dotted")
}

/// The first byte of a literal.
fn first_byte(piece: &Piece) -> Option<u8> {
    match piece {
        Piece::Literal(literal) => literal.bytes().next(),
        Piece::Hole(_) => None,
    }
}

fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((literal, behind)) = rest.split_once('<') {
        let (name, behind) = behind.split_once('>').ok_or_else(|| format!("`{text}`: a `<` without `>`"))?;
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal.to_owned()));
        }
        pieces.push(Piece::Hole(hole(name).ok_or_else(|| format!("`{text}`: there is no placeholder `<{name}>`"))?));
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest.to_owned()));
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
