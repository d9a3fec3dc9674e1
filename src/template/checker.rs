//! Reads a template's syntax tree and those of all files that it names: every name in them, in branches too that no
//! sample takes.
//!
//! The engine's own `undeclared_variables` is not enough: it overlooks names in slices (`roster[:5]`) and in
//! `{% set vcard = vcard %}`, so a part would not be fetched; it knows neither lines nor what is inside a value, nor other
//! files. Those are walked where they are named, with the names that are known there, since that is what the engine does.

mod expressions;
mod files;
mod names;
mod namespaces;
mod operands;
mod scopes;

use std::collections::BTreeSet;

use minijinja::machinery::ast::{Expr, Stmt};
use minijinja::machinery::{self, Span};

use self::files::Place;
use self::names::Names;
use self::scopes::{Known, Scopes, Thing};
use super::error::Fault;
use super::language::environment::syntax;
use super::library::{FileId, Library};
use super::schema::Shape;
use crate::model::account::{ExtraNames, Part, Wanted};

/// Most statements that are walked for one template, those of a file as often as it is named.
const MAX_STEPS: usize = 1_000_000;

/// What a template uses.
#[derive(Debug, Clone, Default)]
pub(super) struct Usage {
    /// The first parts of the names it mentions.
    pub(super) roots: BTreeSet<&'static str>,
    /// What has to be fetched for them.
    pub(super) wanted: Wanted,
    /// Whether it mentions what the user is called, for which more than the vCard may have to be fetched.
    pub(super) display_name: bool,
    /// The files that it is made of.
    pub(super) files: BTreeSet<FileId>,
}

/// Reads all templates of a library.
pub(super) struct Audit<'l> {
    library: &'l Library,
    trees: Vec<Option<Stmt<'l>>>,
    extra: &'l ExtraNames,
}

impl<'l> Audit<'l> {
    /// Makes ready to read the files of `library`, where `extra.…` has the names `extra`.
    pub(super) fn new(library: &'l Library, extra: &'l ExtraNames) -> Self {
        let parse =
            |source: &'l super::library::source::Source| machinery::parse(&source.text, &source.name, syntax()).ok();
        let trees = library.files().map(|(_, file)| parse(&file.source)).collect();
        Self { library, trees, extra }
    }

    /// Reads the template `id`. The same fault can come several times.
    pub(super) fn template(&'l self, id: FileId) -> (FileId, Usage, Vec<Fault>) {
        let mut walker = Walker {
            audit: self,
            names: Names::new(),
            scopes: Scopes::new(),
            place: Place::new(id),
            usage: Usage::default(),
            faults: Vec::new(),
            unset: Vec::new(),
            steps: 0,
        };
        walker.template(id);
        (id, walker.usage, walker.faults)
    }

    fn tree(&'l self, id: FileId) -> Option<&'l Stmt<'l>> {
        self.library.files().zip(&self.trees).find(|((known, _), _)| *known == id).and_then(|(_, tree)| tree.as_ref())
    }
}

struct Walker<'l> {
    audit: &'l Audit<'l>,
    names: Names,
    scopes: Scopes,
    /// The file, and what it is to the others.
    place: Place<'l>,
    usage: Usage,
    faults: Vec<Fault>,
    /// The parameters of the macro whose defaults are walked.
    unset: Vec<&'l str>,
    steps: usize,
}

impl<'l> Walker<'l> {
    fn fault(&mut self, span: Span, message: impl Into<String>) {
        let file = self.audit.library.file(self.place.file).map_or("", |file| &file.source.name);
        self.faults.push(Fault::at(file, usize::from(span.start_line), message));
    }

