//! The audit's way into other files: `include`, `import`, `extends`, and the blocks of files that extend each other.
//!
//! As the engine has it: a file that is included sees all names of the place and leaves its own there; one that is
//! imported sees them too, and what it sets is had by the name it is imported as; one that extends another first sets its
//! own names, then is the other one, with its own blocks in the places of the other's.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use minijinja::machinery::Span;
use minijinja::machinery::ast::{Block, Expr, FromImport, Import, Include, Spanned, Stmt};

use super::super::library::{self, FileId};
use super::super::schema::{closest, listed};
use super::scopes::{Module, Thing};
use super::{Walker, names};

/// Where the walk is.
pub(super) struct Place<'l> {
    pub(super) file: FileId,
    /// Why text is not sent here, if it is not.
    pub(super) silence: Option<Silence>,
    /// The block that the walk is directly in, and how many files up its text stands.
    pub(super) block: Option<(&'l str, usize)>,
    /// All blocks by name, those of the file that extends first.
    blocks: Rc<BTreeMap<&'l str, Vec<Placed<'l>>>>,
    /// The blocks that the walk is in.
    running: Vec<(&'l str, usize)>,
    /// The blocks that were walked.
    walked: BTreeSet<(&'l str, usize)>,
    /// The names of those that are sent.
    sent: BTreeSet<&'l str>,
    /// Whether the walk is in a block that others cover.
    covered: bool,
}

/// Why text is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Silence {
    /// It stands outside of the blocks of a file that extends another.
    Extending,
    /// It stands outside of the macros of a file that was imported.
    Imported,
    /// The same, and was told already.
    Told,
}

/// A block, and the file in which it stands.
type Placed<'l> = (FileId, &'l Block<'l>);

impl Place<'_> {
    pub(super) fn new(file: FileId) -> Self {
        Self {
            file,
            silence: None,
            block: None,
            blocks: Rc::default(),
            running: Vec::new(),
            walked: BTreeSet::new(),
            sent: BTreeSet::new(),
            covered: false,
        }
    }
}

impl<'l> Walker<'l> {
    /// Walks a file with all files that it extends.
    pub(super) fn template(&mut self, id: FileId) {
        let mut line = vec![id];
        while let Some(parent) = line.last().and_then(|last| self.parent(*last)) {
            line.push(parent);
        }
        let mut blocks: BTreeMap<_, Vec<Placed<'l>>> = BTreeMap::new();
        for file in &line {
            self.children(*file).iter().for_each(|statement| collect(*file, statement, &mut blocks));
        }
        let outside = std::mem::replace(&mut self.place, Place { blocks: Rc::new(blocks), ..Place::new(id) });
        let root = line.pop();
        for file in &line {
            self.enter(*file, Some(Silence::Extending));
            let mut extends = 0;
            let own = self.children(*file).iter().filter(|statement| {
                extends += usize::from(matches!(statement, Stmt::Extends(_)));
                !matches!(statement, Stmt::Block(_)) && (extends != 1 || !matches!(statement, Stmt::Extends(_)))
            });
            self.body(own.collect());
        }
        if let Some(root) = root {
            self.enter(root, None);
            self.body(self.children(root).iter().collect());
        }
        for file in line {
            self.check_blocks(file);
        }
        self.place = outside;
    }

    pub(super) fn include(&mut self, include: &'l Spanned<Include<'l>>) {
        if self.place.silence.is_some() {
            return self.fault(include.span(), names::INCLUDE_SILENT);
        }
        let names = library::names(&include.name).unwrap_or_default();
        if let Some(id) = self.audit.library.first(&names) {
            let floor = self.scopes.enter_file();
            self.template(id);
            self.scopes.leave_file(floor);
        }
    }

    pub(super) fn import(&mut self, import: &'l Import<'l>) {
        let module = self.module(&import.expr);
        self.bind(&import.name, module.map(|module| Thing::Module(Rc::new(module))));
    }

    pub(super) fn import_names(&mut self, import: &'l FromImport<'l>) {
        let Some(module) = self.module(&import.expr) else { return };
        for (name, alias) in &import.names {
            let Expr::Var(variable) = name else { continue };
            let known = module.find(variable.id);
            if known.is_none() {
                self.fault(name.span(), module.has_no("this file", variable.id));
            }
            self.bind(alias.as_ref().unwrap_or(name), known.flatten());
        }
    }

    /// Walks a file that is imported.
    fn module(&mut self, name: &'l Expr<'l>) -> Option<Module> {
        let id = self.audit.library.first(&library::name(name).ok()?)?;
        let outside = std::mem::replace(&mut self.place, Place::new(id));
        let floor = self.scopes.enter_file();
        self.scopes.push();
        self.enter(id, Some(Silence::Imported));
        self.body(self.children(id).iter().collect());
        let module = self.scopes.pop_module();
        self.scopes.leave_file(floor);
        self.place = outside;
        Some(module)
    }

