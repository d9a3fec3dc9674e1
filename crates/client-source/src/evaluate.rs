//! What an expression can be as text.
//!
//! A text is a pattern: [`HOLE`] is for what the source leaves open. Variables have every value that they are ever
//! given, parameters those of every call: this finds too much rather than too little.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use crate::program::{ClassId, MethodId, Program};
use crate::syntax::{CONSTRUCTOR, Call, Expression};

/// What the source leaves open.
pub(crate) const HOLE: &str = "*";

/// So many texts are followed; more become a hole.
const MOST: usize = 400;

/// So deep are expressions followed.
const DEEPEST: usize = 40;

/// A method's name is rare when so many methods have it.
const RARE: usize = 2;

/// The texts that an expression can be.
pub(crate) type Texts = BTreeSet<String>;

/// Values of the parameters of one call.
type Given = HashMap<String, Texts>;

/// Works out texts, and remembers those of fields and parameters.
pub(crate) struct Evaluator<'a> {
    program: &'a Program,
    known: RefCell<HashMap<(MethodId, String), Texts>>,
    under_way: RefCell<HashSet<(MethodId, String)>>,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(program: &'a Program) -> Self {
        Self { program, known: RefCell::default(), under_way: RefCell::default() }
    }

    /// The texts that an expression in a method can be.
    pub(crate) fn texts(&self, expression: &Expression, within: MethodId) -> Texts {
        self.evaluate(expression, within, None, 0)
    }

    fn evaluate(&self, expression: &Expression, within: MethodId, given: Option<&Given>, depth: usize) -> Texts {
        if depth > DEEPEST {
            return hole();
        }
        let next = |one: &Expression| self.evaluate(one, within, given, depth + 1);
        match expression {
            Expression::Literal(text) => Texts::from([text.clone()]),
            Expression::Name(parts) => self.name(parts, within, given, depth),
            Expression::Sum(left, right) => product(&next(left), &next(right)),
            Expression::Choice(all) => limited(all.iter().flat_map(next).collect()),
            Expression::Call(call) => self.result(call, within, given, depth),
            Expression::Class(_) | Expression::Other => hole(),
        }
    }

    fn name(&self, parts: &[String], within: MethodId, given: Option<&Given>, depth: usize) -> Texts {
        match parts {
            [name] => self.variable(name, within, given, depth),
            [.., qualifier, name] => {
                let class = match qualifier.as_str() {
                    "this" | "super" => Some(within.0),
                    other => self.program.named(within.0, other),
                };
                class.map_or_else(hole, |class| self.field(name, class, depth))
            }
            [] => hole(),
        }
    }

    fn variable(&self, name: &str, within: MethodId, given: Option<&Given>, depth: usize) -> Texts {
        let Some(method) = self.program.method(within) else { return hole() };
        if let Some(texts) = given.and_then(|given| given.get(name)) {
            return texts.clone();
        }
        if let Some(values) = method.locals.get(name).filter(|values| !values.is_empty()) {
            let compute =
                || limited(values.iter().flat_map(|one| self.evaluate(one, within, given, depth + 1)).collect());
            return match given {
                // With other arguments the result is another one.
                Some(_) => self.guarded((within, name.to_owned()), false, compute),
                None => self.guarded((within, name.to_owned()), true, compute),
            };
        }
        if let Some(place) = method.parameters.iter().position(|one| one == name) {
            return self.guarded((within, name.to_owned()), true, || self.argument(within, place, depth));
        }
        self.field(name, within.0, depth)
    }

    fn field(&self, name: &str, from: ClassId, depth: usize) -> Texts {
        let Some(owner) = self.program.field_owner(from, name) else { return hole() };
        let Some(values) = self.program.class(owner).and_then(|class| class.fields.get(name)) else { return hole() };
        self.guarded((MethodId(owner, 0), format!("field {name}")), true, || {
            let texts = values
                .iter()
                .flat_map(|(method, value)| self.evaluate(value, MethodId(owner, *method), None, depth + 1));
            limited(texts.collect())
        })
    }

    /// What all callers give for a parameter.
    fn argument(&self, method: MethodId, place: usize, depth: usize) -> Texts {
        let Some(called) = self.program.method(method) else { return hole() };
        let mut texts = Texts::new();
        let is_rare = self.program.methods_of(&called.name).len() <= RARE;
        for id in self.program.calls_of(&called.name, called.parameters.len()) {
            let Some(call) = self.program.call(*id) else { continue };
            if !self.program.can_reach(call.receiver.as_ref(), id.0, method.0, is_rare) {
                continue;
            }
            if let Some(argument) = call.arguments.get(place) {
                texts.extend(self.evaluate(argument, id.0, None, depth + 1));
            }
        }
        if texts.is_empty() { hole() } else { limited(texts) }
    }

    /// What a method returns.
    fn result(&self, call: &Call, within: MethodId, given: Option<&Given>, depth: usize) -> Texts {
        let next = |one: &Expression| self.evaluate(one, within, given, depth + 1);
        match (call.name.as_str(), &call.receiver, call.arguments.as_slice()) {
            ("getName" | "getCanonicalName" | "getSimpleName" | "getPackage", Some(Expression::Class(class)), []) => {
                return self.class_name(&call.name, class, within);
            }
            ("getName", Some(Expression::Call(package)), []) if package.name == "getPackage" => {
                return match &package.receiver {
                    Some(Expression::Class(class)) => self.class_name("getPackage", class, within),
                    _ => hole(),
                };
            }
            ("toString" | "trim" | "intern", Some(receiver), []) => return next(receiver),
            ("concat", Some(receiver), [more]) => return product(&next(receiver), &next(more)),
            ("asList" | "of", Some(Expression::Name(_)), all) => return limited(all.iter().flat_map(next).collect()),
            ("format", Some(Expression::Name(name)), [pattern, ..])
                if name.last().is_some_and(|one| one == "String") =>
            {
                return next(pattern).into_iter().map(|text| text.replace("%s", HOLE).replace("%d", HOLE)).collect();
            }
            (CONSTRUCTOR, Some(Expression::Name(name)), [text]) if name.last().is_some_and(|one| one == "String") => {
                return next(text);
            }
            (CONSTRUCTOR, ..) => return hole(),
            _ => {}
        }
        let mut texts = Texts::new();
        for id in self.program.methods_of(&call.name) {
            let Some(method) = self.program.method(*id) else { continue };
            if method.parameters.len() != call.arguments.len() || method.returns.is_empty() {
                continue;
            }
            if method.returns_type != "String" || !self.program.can_reach(call.receiver.as_ref(), within, id.0, false) {
                continue;
            }
            let given: Given = method.parameters.iter().cloned().zip(call.arguments.iter().map(next)).collect();
            texts.extend(method.returns.iter().flat_map(|one| self.evaluate(one, *id, Some(&given), depth + 4)));
        }
        if texts.is_empty() { hole() } else { limited(texts) }
    }

    fn class_name(&self, what: &str, class: &str, within: MethodId) -> Texts {
        let Some(id) = self.program.named(within.0, class) else { return hole() };
        Texts::from([match what {
            "getSimpleName" => class.to_owned(),
            "getPackage" => self.program.package(id).to_owned(),
            _ => self.program.whole_name(id),
        }])
    }

    /// Works out what a name means, once; a name that needs itself is a hole.
    fn guarded(&self, key: (MethodId, String), keep: bool, compute: impl FnOnce() -> Texts) -> Texts {
        if keep && let Some(texts) = self.known.borrow().get(&key) {
            return texts.clone();
        }
        if !self.under_way.borrow_mut().insert(key.clone()) {
            return hole();
        }
        let texts = compute();
        self.under_way.borrow_mut().remove(&key);
        if keep {
            self.known.borrow_mut().insert(key, texts.clone());
        }
        texts
    }
}

fn hole() -> Texts {
    Texts::from([HOLE.to_owned()])
}

fn limited(texts: Texts) -> Texts {
    if texts.len() > MOST { hole() } else { texts }
}

/// Each text of the one before each of the other.
fn product(left: &Texts, right: &Texts) -> Texts {
    if left.len() * right.len() > MOST {
        return hole();
    }
    let sums = left.iter().flat_map(|one| right.iter().map(move |other| format!("{one}{other}")));
    sums.map(|text| text.replace("**", HOLE)).collect()
}
