//! The names that templates give to values of their own.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::super::schema::{Shape, closest, listed};

/// What is known of an expression's value.
pub(super) type Known = Option<Thing>;

/// What a value is known to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Thing {
    /// A value of the context.
    Shape(&'static Shape),
    /// A list with secrets at these places, counted from 0, and ordinary texts at the others.
    Mixed(Rc<BTreeSet<usize>>),
    /// A file that was imported.
    Module(Rc<Module>),
    /// What `namespace()` gives. It is never held by another value, since one that holds itself has no end.
    Namespace,
    /// A macro.
    Macro,
    /// Text that a macro or a block made.
    Finished,
}

impl Thing {
    /// Whether it is a namespace or has one in it.
    pub(super) fn holds_namespace(&self) -> bool {
        match self {
            Self::Namespace => true,
            Self::Module(module) => module.exports.values().flatten().any(Self::holds_namespace),
            Self::Shape(_) | Self::Mixed(_) | Self::Macro | Self::Finished => false,
        }
    }

    /// What is known of the item at `place` of a list; none when it may be any of them. Where it may be a secret, it counts
    /// as one.
    pub(super) fn item(&self, place: Option<usize>) -> Known {
        match self {
            Self::Shape(Shape::List(each)) => Some(Self::Shape(each)),
            Self::Mixed(places) => {
                let is_open = place.is_some_and(|place| !places.contains(&place));
                Some(Self::Shape(if is_open { &Shape::Single } else { &Shape::Secret }))
            }
            _ => None,
        }
    }

    /// The same list with fewer items or in another order; none when this is no list.
    pub(super) fn rearranged(&self) -> Known {
        match self {
            Self::Mixed(_) => Some(Self::Shape(&Shape::List(&Shape::Secret))),
            Self::Shape(Shape::List(_)) => Some(self.clone()),
            _ => None,
        }
    }
}

/// What a file that was imported gives to others.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Module {
    exports: BTreeMap<String, Known>,
}

impl Module {
    /// What is known of the value `name`; none when the module has no such name.
    pub(super) fn find(&self, name: &str) -> Option<Known> {
        self.exports.get(name).cloned()
    }

    /// The names that the module has, for a message.
    pub(super) fn listed(&self) -> String {
        if self.exports.is_empty() { "nothing".to_owned() } else { listed(self.names()) }
    }

    /// What to say of a name that the module does not have.
    pub(super) fn has_no(&self, called: &str, name: &str) -> String {
        let meant = closest(name, self.names()).map(|meant| format!("; did you mean `{meant}`?"));
        let private = name.starts_with('_').then(|| "; names with `_` in front stay in their file.".to_owned());
        let hint = private.or(meant).unwrap_or_else(|| ".".to_owned());
        format!("{called} has no `{name}`{hint} It has: {}", self.listed())
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.exports.keys().map(String::as_str)
    }
}

/// A name of the template's own.
#[derive(Debug, Clone)]
pub(super) struct Own {
    pub(super) known: Known,
    /// Set in a branch only. Where the branch is not taken, a name of the context shows through.
    pub(super) perhaps: bool,
}

/// The names of the template's own, innermost scope last.
#[derive(Debug)]
pub(super) struct Scopes {
    open: Vec<Scope>,
    /// The outermost scope of the innermost macro that the walk is in.
    of_macro: Option<usize>,
    /// The scopes below it are not seen. The engine keeps names for a macro by what its own text mentions, and that says
    /// nothing of the files that it includes.
    floor: usize,
}

#[derive(Debug, Default)]
struct Scope {
    names: HashMap<String, Own>,
    /// In how many branches of `if` inside this scope the walk is.
    branches: usize,
}

impl Scopes {
    pub(super) fn new() -> Self {
        Self { open: vec![Scope::default()], of_macro: None, floor: 0 }
    }

    pub(super) fn push(&mut self) {
        self.open.push(Scope::default());
    }

    pub(super) fn pop(&mut self) {
        self.open.pop();
    }

    /// Ends a scope as that of a file which was imported.
    pub(super) fn pop_module(&mut self) -> Module {
        let names = self.open.pop().unwrap_or_default().names.into_iter();
        let exports = names.filter(|(name, _)| !name.starts_with('_')).map(|(name, own)| (name, own.known)).collect();
        Module { exports }
    }

    /// Goes into a branch of `if`, or out of it.
    pub(super) fn branch(&mut self, change: isize) {
        if let Some(scope) = self.open.last_mut() {
            scope.branches = scope.branches.saturating_add_signed(change);
        }
    }

    /// The next scope is that of a macro. Gives what has to be handed back when it ends.
    pub(super) fn enter_macro(&mut self) -> Option<usize> {
        self.of_macro.replace(self.open.len())
    }

    pub(super) fn leave_macro(&mut self, outside: Option<usize>) {
        self.of_macro = outside;
    }

    /// The walk goes into another file. Gives what has to be handed back when that ends.
    pub(super) fn enter_file(&mut self) -> usize {
        let floor = self.floor;
        self.floor = self.of_macro.unwrap_or(floor);
        floor
    }

    pub(super) fn leave_file(&mut self, floor: usize) {
        self.floor = floor;
    }

    pub(super) fn bind(&mut self, name: &str, known: Known) {
        let Some(scope) = self.open.last_mut() else { return };
        let new = Own { known, perhaps: scope.branches > 0 };
        match scope.names.get_mut(name) {
            None => {
                scope.names.insert(name.to_owned(), new);
            }
            // What is set twice, perhaps in two branches, may be either; what was once a namespace or finished text
            // is treated as that.
            Some(own) => {
                own.perhaps &= new.perhaps;
                if own.known != new.known && own.known != Some(Thing::Namespace) {
                    let finished = [&own.known, &new.known].contains(&&Some(Thing::Finished));
                    own.known = finished.then_some(Thing::Finished);
                }
            }
        }
    }

    /// One of the template's own names, if it is one.
    pub(super) fn find(&self, name: &str) -> Option<&Own> {
        self.open.iter().skip(self.floor).rev().find_map(|scope| scope.names.get(name))
    }

    /// Whether it is a name outside of the macro that a file is included in.
    pub(super) fn is_hidden(&self, name: &str) -> bool {
        self.find(name).is_none() && self.open.iter().take(self.floor).any(|scope| scope.names.contains_key(name))
    }

    /// All of the template's own names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.open.iter().skip(self.floor).flat_map(|scope| scope.names.keys()).map(String::as_str)
    }
}
