//! Blocks, and what files that extend each other put in their places.

use std::collections::BTreeMap;
use std::rc::Rc;

use jitsi_properties::suggestion::nearest;
use minijinja::machinery::Span;
use minijinja::machinery::ast::{Block, Spanned, Stmt};

use super::super::library::FileId;
use super::super::schema::listed;
use super::frame::{Placed, Unsent};
use super::names;
use super::walker::Walker;

impl<'l> Walker<'l> {
    /// A block where it stands. What other files put in its place is walked there; what they cover is walked too, since a
    /// mistake is one wherever it is, but counts for nothing.
    pub(super) fn block(&mut self, block: &'l Spanned<Block<'l>>) {
        match self.frame.unsent {
            Some(Unsent::Extending) => return self.report(block.span(), names::BLOCK_INSIDE),
            Some(_) => return self.report(block.span(), names::BLOCK_IMPORTED),
            None => {}
        }
        let levels = self.frame.blocks.get(block.name).map_or(0, Vec::len);
        if levels == 1 && block.required {
            self.report(
                block.span(),
                format!("the block `{}` has to be written in a file that extends this one", block.name),
            );
        }
        for level in 0..levels {
            if level == 0 {
                self.run(block.name, level, block.span());
            } else if !self.frame.walked.contains(&(block.name, level)) {
                let usage = self.usage.clone();
                let covered = std::mem::replace(&mut self.frame.covered, true);
                self.run(block.name, level, block.span());
                self.frame.covered = covered;
                self.usage = usage;
            }
        }
    }

    /// `super()`.
    pub(super) fn parent_block(&mut self, span: Span) {
        let Some((name, level)) = self.frame.block else { return self.report(span, names::SUPER_OUTSIDE) };
        if self.frame.blocks.get(name).is_some_and(|levels| levels.len() > level + 1) {
            self.run(name, level + 1, span);
        } else {
            self.report(
                span,
                format!("no file that this one extends has a block `{name}`, so `super()` has no meaning here"),
            );
        }
    }

    /// `self.name()`.
    pub(super) fn own_block(&mut self, name: &'l str, span: Span) {
        if self.frame.unsent.is_some() {
            return self.report(span, names::SELF_SILENT);
        }
        if !self.frame.blocks.contains_key(name) {
            let known = || self.frame.blocks.keys().copied();
            let hint = match nearest(name, known()) {
                Some(meant) => format!("; did you mean `{meant}`?"),
                None if self.frame.blocks.is_empty() => "; there are no blocks here".to_owned(),
                None => format!("; there are: {}", listed(known())),
            };
            return self.report(span, format!("there is no block `{name}`{hint}"));
        }
        // Inside of a macro it sees what the macro sees.
        let floor = self.scopes.enter_file();
        self.run(name, 0, span);
        self.scopes.leave_file(floor);
    }

    fn run(&mut self, name: &'l str, level: usize, span: Span) {
        let blocks = Rc::clone(&self.frame.blocks);
        let Some((file, block)) = blocks.get(name).and_then(|levels| levels.get(level)) else { return };
        if self.frame.running.contains(&(name, level)) {
            return self.report(span, format!("the block `{name}` contains itself"));
        }
        self.frame.running.push((name, level));
        self.frame.walked.insert((name, level));
        if !self.frame.covered {
            self.frame.sent.insert(name);
        }
        let outside = (self.frame.file, self.frame.block.replace((name, level)));
        self.frame.file = *file;
        self.with_text_sent(|walker| walker.scope(|walker| walker.body(block.body.iter().collect())));
        (self.frame.file, self.frame.block) = outside;
        self.frame.running.pop();
    }

    /// Blocks of a file that extends another, for which that one has no place.
    pub(super) fn check_blocks(&mut self, file: FileId) {
        self.frame.file = file;
        for statement in self.children(file) {
            let Stmt::Block(block) = statement else { continue };
            if !self.frame.sent.contains(block.name) {
                let others = || self.frame.sent.iter().copied();
                let hint = match nearest(block.name, others()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None if self.frame.sent.is_empty() => "they have none".to_owned(),
                    None => format!("they have: {}", listed(others())),
                };
                let name = block.name;
                self.report(
                    block.span(),
                    format!("the files that this one extends have no place for a block `{name}`; {hint}"),
                );
            }
        }
    }
}

/// All blocks of a statement.
pub(super) fn collect<'l>(file: FileId, statement: &'l Stmt<'l>, blocks: &mut BTreeMap<&'l str, Vec<Placed<'l>>>) {
    let mut all = |statements: &'l [Stmt<'l>]| statements.iter().for_each(|inner| collect(file, inner, blocks));
    match statement {
        Stmt::Block(block) => {
            all(&block.body);
            blocks.entry(block.name).or_default().push((file, block));
        }
        Stmt::Template(template) => all(&template.children),
        Stmt::ForLoop(each) => {
            all(&each.body);
            all(&each.else_body);
        }
        Stmt::IfCond(condition) => {
            all(&condition.true_body);
            all(&condition.false_body);
        }
        Stmt::WithBlock(with) => all(&with.body),
        Stmt::SetBlock(set) => all(&set.body),
        // What else there is holds no blocks, or is refused.
        _ => {}
    }
}