    /// A block where it stands. What other files put in its place is walked there; what they cover is walked too, since a
    /// mistake is one wherever it is, but counts for nothing.
    pub(super) fn block(&mut self, block: &'l Spanned<Block<'l>>) {
        match self.place.silence {
            Some(Silence::Extending) => return self.fault(block.span(), names::BLOCK_INSIDE),
            Some(_) => return self.fault(block.span(), names::BLOCK_IMPORTED),
            None => {}
        }
        let levels = self.place.blocks.get(block.name).map_or(0, Vec::len);
        if levels == 1 && block.required {
            self.fault(
                block.span(),
                format!("the block `{}` has to be written in a file that extends this one", block.name),
            );
        }
        for level in 0..levels {
            if level == 0 {
                self.run(block.name, level, block.span());
            } else if !self.place.walked.contains(&(block.name, level)) {
                let usage = self.usage.clone();
                let covered = std::mem::replace(&mut self.place.covered, true);
                self.run(block.name, level, block.span());
                self.place.covered = covered;
                self.usage = usage;
            }
        }
    }

    /// `super()`.
    pub(super) fn parent_block(&mut self, span: Span) {
        let Some((name, level)) = self.place.block else { return self.fault(span, names::SUPER_OUTSIDE) };
        if self.place.blocks.get(name).is_some_and(|levels| levels.len() > level + 1) {
            self.run(name, level + 1, span);
        } else {
            self.fault(span, format!("no file that this one extends has a block `{name}`, so `super()` is nothing"));
        }
    }

    /// `self.name()`.
    pub(super) fn own_block(&mut self, name: &'l str, span: Span) {
        if self.place.silence.is_some() {
            return self.fault(span, names::SELF_SILENT);
        }
        if !self.place.blocks.contains_key(name) {
            let known = || self.place.blocks.keys().copied();
            let hint = match closest(name, known()) {
                Some(meant) => format!("; did you mean `{meant}`?"),
                None if self.place.blocks.is_empty() => "; there are no blocks here".to_owned(),
                None => format!("; there are: {}", listed(known())),
            };
            return self.fault(span, format!("there is no block `{name}`{hint}"));
        }
        // Inside of a macro it sees what the macro sees.
        let floor = self.scopes.enter_file();
        self.run(name, 0, span);
        self.scopes.leave_file(floor);
    }

    fn run(&mut self, name: &'l str, level: usize, span: Span) {
        let blocks = Rc::clone(&self.place.blocks);
        let Some((file, block)) = blocks.get(name).and_then(|levels| levels.get(level)) else { return };
        if self.place.running.contains(&(name, level)) {
            return self.fault(span, format!("the block `{name}` contains itself"));
        }
        self.place.running.push((name, level));
        self.place.walked.insert((name, level));
        if !self.place.covered {
            self.place.sent.insert(name);
        }
        let outside = (self.place.file, self.place.block.replace((name, level)));
        self.place.file = *file;
        self.heard(|walker| walker.scope(|walker| walker.body(block.body.iter().collect())));
        (self.place.file, self.place.block) = outside;
        self.place.running.pop();
    }

    /// Blocks of a file that extends another, for which nobody has a place.
    fn check_blocks(&mut self, file: FileId) {
        self.place.file = file;
        for statement in self.children(file) {
            let Stmt::Block(block) = statement else { continue };
            if !self.place.sent.contains(block.name) {
                let others = || self.place.sent.iter().copied();
                let hint = match closest(block.name, others()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None if self.place.sent.is_empty() => "they have none".to_owned(),
                    None => format!("they have: {}", listed(others())),
                };
                let name = block.name;
                self.fault(
                    block.span(),
                    format!("the files that this one extends have no place for a block `{name}`; {hint}"),
                );
            }
        }
    }

    /// Text that may be sent or not.
    pub(super) fn text(&mut self, text: &str, mut span: Span) {
        let is_comment = |line: &str| line.is_empty() || line.starts_with(['#', '!']);
        let Some(before) = text.lines().position(|line| !is_comment(line.trim())) else { return };
        let message = match self.place.silence {
            Some(Silence::Extending) => names::TEXT_EXTENDING,
            Some(Silence::Imported) => names::TEXT_IMPORTED,
            Some(Silence::Told) | None => return,
        };
        span.start_line = span.start_line.saturating_add(u16::try_from(before).unwrap_or(u16::MAX));
        self.fault(span, message);
        self.place.silence = Some(Silence::Told);
    }

    /// Walks what is sent, or kept for later, wherever it stands.
    pub(super) fn heard(&mut self, inside: impl FnOnce(&mut Self)) {
        let silence = self.place.silence.take();
        inside(self);
        self.place.silence = silence;
    }

    fn enter(&mut self, file: FileId, silence: Option<Silence>) {
        self.usage.files.insert(file);
        self.place.file = file;
        self.place.silence = silence;
    }

    /// The file that a file extends.
    fn parent(&self, file: FileId) -> Option<FileId> {
        let extends = self.children(file).iter().find_map(|statement| match statement {
            Stmt::Extends(extends) => Some(extends),
            _ => None,
        })?;
        self.audit.library.first(&library::name(&extends.name).ok()?)
    }

    fn children(&self, file: FileId) -> &'l [Stmt<'l>] {
        match self.audit.tree(file) {
            Some(Stmt::Template(template)) => &template.children,
            _ => &[],
        }
    }
}

/// All blocks of a statement.
fn collect<'l>(file: FileId, statement: &'l Stmt<'l>, blocks: &mut BTreeMap<&'l str, Vec<Placed<'l>>>) {
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
