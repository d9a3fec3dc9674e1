//! Reads a template's syntax tree: every name in it, in branches too that no sample takes.
//!
//! The engine's own `undeclared_variables` is not enough: it overlooks names in slices (`roster[:5]`) and in
//! `{% set vcard = vcard %}`, so a part would not be fetched; it knows neither lines nor what is inside a value.

mod expressions;
mod names;

use std::collections::{BTreeSet, HashMap};

use minijinja::machinery::ast::{Expr, Stmt};
use minijinja::machinery::{self, Span};

use self::names::Names;
use super::environment::syntax;
use super::error::Fault;
use super::schema::Shape;
use super::source::Source;
use crate::account::{Part, Wanted};

/// What a template uses.
#[derive(Debug, Default)]
pub(super) struct Usage {
    /// The first parts of the names it mentions.
    pub(super) roots: BTreeSet<&'static str>,
    /// What has to be fetched for them.
    pub(super) wanted: Wanted,
}

/// Reads the template. Faults come in the order of the text.
pub(super) fn audit(source: &Source) -> (Usage, Vec<Fault>) {
    let tree = match machinery::parse(&source.text, &source.name, syntax()) {
        Ok(tree) => tree,
        Err(error) => return (Usage::default(), vec![Fault::of_sample(&source.name, &error)]),
    };
    let mut walker = Walker {
        source,
        names: Names::new(),
        scopes: vec![Scope::default()],
        usage: Usage::default(),
        faults: Vec::new(),
    };
    walker.statement(&tree);
    walker.faults.sort_by_key(|fault| fault.line);
    walker.faults.dedup();
    (walker.usage, walker.faults)
}

/// What is known of an expression's value.
type Known = Option<&'static Shape>;

/// Names that a template gives to values of its own.
#[derive(Default)]
struct Scope {
    names: HashMap<String, Own>,
    /// In how many branches of `if` inside this scope the walk is.
    branches: usize,
}

/// A name of the template's own.
#[derive(Clone, Copy)]
struct Own {
    known: Known,
    /// Set in a branch only. Where the branch is not taken, a name of the context shows through.
    perhaps: bool,
}

struct Walker<'s> {
    source: &'s Source,
    names: Names,
    /// Where the template's own names live, innermost last.
    scopes: Vec<Scope>,
    usage: Usage,
    faults: Vec<Fault>,
}

impl Walker<'_> {
    fn fault(&mut self, span: Span, message: impl Into<String>) {
        self.faults.push(Fault::at(&self.source.name, usize::from(span.start_line), message));
    }

    fn body(&mut self, statements: &[Stmt<'_>]) {
        // Macros are known in the whole body, since one may use another that comes later.
        for statement in statements {
            if let Stmt::Macro(declared) = statement {
                self.bind_name(declared.name, None);
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
        self.scopes.push(Scope::default());
        inside(self);
        self.scopes.pop();
    }

    fn statement(&mut self, statement: &Stmt<'_>) {
        match statement {
            Stmt::Template(template) => self.body(&template.children),
            Stmt::EmitRaw(_) => {}
            Stmt::EmitExpr(emit) => self.emitted(&emit.expr),
            Stmt::ForLoop(each) => {
                let item = match self.expression(&each.iter) {
                    Some(Shape::List(item)) => Some(*item),
                    _ => None,
                };
                self.scope(|walker| {
                    walker.bind(&each.target, item);
                    walker.bind_name("loop", None);
                    walker.optional(each.filter_expr.as_ref());
                    walker.body(&each.body);
                });
                self.scope(|walker| walker.body(&each.else_body));
            }
            Stmt::IfCond(condition) => {
                self.expression(&condition.expr);
                // No scope: what is set in an `if` stays set after it.
                self.branch(&condition.true_body);
                self.branch(&condition.false_body);
            }
            Stmt::WithBlock(with) => self.scope(|walker| {
                for (target, value) in &with.assignments {
                    let known = walker.expression(value);
                    walker.bind(target, known);
                }
                walker.body(&with.body);
            }),
            Stmt::Set(set) => {
                let known = self.expression(&set.expr);
                self.bind(&set.target, known);
            }
            Stmt::SetBlock(set) => {
                if set.filter.is_some() {
                    self.fault(set.span(), names::FILTERED_BLOCK);
                }
                self.scope(|walker| walker.body(&set.body));
                self.bind(&set.target, None);
            }
            Stmt::Macro(declared) => self.macro_body(&declared.args, &declared.defaults, &declared.body),
            Stmt::CallBlock(block) => {
                self.call(&block.call);
                let declared = &block.macro_decl;
                self.macro_body(&declared.args, &declared.defaults, &declared.body);
            }
            Stmt::Do(statement) => {
                self.call(&statement.call);
            }
            Stmt::AutoEscape(block) => self.fault(block.span(), names::AUTOESCAPE),
            Stmt::FilterBlock(block) => self.fault(block.span(), names::FILTERED_BLOCK),
            Stmt::Block(block) => self.fault(block.span(), names::ONE_FILE),
            Stmt::Import(import) => self.fault(import.span(), names::ONE_FILE),
            Stmt::FromImport(import) => self.fault(import.span(), names::ONE_FILE),
            Stmt::Extends(extends) => self.fault(extends.span(), names::ONE_FILE),
            Stmt::Include(include) => self.fault(include.span(), names::ONE_FILE),
        }
    }

    fn branch(&mut self, statements: &[Stmt<'_>]) {
        self.count_branches(1);
        self.body(statements);
        self.count_branches(-1);
    }

    fn count_branches(&mut self, change: isize) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.branches = scope.branches.saturating_add_signed(change);
        }
    }

    fn macro_body(&mut self, arguments: &[Expr<'_>], defaults: &[Expr<'_>], body: &[Stmt<'_>]) {
        self.scope(|walker| {
            for argument in arguments {
                walker.bind(argument, None);
            }
            walker.bind_name("caller", None);
            for value in defaults {
                walker.expression(value);
            }
            walker.body(body);
        });
    }

    fn emitted(&mut self, expression: &Expr<'_>) {
        let message = match self.expression(expression) {
            Some(Shape::Group(names)) => {
                format!("this is a group of values and has no text of its own; it has: {}", names::of(names))
            }
            Some(Shape::Open) => "this is a group of values and has no text of its own; name one of them".to_owned(),
            Some(Shape::List(_)) => "this is a list; loop over it, or write `{{ … | join(',') }}`".to_owned(),
            Some(Shape::Single) | None => return,
        };
        self.fault(expression.span(), message);
    }

    fn bind(&mut self, target: &Expr<'_>, known: Known) {
        match target {
            Expr::Var(name) => self.bind_name(name.id, known),
            Expr::List(list) => list.items.iter().for_each(|item| self.bind(item, None)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.bind(item, None)),
            // An attribute of a namespace.
            other => {
                self.expression(other);
            }
        }
    }

    fn bind_name(&mut self, name: &str, known: Known) {
        let Some(scope) = self.scopes.last_mut() else { return };
        let new = Own { known, perhaps: scope.branches > 0 };
        let own = scope.names.entry(name.to_owned()).or_insert(new);
        // What is set twice, perhaps in two branches, may be either.
        own.known = own.known.filter(|old| Some(*old) == known);
        own.perhaps &= new.perhaps;
    }

    /// Notes that the name `root.path` is used; an empty path means all of it.
    fn mention(&mut self, root: &'static str, path: &[&str]) {
        self.usage.roots.insert(root);
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
