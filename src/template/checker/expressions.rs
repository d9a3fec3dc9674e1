//! The audit's way through expressions.

use std::collections::BTreeSet;
use std::rc::Rc;

use minijinja::Value;
use minijinja::machinery::Span;
use minijinja::machinery::ast::{Call, CallArg, CallType, Expr, Filter, GetItem};
use minijinja::value::Kwargs;

use super::super::language::functions;
use super::super::schema::{self, ROOT, Shape};
use super::scopes::Own;
use super::{Known, Thing, Walker, names, operands};
use crate::model::account::{DatumKind, SecretItems};

/// Filters that give a list of the same items, only fewer or in another order.
const SAME_ITEMS: [&str; 10] =
    ["list", "reject", "rejectattr", "reverse", "select", "selectattr", "sort", "unique", "default", "d"];

impl<'l> Walker<'l> {
    pub(super) fn optional(&mut self, expression: Option<&'l Expr<'l>>) {
        if let Some(expression) = expression {
            self.expression(expression);
        }
    }

    /// Checks an expression and tells what is known of its value.
    pub(super) fn expression(&mut self, expression: &'l Expr<'l>) -> Known {
        let known = self.value(expression);
        let message = match &known {
            Some(Thing::Namespace) => names::BARE_NAMESPACE,
            Some(thing) if thing.holds_namespace() => names::BARE_MODULE,
            _ => return known,
        };
        self.fault(expression.span(), message);
        None
    }

    /// The same where a namespace may stand.
    fn value(&mut self, expression: &'l Expr<'l>) -> Known {
        match expression {
            Expr::Var(_) | Expr::GetAttr(_) => self.path(expression, &mut Vec::new()),
            Expr::GetItem(item) => self.item(expression, item),
            Expr::Filter(filter) => self.filter(filter, expression.span()),
            Expr::Call(call) => self.call(call),
            Expr::Const(_) => None,
            Expr::Slice(slice) => {
                let known = self.expression(&slice.expr);
                self.changed([&known], expression.span());
                self.optional(slice.start.as_ref());
                self.optional(slice.stop.as_ref());
                self.optional(slice.step.as_ref());
                known.map(|list| list.rearranged().unwrap_or(list))
            }
            Expr::UnaryOp(operation) => {
                self.expression(&operation.expr);
                None
            }
            Expr::BinOp(operation) => self.operation(operation, expression.span()),
            Expr::Compare(comparison) => {
                self.comparison(comparison, expression.span());
                None
            }
            Expr::IfExpr(choice) => {
                self.expression(&choice.test_expr);
                let first = self.expression(&choice.true_expr);
                let second = choice.false_expr.as_ref().and_then(|value| self.expression(value));
                operands::either([first, second])
            }
            Expr::Test(test) => {
                self.test(test, expression.span());
                if let Some(message) = self.names.check_test(test.name) {
                    self.fault(expression.span(), message);
                }
                self.use_of(test.name, Some(&test.expr), &test.args, expression.span());
                None
            }
            Expr::List(list) => self.all(&list.items),
            Expr::Tuple(tuple) => self.all(&tuple.items),
            Expr::Map(map) => {
                self.all(&map.keys);
                self.all(&map.values)
            }
        }
    }

