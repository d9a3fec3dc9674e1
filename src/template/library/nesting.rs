//! Files that name each other in a circle, or too deep.

use std::path::Path;

use super::super::error::LocatedError;
use super::files::{FileId, Library};

/// How many files may stand one in another.
const MAX_DEPTH: usize = 8;

/// What is wrong with the files themselves and with how they name each other: of the latter, the first circle or the first
/// too deep nesting.
pub(in crate::template) fn errors(library: &Library) -> Vec<LocatedError> {
    if !library.errors().is_empty() {
        return library.errors().to_vec();
    }
    let depths = vec![None; library.files().count()];
    let mut walk = Walk { library, depths, path: Vec::new(), errors: Vec::new() };
    for (id, _) in library.files() {
        walk.depth(id);
    }
    walk.errors.truncate(1);
    walk.errors
}

struct Walk<'l> {
    library: &'l Library,
    /// How deep each file is nested with all in it, as far as it is known.
    depths: Vec<Option<usize>>,
    /// The files on the way to where the walk is.
    path: Vec<FileId>,
    errors: Vec<LocatedError>,
}

impl Walk<'_> {
    /// How many files stand one in another in this one, itself included.
    fn depth(&mut self, id: FileId) -> usize {
        if let Some(Some(known)) = self.depths.get(id.0) {
            return *known;
        }
        let Some(file) = self.library.file(id) else { return 0 };
        self.path.push(id);
        let mut deepest = 0;
        for reference in &file.references {
            let names = reference.names.as_deref().unwrap_or_default();
            let Some(next) = self.library.first(names) else { continue };
            if let Some(start) = self.path.iter().position(|open| *open == next) {
                let message = format!("these files name each other in a circle: {}", self.circle(start, next));
                self.errors.push(LocatedError::at(&file.source.name, reference.line, message));
                continue;
            }
            let depth = self.depth(next);
            if depth == MAX_DEPTH {
                let message =
                    format!("files are nested more than {MAX_DEPTH} deep from here on; name them more directly");
                self.errors.push(LocatedError::at(&file.source.name, reference.line, message));
            }
            deepest = deepest.max(depth);
        }
        self.path.pop();
        if let Some(depth) = self.depths.get_mut(id.0) {
            *depth = Some(deepest + 1);
        }
        deepest + 1
    }

    fn circle(&self, start: usize, end: FileId) -> String {
        let round = self.path.iter().skip(start).chain([&end]);
        let names = round.filter_map(|id| self.library.file(*id)).map(|file| self.short(&file.source.name));
        names.collect::<Vec<_>>().join(" -> ")
    }

    /// The name as templates write it.
    fn short<'n>(&self, name: &'n str) -> &'n str {
        let below = |folder| Path::new(name).strip_prefix(folder).ok()?.to_str();
        self.library.folder().and_then(below).unwrap_or(name)
    }
}
