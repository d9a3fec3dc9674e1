//! Whole elements out of the pieces in which a stream arrives.

use anyhow::ensure;

/// Cuts a stream into the elements right below its root, without reading what they hold.
///
/// It counts tags: a server escapes `<` in text and in values, and sends neither comments nor sections of CDATA (RFC 6120
/// section 11.1 forbids comments).
#[derive(Debug, Default)]
pub(super) struct Elements {
    /// What has come, from the start of the element that is not whole yet.
    text: Vec<u8>,
    /// How far it has been looked at.
    seen: usize,
    /// Elements that are open, the root included.
    depth: usize,
    /// Where the element right below the root begins.
    begun: Option<usize>,
}

impl Elements {
    /// Behind the tag of the root.
    pub(super) fn in_root() -> Self {
        Self { depth: 1, ..Self::default() }
    }

    /// Takes a piece, and gives the elements that are whole with it. The root's own tag is not one of them.
    pub(super) fn push(&mut self, piece: &[u8]) -> anyhow::Result<Vec<String>> {
        self.text.extend_from_slice(piece);
        let mut whole = Vec::new();
        while let Some((start, end)) = self.next_tag() {
            self.seen = end;
            let tag = self.text.get(start..end).unwrap_or_default();
            if tag.starts_with(b"<?") {
                continue;
            }
            let (closes, is_empty) = (tag.starts_with(b"</"), tag.ends_with(b"/>"));
            if !closes && self.depth == 1 {
                self.begun = Some(start);
            }
            if !closes && !is_empty {
                self.depth += 1;
            }
            if closes {
                ensure!(self.depth > 1, "the server ended the stream");
                self.depth -= 1;
            }
            if self.depth == 1
                && let Some(begun) = self.begun.take()
            {
                whole.push(String::from_utf8(self.text.get(begun..end).unwrap_or_default().to_vec())?);
            }
        }
        let kept = self.begun.unwrap_or(self.seen);
        self.text.drain(..kept);
        self.seen -= kept;
        self.begun = self.begun.map(|_| 0);
        Ok(whole)
    }

    /// From `<` to behind `>`; none while the tag is not whole.
    fn next_tag(&self) -> Option<(usize, usize)> {
        let rest = self.text.get(self.seen..)?;
        let start = rest.iter().position(|byte| *byte == b'<')?;
        let mut quote = None;
        for (at, byte) in rest.iter().enumerate().skip(start) {
            match (quote, byte) {
                (None, b'"' | b'\'') => quote = Some(*byte),
                (None, b'>') => return Some((self.seen + start, self.seen + at + 1)),
                (Some(open), byte) if open == *byte => quote = None,
                _ => {}
            }
        }
        None
    }
}

/// The value of an attribute of the element's first tag.
pub(super) fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let (tag, _) = element.split_once('>')?;
    let (_, rest) = tag.split_once(&format!(" {name}="))?;
    let quote = rest.chars().next()?;
    rest.get(1..)?.split(quote).next()
}