    fn body(&mut self, statements: Vec<&'l Stmt<'l>>) {
        // Macros are known in the whole body, since one may use another that comes later.
        for statement in &statements {
            if let Stmt::Macro(declared) = statement {
                self.scopes.bind(declared.name, Some(Thing::Macro));
            }
        }
        let mut before: Option<(&str, Span)> = None;
        for statement in statements {
            if let (Some((raw, span)), Stmt::EmitExpr(_)) = (before, statement) {
                self.check_backslash(raw, span);
            }
            before = match statement {
                Stmt::EmitRaw(raw) => Some((raw.raw, raw.span())),
                _ => None,
            };
            self.statement(statement);
        }
    }

    /// A backslash right before a value would take part in the value's escapes.
    fn check_backslash(&mut self, raw: &str, mut span: Span) {
        if (raw.len() - raw.trim_end_matches('\\').len()) % 2 == 1 {
            span.start_line = span.end_line;
            self.fault(
                span,
                "a single backslash stands before `{{`; a backslash is written twice in a properties file",
            );
        }
    }

    fn scope(&mut self, inside: impl FnOnce(&mut Self)) {
        self.scopes.push();
        inside(self);
        self.scopes.pop();
    }

    fn statement(&mut self, statement: &'l Stmt<'l>) {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            if self.steps == MAX_STEPS + 1 {
                self.fault(Span::default(), names::TOO_MUCH);
            }
            return;
        }
        match statement {
            Stmt::Template(template) => self.body(template.children.iter().collect()),
            Stmt::EmitRaw(raw) => self.text(raw.raw, raw.span()),
            Stmt::EmitExpr(emit) => {
                self.text("{", emit.span());
                self.emitted(&emit.expr);
            }
            Stmt::ForLoop(_) | Stmt::IfCond(_) | Stmt::WithBlock(_) => self.branching(statement),
            Stmt::Set(set) => {
                let known = self.assigned(&set.target, &set.expr);
                self.bind(&set.target, known);
            }
            Stmt::SetBlock(set) => {
                if set.filter.is_some() {
                    self.fault(set.span(), names::FILTERED_BLOCK);
                }
                self.heard(|walker| walker.scope(|walker| walker.body(set.body.iter().collect())));
                self.bind(&set.target, Some(Thing::Finished));
            }
            Stmt::Macro(declared) => self.macro_body(&declared.args, &declared.defaults, &declared.body),
            Stmt::CallBlock(block) => {
                self.text("{", block.span());
                self.call(&block.call);
                let declared = &block.macro_decl;
                self.macro_body(&declared.args, &declared.defaults, &declared.body);
            }
            Stmt::Do(statement) => {
                self.call(&statement.call);
            }
            Stmt::AutoEscape(block) => self.fault(block.span(), names::AUTOESCAPE),
            Stmt::FilterBlock(block) => self.fault(block.span(), names::FILTERED_BLOCK),
            Stmt::Block(block) => self.block(block),
            Stmt::Import(import) => self.import(import),
            Stmt::FromImport(import) => self.import_names(import),
            Stmt::Extends(extends) => self.fault(extends.span(), names::EXTENDS_INSIDE),
            Stmt::Include(include) => self.include(include),
        }
    }

    fn branching(&mut self, statement: &'l Stmt<'l>) {
        match statement {
            Stmt::ForLoop(each) => {
                let known = self.expression(&each.iter);
                self.changed([&known], each.iter.span());
                let item = known.and_then(|list| list.item(None));
                self.scope(|walker| {
                    walker.bind(&each.target, item);
                    walker.scopes.bind("loop", None);
                    walker.optional(each.filter_expr.as_ref());
                    walker.body(each.body.iter().collect());
                });
                self.scope(|walker| walker.body(each.else_body.iter().collect()));
            }
            Stmt::IfCond(condition) => {
                self.expression(&condition.expr);
                // No scope: what is set in an `if` stays set after it.
                for branch in [&condition.true_body, &condition.false_body] {
                    self.scopes.branch(1);
                    self.body(branch.iter().collect());
                    self.scopes.branch(-1);
                }
            }
            Stmt::WithBlock(with) => self.scope(|walker| {
                for (target, value) in &with.assignments {
                    let known = walker.assigned(target, value);
                    walker.bind(target, known);
                }
                walker.body(with.body.iter().collect());
            }),
            _ => {}
        }
    }

    fn macro_body(&mut self, arguments: &'l [Expr<'l>], defaults: &'l [Expr<'l>], body: &'l [Stmt<'l>]) {
        let outside = self.scopes.enter_macro();
        let block = self.place.block.take();
        self.heard(|walker| {
            walker.scope(|walker| {
                walker.parameters(arguments, defaults);
                walker.scopes.bind("caller", Some(Thing::Macro));
                walker.body(body.iter().collect());
            });
        });
        self.place.block = block;
        self.scopes.leave_macro(outside);
    }

    /// The parameters of a macro. As the engine has it, the last one gets its value first, so a default sees those behind it.
    fn parameters(&mut self, arguments: &'l [Expr<'l>], defaults: &'l [Expr<'l>]) {
        let name = |argument: &Expr<'l>| if let Expr::Var(name) = argument { Some(name.id) } else { None };
        let outside = std::mem::replace(&mut self.unset, arguments.iter().filter_map(name).collect());
        let mut defaults = defaults.iter().rev();
        for argument in arguments.iter().rev() {
            if let Some(value) = defaults.next() {
                self.expression(value);
            }
            self.bind(argument, None);
        }
        self.unset = outside;
    }

    fn emitted(&mut self, expression: &'l Expr<'l>) {
        let message = match self.expression(expression) {
            Some(Thing::Shape(Shape::Group(names))) => {
                format!("this is a group of values and has no text of its own; it has: {}", names::of(names))
            }
            Some(Thing::Shape(Shape::Open | Shape::Extra)) => {
                "this is a group of values and has no text of its own; name one of them".to_owned()
            }
            Some(Thing::Shape(Shape::List(Shape::Secret))) => "this is a list of secrets; loop over it".to_owned(),
            Some(Thing::Mixed(_)) => {
                "this is a list with secrets in it; loop over it, or name one of its items".to_owned()
            }
            Some(Thing::Shape(Shape::List(_))) => {
                "this is a list; loop over it, or write `{{ … | join(',') }}`".to_owned()
            }
            Some(Thing::Module(module)) => {
                format!("this is a file that was imported and has no text of its own; it has: {}", module.listed())
            }
            Some(Thing::Namespace | Thing::Macro | Thing::Finished | Thing::Shape(Shape::Single | Shape::Secret))
            | None => return,
        };
        self.fault(expression.span(), message);
    }

    fn bind(&mut self, target: &'l Expr<'l>, known: Known) {
        match target {
            Expr::Var(name) => self.scopes.bind(name.id, known),
            Expr::List(list) => list.items.iter().for_each(|item| self.bind(item, None)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.bind(item, None)),
            // An attribute of a namespace.
            other => {
                self.expression(other);
            }
        }
    }

    /// Notes that the name `root.path` is used; an empty path means all of it.
    fn mention(&mut self, root: &'static str, path: &[&str]) {
        self.usage.roots.insert(root);
        self.usage.display_name |= root == "user" && matches!(path.first(), None | Some(&"display_name"));
        let parts: &[Part] = match (root, path.first()) {
            ("vcard", None) => &[Part::Vcard, Part::Photo],
            ("vcard", Some(&"photo")) => &[Part::Photo],
            ("vcard", Some(_)) | ("user", None | Some(&"display_name")) => &[Part::Vcard],
            ("roster" | "roster_groups", _) => &[Part::Roster],
            ("groups", _) => &[Part::Groups],
            ("account", _) => &[Part::Account],
            _ => &[],
        };
        self.usage.wanted = parts.iter().fold(self.usage.wanted, |wanted, part| wanted.with(*part));
    }
}
