//! Checking files that are named: `include`, `import`, `extends`.
//!
//! As the engine has it: a file that is included sees all names of the place and leaves its own there; one that is
//! imported sees them too, and what it sets is had by the name it is imported as; one that extends another first sets its
//! own names, then is the other one, with its own blocks in the places of the other's.

use std::collections::BTreeMap;
use std::rc::Rc;

use minijinja::machinery::Span;
use minijinja::machinery::ast::{Expr, FromImport, Import, Include, Spanned, Stmt};

use super::super::library::{self, FileId};
use super::blocks::collect;
use super::frame::{Frame, Placed, Unsent};
use super::names;
use super::types::{Module, Type};
use super::walker::Walker;

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
        let outside = std::mem::replace(&mut self.frame, Frame { blocks: Rc::new(blocks), ..Frame::new(id) });
        let root = line.pop();
        for file in &line {
            self.enter(*file, Some(Unsent::Extending));
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
        self.frame = outside;
    }

    pub(super) fn include(&mut self, include: &'l Spanned<Include<'l>>) {
        if self.frame.unsent.is_some() {
            return self.report(include.span(), names::INCLUDE_SILENT);
        }
        let names = library::names(&include.name).unwrap_or_default();
        if let Some(id) = self.checker.library.first(&names) {
            let floor = self.scopes.enter_file();
            self.template(id);
            self.scopes.leave_file(floor);
        }
    }

    pub(super) fn import(&mut self, import: &'l Import<'l>) {
        let module = self.module(&import.expr);
        self.bind(&import.name, module.map(|module| Type::Module(Rc::new(module))));
    }

    pub(super) fn import_names(&mut self, import: &'l FromImport<'l>) {
        let Some(module) = self.module(&import.expr) else { return };
        for (name, alias) in &import.names {
            let Expr::Var(variable) = name else { continue };
            let known = module.find(variable.id);
            if known.is_none() {
                self.report(name.span(), module.has_no("this file", variable.id));
            }
            self.bind(alias.as_ref().unwrap_or(name), known.cloned().flatten());
        }
    }

    /// Walks a file that is imported.
    fn module(&mut self, name: &'l Expr<'l>) -> Option<Module> {
        let id = self.checker.library.first(&library::name(name).ok()?)?;
        let outside = std::mem::replace(&mut self.frame, Frame::new(id));
        let floor = self.scopes.enter_file();
        self.scopes.push();
        self.enter(id, Some(Unsent::Imported));
        self.body(self.children(id).iter().collect());
        let module = self.scopes.pop_module();
        self.scopes.leave_file(floor);
        self.frame = outside;
        Some(module)
    }

    /// Text that may be sent or not.
    pub(super) fn text(&mut self, text: &str, mut span: Span) {
        let is_comment = |line: &str| line.is_empty() || line.starts_with(['#', '!']);
        let Some(before) = text.lines().position(|line| !is_comment(line.trim())) else { return };
        let message = match self.frame.unsent {
            Some(Unsent::Extending) => names::TEXT_EXTENDING,
            Some(Unsent::Imported) => names::TEXT_IMPORTED,
            Some(Unsent::Reported) | None => return,
        };
        span.start_line = span.start_line.saturating_add(u16::try_from(before).unwrap_or(u16::MAX));
        self.report(span, message);
        self.frame.unsent = Some(Unsent::Reported);
    }

    /// Walks what is sent, or kept for later, wherever it stands.
    pub(super) fn with_text_sent(&mut self, inside: impl FnOnce(&mut Self)) {
        let unsent = self.frame.unsent.take();
        inside(self);
        self.frame.unsent = unsent;
    }

    fn enter(&mut self, file: FileId, unsent: Option<Unsent>) {
        self.usage.files.insert(file);
        self.frame.file = file;
        self.frame.unsent = unsent;
    }

    /// The file that a file extends.
    fn parent(&self, file: FileId) -> Option<FileId> {
        let extends = self.children(file).iter().find_map(|statement| match statement {
            Stmt::Extends(extends) => Some(extends),
            _ => None,
        })?;
        self.checker.library.first(&library::name(&extends.name).ok()?)
    }

    pub(super) fn children(&self, file: FileId) -> &'l [Stmt<'l>] {
        match self.checker.tree(file) {
            Some(Stmt::Template(template)) => &template.children,
            _ => &[],
        }
    }
}
