//! Statements, written again.

use minijinja::machinery::ast::{Expr, ForLoop, IfCond, Macro, Stmt};

use super::writer::Writer;

impl<'s> Writer<'s> {
    fn body(&mut self, statements: &[Stmt<'s>]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    pub(super) fn statement(&mut self, statement: &Stmt<'s>) {
        match statement {
            Stmt::Template(template) => self.body(&template.children),
            Stmt::EmitRaw(raw) => self.raw(raw.raw),
            Stmt::EmitExpr(emit) => {
                self.open(emit.span().start_line, "{{ ");
                self.expression(&emit.expr, 0);
                self.put(" }}");
            }
            Stmt::ForLoop(each) => {
                self.open(each.span().start_line, "{% for ");
                self.for_loop(each);
            }
            Stmt::IfCond(condition) => {
                self.open(condition.span().start_line, "{% if ");
                self.condition(condition);
            }
            Stmt::Block(block) => {
                let required = if block.required { " required" } else { "" };
                self.open(block.span().start_line, &format!("{{% block {}{required} %}}", block.name));
                self.body(&block.body);
                self.put("{% endblock %}");
            }
            Stmt::Macro(declared) => {
                self.open(declared.span().start_line, &format!("{{% macro {}", declared.name));
                self.signature(declared);
                self.put(" %}");
                self.body(&declared.body);
                self.put("{% endmacro %}");
            }
            Stmt::CallBlock(block) => {
                self.open(block.span().start_line, "{% call");
                self.signature(&block.macro_decl);
                self.put(" ");
                self.call(&block.call);
                self.put(" %}");
                self.body(&block.macro_decl.body);
                self.put("{% endcall %}");
            }
            Stmt::WithBlock(_) | Stmt::Set(_) | Stmt::SetBlock(_) | Stmt::AutoEscape(_) | Stmt::FilterBlock(_) => {
                self.setting(statement);
            }
            Stmt::Import(_) | Stmt::FromImport(_) | Stmt::Extends(_) | Stmt::Include(_) | Stmt::Do(_) => {
                self.single(statement);
            }
        }
    }

    /// The template's own text.
    fn raw(&mut self, text: &str) {
        let start = (text.as_ptr() as usize).saturating_sub(self.source.as_ptr() as usize);
        let before = self.source.get(..start).unwrap_or_default();
        self.reach_outside(before.matches('\n').count() + 1);
        if text.ends_with('{') || ["{{", "{%", "{#"].iter().any(|mark| text.contains(mark)) {
            self.put("{% raw %}");
            self.put(text);
            self.put("{% endraw %}");
        } else {
            self.put(text);
        }
    }

    fn for_loop(&mut self, each: &ForLoop<'s>) {
        self.target(&each.target);
        self.put(" in ");
        self.expression(&each.iter, 1);
        if let Some(condition) = &each.filter_expr {
            self.put(" if ");
            self.expression(condition, 1);
        }
        self.put(if each.recursive { " recursive %}" } else { " %}" });
        self.body(&each.body);
        if !each.else_body.is_empty() {
            self.put("{% else %}");
            self.body(&each.else_body);
        }
        self.put("{% endfor %}");
    }

    fn condition(&mut self, first: &IfCond<'s>) {
        let mut condition = first;
        loop {
            self.expression(&condition.expr, 1);
            self.put(" %}");
            self.body(&condition.true_body);
            match condition.false_body.as_slice() {
                [] => break,
                // As many as there are stand in one another, and the parser takes only `elif` that deep.
                [Stmt::IfCond(next)] => {
                    self.open(next.span().start_line, "{% elif ");
                    condition = next;
                }
                other => {
                    self.put("{% else %}");
                    self.body(other);
                    break;
                }
            }
        }
        self.put("{% endif %}");
    }

    /// The names that a macro takes.
    fn signature(&mut self, declared: &Macro<'s>) {
        self.put("(");
        let plain = declared.args.len().saturating_sub(declared.defaults.len());
        for (place, name) in declared.args.iter().enumerate() {
            self.put(if place == 0 { "" } else { ", " });
            self.target(name);
            if let Some(value) = place.checked_sub(plain).and_then(|place| declared.defaults.get(place)) {
                self.put("=");
                self.expression(value, 0);
            }
        }
        self.put(")");
    }

    fn setting(&mut self, statement: &Stmt<'s>) {
        match statement {
            Stmt::WithBlock(with) => {
                self.open(with.span().start_line, "{% with ");
                for (place, (target, value)) in with.assignments.iter().enumerate() {
                    self.put(if place == 0 { "" } else { ", " });
                    self.target(target);
                    self.put(" = ");
                    self.expression(value, 0);
                }
                self.put(" %}");
                self.body(&with.body);
                self.put("{% endwith %}");
            }
            Stmt::Set(set) => {
                self.open(set.span().start_line, "{% set ");
                self.target(&set.target);
                self.put(" = ");
                self.expression(&set.expr, 0);
                self.put(" %}");
            }
            Stmt::SetBlock(set) => {
                self.open(set.span().start_line, "{% set ");
                self.target(&set.target);
                self.put(" %}");
                self.body(&set.body);
                self.put("{% endset %}");
            }
            // The checker lets neither `autoescape` nor a filter over a block pass.
            _ => {}
        }
    }

    fn single(&mut self, statement: &Stmt<'s>) {
        match statement {
            Stmt::Include(include) => {
                self.open(include.span().start_line, "{% include ");
                self.expression(&include.name, 1);
                self.put(if include.ignore_missing { " ignore missing %}" } else { " %}" });
            }
            Stmt::Import(import) => {
                self.open(import.span().start_line, "{% import ");
                self.expression(&import.expr, 1);
                self.put(" as ");
                self.target(&import.name);
                self.put(" %}");
            }
            Stmt::FromImport(import) => {
                self.open(import.span().start_line, "{% from ");
                self.expression(&import.expr, 1);
                self.put(" import ");
                for (place, (name, alias)) in import.names.iter().enumerate() {
                    self.put(if place == 0 { "" } else { ", " });
                    self.target(name);
                    if let Some(alias) = alias {
                        self.put(" as ");
                        self.target(alias);
                    }
                }
                self.put(" %}");
            }
            Stmt::Extends(extends) => {
                self.open(extends.span().start_line, "{% extends ");
                self.expression(&extends.name, 1);
                self.put(" %}");
            }
            Stmt::Do(statement) => {
                self.open(statement.span().start_line, "{% do ");
                self.call(&statement.call);
                self.put(" %}");
            }
            _ => {}
        }
    }

    /// A name, or several, that get values.
    fn target(&mut self, target: &Expr<'s>) {
        self.reach(target.span().start_line);
        match target {
            Expr::List(list) => {
                self.put("(");
                for item in &list.items {
                    self.target(item);
                    self.put(", ");
                }
                self.put(")");
            }
            Expr::GetAttr(attribute) => {
                self.target(&attribute.expr);
                self.put(".");
                self.put(attribute.name);
            }
            Expr::Var(name) => self.put(name.id),
            other => self.expression(other, 0),
        }
    }
}
