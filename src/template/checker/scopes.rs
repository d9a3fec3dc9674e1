//! The names that templates give to values of their own.

use std::collections::HashMap;

use super::types::{Module, Type};

/// A name of the template's own.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    pub(super) known: Option<Type>,
    /// Set in a branch only. Where the branch is not taken, a name of the context shows through.
    pub(super) conditional: bool,
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
    names: HashMap<String, Binding>,
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

    pub(super) fn bind(&mut self, name: &str, known: Option<Type>) {
        let Some(scope) = self.open.last_mut() else { return };
        let new = Binding { known, conditional: scope.branches > 0 };
        match scope.names.get_mut(name) {
            None => {
                scope.names.insert(name.to_owned(), new);
            }
            // What is set twice, perhaps in two branches, may be either; what was once a namespace or safe text
            // is treated as that.
            Some(own) => {
                own.conditional &= new.conditional;
                if own.known != new.known && own.known != Some(Type::Namespace) {
                    let is_safe = [&own.known, &new.known].contains(&&Some(Type::SafeText));
                    own.known = is_safe.then_some(Type::SafeText);
                }
            }
        }
    }

    /// One of the template's own names, if it is one.
    pub(super) fn find(&self, name: &str) -> Option<&Binding> {
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
