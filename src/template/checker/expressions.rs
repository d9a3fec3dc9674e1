//! Inferring the types of expressions.

use minijinja::Value;
use minijinja::machinery::Span;
use minijinja::machinery::ast::{Call, CallArg, CallType, Expr, Filter};
use minijinja::value::Kwargs;

use super::super::language::functions;
use super::paths::literal;
use super::types::Type;
use super::walker::Walker;
use super::{names, operands};

/// Filters that give a list of the same items, only fewer or in another order.
const SAME_ITEMS: [&str; 10] =
    ["list", "reject", "rejectattr", "reverse", "select", "selectattr", "sort", "unique", "default", "d"];

impl<'l> Walker<'l> {
    pub(super) fn optional(&mut self, expression: Option<&'l Expr<'l>>) {
        if let Some(expression) = expression {
            self.expression(expression);
        }
    }

    /// Checks an expression and infers the type of its value; `None` when it can be anything.
    pub(super) fn expression(&mut self, expression: &'l Expr<'l>) -> Option<Type> {
        let known = self.value(expression);
        let message = match &known {
            Some(Type::Namespace) => names::BARE_NAMESPACE,
            Some(thing) if thing.holds_namespace() => names::BARE_MODULE,
            _ => return known,
        };
        self.report(expression.span(), message);
        None
    }

    /// The same where a namespace may stand.
    pub(super) fn value(&mut self, expression: &'l Expr<'l>) -> Option<Type> {
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
                    self.report(expression.span(), message);
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

    fn all(&mut self, expressions: &'l [Expr<'l>]) -> Option<Type> {
        for expression in expressions {
            self.expression(expression);
        }
        None
    }

    pub(super) fn arguments(&mut self, arguments: &'l [CallArg<'l>]) -> Vec<Option<Type>> {
        let value = |argument: &'l CallArg<'l>| match argument {
            CallArg::Pos(value) | CallArg::Kwarg(_, value) | CallArg::PosSplat(value) | CallArg::KwargSplat(value) => {
                value
            }
        };
        arguments.iter().map(|argument| self.expression(value(argument))).collect()
    }

    fn filter(&mut self, filter: &'l Filter<'l>, span: Span) -> Option<Type> {
        if let ("join", Some(list)) = (filter.name, &filter.expr) {
            self.mention_list(list);
        }
        let known = filter.expr.as_ref().and_then(|value| self.expression(value));
        let arguments = self.arguments(&filter.args);
        let secret = self.filtered(filter, known.as_ref(), &arguments, span);
        if let Some(message) = self.names.check_filter(filter.name) {
            self.report(span, message);
        }
        self.use_of(filter.name, filter.expr.as_ref(), &filter.args, span);
        match (filter.name, &known) {
            ("default" | "d", Some(Type::Mixed(_) | Type::Record(_) | Type::UnreadItem(_))) => known,
            ("first", Some(list)) => list.item(Some(0)),
            ("last", Some(list)) => list.item(None),
            (name, Some(list)) if SAME_ITEMS.contains(&name) => list.rearranged().or(secret),
            _ => secret,
        }
    }

    pub(super) fn call(&mut self, call: &'l Call<'l>) -> Option<Type> {
        self.arguments(&call.args);
        match call.identify_call() {
            // The engine takes this name before any other.
            CallType::Function("super") => {
                self.parent_block(call.expr.span());
                return Some(Type::SafeText);
            }
            CallType::Function(name) if self.names.function(name).is_some() && self.scopes.find(name).is_none() => {
                self.use_of(name, None, &call.args, call.expr.span());
                return self.function(name);
            }
            CallType::Block(name) => {
                self.own_block(name, call.expr.span());
                return Some(Type::SafeText);
            }
            CallType::Method(value, name) => match self.value(value) {
                Some(Type::Module(_) | Type::Namespace) => {
                    return self.expression(&call.expr).as_ref().and_then(made);
                }
                Some(
                    Type::Shape(_)
                    | Type::Mixed(_)
                    | Type::Records(_)
                    | Type::Record(_)
                    | Type::Unread(_)
                    | Type::UnreadItem(_),
                ) => {
                    self.report(call.expr.span(), format!("values have no methods like `{name}()`; there are filters"));
                }
                Some(Type::Macro | Type::SafeText) | None => {}
            },
            CallType::Function(_) | CallType::Object(_) => return self.expression(&call.expr).as_ref().and_then(made),
        }
        None
    }

    /// Notes that a function is used, and gives the type of its result.
    pub(super) fn function(&mut self, name: &str) -> Option<Type> {
        let name = self.names.function(name)?;
        self.usage.roots.insert(name);
        match name {
            functions::TURN_CREDENTIALS => Some(Type::Shape(&functions::CREDENTIALS)),
            "namespace" => Some(Type::Namespace),
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
            self.report(span, message);
        }
    }
}

/// What a call makes.
fn made(called: &Type) -> Option<Type> {
    (*called == Type::Macro).then_some(Type::SafeText)
}
