//! Where the walk is.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use minijinja::machinery::ast::Block;

use super::super::library::FileId;

/// Where the walk is.
pub(super) struct Frame<'l> {
    pub(super) file: FileId,
    /// Why text is not sent here, if it is not.
    pub(super) unsent: Option<Unsent>,
    /// The block that the walk is directly in, and how many files up its text stands.
    pub(super) block: Option<(&'l str, usize)>,
    /// All blocks by name, those of the file that extends first.
    pub(super) blocks: Rc<BTreeMap<&'l str, Vec<Placed<'l>>>>,
    /// The blocks that the walk is in.
    pub(super) running: Vec<(&'l str, usize)>,
    /// The blocks that were walked.
    pub(super) walked: BTreeSet<(&'l str, usize)>,
    /// The names of those that are sent.
    pub(super) sent: BTreeSet<&'l str>,
    /// Whether the walk is in a block that others cover.
    pub(super) covered: bool,
}

/// Why text is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsent {
    /// It stands outside of the blocks of a file that extends another.
    Extending,
    /// It stands outside of the macros of a file that was imported.
    Imported,
    /// The same, and was reported already.
    Reported,
}

/// A block, and the file in which it stands.
pub(super) type Placed<'l> = (FileId, &'l Block<'l>);

impl Frame<'_> {
    pub(super) fn new(file: FileId) -> Self {
        Self {
            file,
            unsent: None,
            block: None,
            blocks: Rc::default(),
            running: Vec::new(),
            walked: BTreeSet::new(),
            sent: BTreeSet::new(),
            covered: false,
        }
    }
}
