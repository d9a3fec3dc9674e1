//! Checking statements.

use minijinja::machinery::Span;
use minijinja::machinery::ast::{Expr, Stmt};

use super::super::schema::Shape;
use super::names;
use super::types::Type;
use super::walker::Walker;

/// Most statements that are walked for one template, those of a file as often as it is named.
const MAX_STEPS: usize = 1_000_000;

impl<'l> Walker<'l> {
    pub(super) fn body(&mut self, statements: Vec<&'l Stmt<'l>>) {
        // Macros are known in the whole body, since one may use another that comes later.
        for statement in &statements {
            if let Stmt::Macro(declared) = statement {
                self.scopes.bind(declared.name, Some(Type::Macro));
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
    pub(super) fn check_backslash(&mut self, raw: &str, mut span: Span) {
        if (raw.len() - raw.trim_end_matches('\\').len()) % 2 == 1 {
            span.start_line = span.end_line;
            self.report(span, "there is a single backslash before `{{`; write a backslash twice in a properties file");
        }
    }

    pub(super) fn statement(&mut self, statement: &'l Stmt<'l>) {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            if self.steps == MAX_STEPS + 1 {
                self.report(Span::default(), names::TOO_MUCH);
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
                    self.report(set.span(), names::FILTERED_BLOCK);
                }
                self.with_text_sent(|walker| walker.scope(|walker| walker.body(set.body.iter().collect())));
                self.bind(&set.target, Some(Type::SafeText));
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
            Stmt::AutoEscape(block) => self.report(block.span(), names::AUTOESCAPE),
            Stmt::FilterBlock(block) => self.report(block.span(), names::FILTERED_BLOCK),
            Stmt::Block(block) => self.block(block),
            Stmt::Import(import) => self.import(import),
            Stmt::FromImport(import) => self.import_names(import),
            Stmt::Extends(extends) => self.report(extends.span(), names::EXTENDS_INSIDE),
            Stmt::Include(include) => self.include(include),
        }
    }

    pub(super) fn branching(&mut self, statement: &'l Stmt<'l>) {
        match statement {
            Stmt::ForLoop(each) => {
                self.mention_list(&each.iter);
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

    pub(super) fn macro_body(&mut self, arguments: &'l [Expr<'l>], defaults: &'l [Expr<'l>], body: &'l [Stmt<'l>]) {
        let outside = self.scopes.enter_macro();
        let block = self.frame.block.take();
        self.with_text_sent(|walker| {
            walker.scope(|walker| {
                walker.parameters(arguments, defaults);
                walker.scopes.bind("caller", Some(Type::Macro));
                walker.body(body.iter().collect());
            });
        });
        self.frame.block = block;
        self.scopes.leave_macro(outside);
    }

    /// The parameters of a macro. As the engine has it, the last one gets its value first, so a default sees those behind it.
    pub(super) fn parameters(&mut self, arguments: &'l [Expr<'l>], defaults: &'l [Expr<'l>]) {
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

    pub(super) fn emitted(&mut self, expression: &'l Expr<'l>) {
        let message = match self.expression(expression) {
            Some(Type::Shape(Shape::Group(names))) => {
                format!("this is a group of values and has no text of its own; it has: {}", names::group_names(names))
            }
            Some(Type::Shape(Shape::Open | Shape::Extra)) => {
                "this is a group of values and has no text of its own; name one of them".to_owned()
            }
            Some(Type::Shape(Shape::List(Shape::Secret))) => "this is a list of secrets; loop over it".to_owned(),
            Some(Type::Mixed(_)) => {
                "this is a list with secrets in it; loop over it, or name one of its items".to_owned()
            }
            Some(Type::Shape(Shape::List(_))) => {
                "this is a list; loop over it, or write `{{ … | join(',') }}`".to_owned()
            }
            Some(Type::Records(names)) => {
                format!("this is a list of records; loop over it; its records have: {}", names.listed())
            }
            Some(Type::Record(names)) => {
                format!("this is a record and has no text of its own; it has: {}", names.listed())
            }
            Some(Type::Module(module)) => {
                format!("this is a file that was imported and has no text of its own; it has: {}", module.listed())
            }
            Some(
                Type::Namespace
                | Type::Macro
                | Type::SafeText
                | Type::Unread(_)
                | Type::UnreadItem(_)
                | Type::Shape(Shape::Single | Shape::Secret),
            )
            | None => return,
        };
        self.report(expression.span(), message);
    }

    pub(super) fn bind(&mut self, target: &'l Expr<'l>, known: Option<Type>) {
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
}
