//! One file with its text in pieces, and what the linter says of each line.

use super::{ListedFile, OnDisk};
use crate::policy::{Diagnostic, ShownLine, ShownSources};
use crate::template::{Piece, PieceKind, Templates, pieces};

/// A file of a template, as it is in force. It holds no secret.
#[derive(Debug)]
pub struct ShownFile {
    /// What the list says about it.
    pub listed: ListedFile,
    /// Its lines.
    pub lines: Vec<SourceLine>,
    /// Whether the file has other contents by now.
    pub on_disk: OnDisk,
    /// Whether the findings are known; the review may have taken too long.
    pub is_reviewed: bool,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceLine {
    /// Its number, from 1.
    pub number: usize,
    /// Its text in pieces.
    pub pieces: Vec<(PieceKind, String)>,
    /// What stands there instead of the rest, which may be a secret; empty when nothing was left out.
    pub hidden: String,
    /// What the linter says about it.
    pub findings: Vec<Diagnostic>,
}

/// The lines of the file `name` with this text, one of those that `templates` are made of.
pub(super) fn lines(templates: &Templates, name: &str, text: &str, findings: &[Diagnostic]) -> Vec<SourceLine> {
    let pieces = pieces(text);
    let sources = ShownSources::new(templates.sources().map(|(_, text)| text));
    let mut first = 0;
    let line = |((written, shown), number): ((&str, ShownLine), usize)| {
        let start = written.as_ptr() as usize - text.as_ptr() as usize;
        let end = start + shown.kept;
        // Pieces and lines are both in the order of the text.
        while pieces.get(first).is_some_and(|piece| piece.at.end <= start) {
            first += 1;
        }
        let here = pieces.iter().skip(first).take_while(|piece| piece.at.start < end);
        SourceLine {
            number,
            pieces: here.filter_map(|piece| clipped(piece, text, start, end)).collect(),
            hidden: shown.text.get(shown.kept..).unwrap_or_default().to_owned(),
            findings: Vec::new(),
        }
    };
    let mut lines: Vec<SourceLine> = text.lines().zip(sources.lines(text)).zip(1..).map(line).collect();
    for finding in findings.iter().filter(|finding| finding.file == name) {
        // What is about the whole file stands at its beginning.
        if let Some(line) = lines.get_mut(finding.line.saturating_sub(1)) {
            line.findings.push(finding.clone());
        }
    }
    lines
}

fn clipped(piece: &Piece, text: &str, start: usize, end: usize) -> Option<(PieceKind, String)> {
    let at = piece.at.start.max(start)..piece.at.end.min(end);
    let clipped = text.get(at)?;
    (!clipped.is_empty()).then(|| (piece.kind, clipped.to_owned()))
}