    fn all(&mut self, expressions: &'l [Expr<'l>]) -> Known {
        for expression in expressions {
            self.expression(expression);
        }
        None
    }

    pub(super) fn arguments(&mut self, arguments: &'l [CallArg<'l>]) -> Vec<Known> {
        let value = |argument: &'l CallArg<'l>| match argument {
            CallArg::Pos(value) | CallArg::Kwarg(_, value) | CallArg::PosSplat(value) | CallArg::KwargSplat(value) => {
                value
            }
        };
        arguments.iter().map(|argument| self.expression(value(argument))).collect()
    }

    fn filter(&mut self, filter: &'l Filter<'l>, span: Span) -> Known {
        let known = filter.expr.as_ref().and_then(|value| self.expression(value));
        let arguments = self.arguments(&filter.args);
        let secret = self.filtered(filter, &known, &arguments, span);
        if let Some(message) = self.names.check_filter(filter.name) {
            self.fault(span, message);
        }
        self.use_of(filter.name, filter.expr.as_ref(), &filter.args, span);
        match (filter.name, &known) {
            ("default" | "d", Some(Thing::Mixed(_))) => known,
            ("first", Some(list)) => list.item(Some(0)),
            ("last", Some(list)) => list.item(None),
            (name, Some(list)) if SAME_ITEMS.contains(&name) => list.rearranged().or(secret),
            _ => secret,
        }
    }

    pub(super) fn call(&mut self, call: &'l Call<'l>) -> Known {
        self.arguments(&call.args);
        match call.identify_call() {
            // The engine takes this name before any other.
            CallType::Function("super") => {
                self.parent_block(call.expr.span());
                return Some(Thing::Finished);
            }
            CallType::Function(name) if self.names.function(name).is_some() && self.scopes.find(name).is_none() => {
                self.use_of(name, None, &call.args, call.expr.span());
                return self.function(name);
            }
            CallType::Block(name) => {
                self.own_block(name, call.expr.span());
                return Some(Thing::Finished);
            }
            CallType::Method(value, name) => match self.value(value) {
                Some(Thing::Module(_) | Thing::Namespace) => {
                    return self.expression(&call.expr).as_ref().and_then(made);
                }
                Some(Thing::Shape(_) | Thing::Mixed(_)) => {
                    self.fault(call.expr.span(), format!("values have no methods like `{name}()`; there are filters"));
                }
                Some(Thing::Macro | Thing::Finished) | None => {}
            },
            CallType::Function(_) | CallType::Object(_) => return self.expression(&call.expr).as_ref().and_then(made),
        }
        None
    }

    /// Notes that a function is used, and tells what is known of what it gives.
    fn function(&mut self, name: &str) -> Known {
        let name = self.names.function(name)?;
        self.usage.roots.insert(name);
        match name {
            functions::TURN_CREDENTIALS => Some(Thing::Shape(&functions::CREDENTIALS)),
            "namespace" => Some(Thing::Namespace),
            _ => None,
        }
    }

    /// Checks the values that a function of ours is given, as far as they stand in the template.
    fn use_of(&mut self, name: &str, first: Option<&Expr<'_>>, arguments: &[CallArg<'_>], span: Span) {
        let mut values: Vec<Option<Value>> = first.map(literal).into_iter().collect();
        for argument in arguments {
            match argument {
                CallArg::Pos(value) => values.push(literal(value)),
                CallArg::Kwarg(name, _) => values.push(Some(Kwargs::from_iter([(*name, Value::UNDEFINED)]).into())),
                // How many there are only a render knows.
                CallArg::PosSplat(_) | CallArg::KwargSplat(_) => return,
            }
        }
        if let Some(message) = functions::misuse(name, &values) {
            self.fault(span, message);
        }
    }

    /// `value[…]`: with a text in it the same as `value.…`.
    fn item(&mut self, expression: &'l Expr<'l>, item: &'l GetItem<'l>) -> Known {
        if matches!(&item.subscript_expr, Expr::Const(constant) if constant.value.as_str().is_some()) {
            return self.path(expression, &mut Vec::new());
        }
        self.expression(&item.subscript_expr);
        match self.value(&item.expr) {
            Some(Thing::Shape(Shape::Open)) => Some(Thing::Shape(&Shape::Single)),
            list => list?.item(literal(&item.subscript_expr).and_then(|place| place.as_usize())),
        }
    }

    /// Follows `a.b['c']` to its start, gathering the names (last first), then down again.
    fn path(&mut self, expression: &'l Expr<'l>, names: &mut Vec<String>) -> Known {
        match expression {
            Expr::GetAttr(attribute) => {
                names.push(attribute.name.to_owned());
                self.path(&attribute.expr, names)
            }
            Expr::GetItem(item) => match &item.subscript_expr {
                Expr::Const(constant) if constant.value.as_str().is_some() => {
                    names.push(constant.value.as_str().unwrap_or_default().to_owned());
                    self.path(&item.expr, names)
                }
                _ => {
                    let known = self.item(expression, item);
                    self.descend("an item of it", known, names, expression.span())
                }
            },
            Expr::Var(variable) => {
                let known = self.variable(variable.id, names, expression.span());
                self.descend(variable.id, known, names, expression.span())
            }
            other => {
                let known = self.expression(other);
                let start = match other {
                    Expr::Call(call) => match call.identify_call() {
                        CallType::Function(name) => format!("{name}(…)"),
                        _ => "this value".to_owned(),
                    },
                    _ => "this value".to_owned(),
                };
                self.descend(&start, known, names, expression.span())
            }
        }
    }

    /// What is known of `name`, of which `names` (last first) are asked.
    fn variable(&mut self, name: &str, names: &[String], span: Span) -> Known {
        let own = self.scopes.find(name).cloned();
        if let Some(Own { known, perhaps: false } | Own { known: known @ Some(Thing::Namespace), .. }) = own {
            return known;
        }
        if self.scopes.is_hidden(name) {
            self.fault(span, names::hidden(name));
            return None;
        }
        match (schema::find(ROOT, name), own) {
            (Some((root, shape)), own) => {
                let path: Vec<&str> = names.iter().rev().map(String::as_str).collect();
                self.mention(root, &path);
                // Perhaps it is the template's own value, of which nothing has to be true.
                own.is_none().then_some(Thing::Shape(shape))
            }
            (None, Some(own)) => own.known,
            (None, None) => {
                self.unknown(name, span);
                None
            }
        }
    }

    fn descend(&mut self, start: &str, known: Known, names: &[String], span: Span) -> Known {
        let mut path = start.to_owned();
        let mut known = known;
        for name in names.iter().rev() {
            known = match known? {
                Thing::Module(module) => {
                    if let Some(known) = module.find(name) {
                        known
                    } else {
                        self.fault(span, module.has_no(&format!("`{path}`"), name));
                        return None;
                    }
                }
                Thing::Namespace | Thing::Macro | Thing::Finished => return None,
                Thing::Shape(shape) => self.member(&path, shape, name, span),
                Thing::Mixed(_) => self.member(&path, &Shape::List(&Shape::Secret), name, span),
            };
            path = format!("{path}.{name}");
        }
        known
    }

    /// What is known of `path.name`, where `path` is of this shape.
    fn member(&mut self, path: &str, shape: &'static Shape, name: &str, span: Span) -> Known {
        match shape {
            Shape::Group(members) => match schema::find(members, name) {
                Some((_, member)) => return Some(Thing::Shape(member)),
                None => self.fault(span, names::unknown_member(path, name, members)),
            },
            Shape::Open => return Some(Thing::Shape(&Shape::Single)),
            Shape::Extra => match self.audit.extra.kinds.get(name) {
                Some(DatumKind::List(items)) => return Some(list(items)),
                Some(DatumKind::Single) => return Some(Thing::Shape(&Shape::Single)),
                Some(DatumKind::Secret) => return Some(Thing::Shape(&Shape::Secret)),
                None if self.audit.extra.open => {}
                None => self.fault(span, names::unknown_extra(name, self.audit.extra)),
            },
            Shape::List(_) => self.fault(span, format!("`{path}` is a list and has no `{name}`; loop over it")),
            Shape::Single | Shape::Secret => {
                self.fault(span, format!("`{path}` is a single value and has no `{name}`"));
            }
        }
        None
    }

    fn unknown(&mut self, name: &str, span: Span) {
        if self.unset.contains(&name) {
            return self.fault(span, names::of_parameter(name));
        }
        if self.names.function(name).is_some() {
            if self.function(name) == Some(Thing::Namespace) {
                self.fault(span, names::UNCALLED_NAMESPACE);
            }
            return;
        }
        let own: Vec<&str> = self.scopes.names().collect::<BTreeSet<_>>().into_iter().collect();
        let message = self.names.unknown_root(name, &own);
        self.fault(span, message);
    }
}

/// A list of the site's own data.
fn list(secrets: &SecretItems) -> Thing {
    match secrets {
        SecretItems::None => Thing::Shape(&Shape::List(&Shape::Single)),
        SecretItems::At(places) => Thing::Mixed(Rc::new(places.clone())),
        SecretItems::All => Thing::Shape(&Shape::List(&Shape::Secret)),
    }
}

/// What a call makes.
fn made(called: &Thing) -> Known {
    (*called == Thing::Macro).then_some(Thing::Finished)
}

/// A value that stands in the template as such.
fn literal(expression: &Expr<'_>) -> Option<Value> {
    match expression {
        Expr::Const(constant) => Some(constant.value.clone()),
        _ => None,
    }
}
