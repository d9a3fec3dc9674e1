//! From a name in a class to a class, a field or a type.

use super::{ClassId, MethodId, Program};
use crate::syntax::{CONSTRUCTOR, Expression};

/// How far up a class's supertypes are looked at.
const HIGHEST: usize = 12;

impl Program {
    /// The class that a simple name means inside of another class.
    pub(crate) fn named(&self, from: ClassId, name: &str) -> Option<ClassId> {
        let all = self.classes.get(name)?;
        let file = self.file(from)?;
        let whole = |id: &ClassId| self.whole_name(*id);
        let imported = |id: &&ClassId| {
            let whole = whole(id);
            file.imports.iter().any(|import| *import == whole || import.strip_suffix(".*") == Some(self.package(**id)))
        };
        let nearest = all.iter().find(|id| id.0 == from.0);
        let exact = || all.iter().find(|id| file.imports.contains(&whole(id)));
        let neighbour = || all.iter().find(|id| self.package(**id) == file.package);
        nearest.or_else(exact).or_else(neighbour).or_else(|| all.iter().find(imported)).or_else(|| all.first()).copied()
    }

    /// Package and name, those of outer classes included.
    pub(crate) fn whole_name(&self, id: ClassId) -> String {
        let Some(class) = self.class(id) else { return String::new() };
        let before = match class.outer {
            Some(outer) => self.whole_name(ClassId(id.0, outer)),
            None => self.package(id).to_owned(),
        };
        format!("{before}.{}", class.name)
    }

    /// The package of a class.
    pub(crate) fn package(&self, id: ClassId) -> &str {
        self.file(id).map_or("", |file| &file.package)
    }

    /// A class and all above it, itself first.
    pub(crate) fn lineage(&self, id: ClassId) -> Vec<ClassId> {
        let mut all = vec![id];
        let mut next = 0;
        while let Some(one) = all.get(next).copied().filter(|_| next < HIGHEST) {
            let names = self.class(one).map(|class| class.supertypes.clone()).unwrap_or_default();
            for above in names.iter().filter_map(|name| self.named(one, name)) {
                if !all.contains(&above) {
                    all.push(above);
                }
            }
            next += 1;
        }
        all
    }

    /// The classes around a class, itself first.
    pub(crate) fn surroundings(&self, id: ClassId) -> Vec<ClassId> {
        let mut all = vec![id];
        while let Some(outer) = all.last().and_then(|last| self.class(*last)?.outer.map(|outer| ClassId(last.0, outer)))
        {
            all.push(outer);
        }
        all
    }

    /// The class that has the field which a name without a dot means.
    pub(crate) fn field_owner(&self, from: ClassId, name: &str) -> Option<ClassId> {
        let has = |id: &ClassId| self.class(*id).is_some_and(|class| class.fields.contains_key(name));
        let around = self.surroundings(from);
        let own = around.iter().flat_map(|one| self.lineage(*one)).find(has);
        own.or_else(|| {
            let imports = self.file(from)?.imports.iter();
            let classes = imports.filter_map(|import| {
                let (class, member) = import.rsplit_once('.')?;
                (member == name || member == "*").then(|| class.rsplit('.').next()).flatten()
            });
            classes.filter_map(|class| self.named(from, class)).flat_map(|one| self.lineage(one)).find(has)
        })
    }

    /// Simple name of an expression's type, where it can be known.
    pub(crate) fn type_of(&self, expression: &Expression, within: MethodId) -> Option<String> {
        match expression {
            Expression::Name(parts) => match parts.as_slice() {
                [this] if this == "this" => self.class(within.0).map(|class| class.name.clone()),
                [.., qualifier, field] if qualifier.starts_with(char::is_uppercase) => {
                    self.field_type(self.named(within.0, qualifier)?, field)
                }
                [name] => {
                    let local = self.method(within)?.types.get(name).cloned();
                    local.or_else(|| self.field_type(within.0, name))
                }
                [.., field] => self.field_type(within.0, field),
                [] => None,
            },
            Expression::Call(call) if call.name == CONSTRUCTOR => match &call.receiver {
                Some(Expression::Name(parts)) => parts.last().cloned(),
                _ => None,
            },
            Expression::Call(call) => {
                // `getService(context, ConfigurationService.class)`
                let asked = call.arguments.iter().find_map(|argument| match argument {
                    Expression::Class(name) => Some(name.clone()),
                    _ => None,
                });
                if asked.is_some() {
                    return asked;
                }
                let mut kinds = self.methods_of(&call.name).iter().filter_map(|id| self.method(*id));
                let first = kinds.next()?.returns_type.clone();
                kinds.all(|other| other.returns_type == first).then_some(first)
            }
            _ => None,
        }
    }

    fn field_type(&self, from: ClassId, name: &str) -> Option<String> {
        self.class(self.field_owner(from, name)?)?.types.get(name).cloned()
    }

    /// Whether a call on this receiver can reach a method of that class. With a rare name it can if the receiver's type
    /// is not known.
    pub(crate) fn can_reach(
        &self,
        receiver: Option<&Expression>,
        within: MethodId,
        target: ClassId,
        is_rare: bool,
    ) -> bool {
        let related = |one: ClassId| self.lineage(one).contains(&target) || self.lineage(target).contains(&one);
        match receiver {
            None => self.surroundings(within.0).into_iter().any(related),
            Some(Expression::Name(parts)) => match parts.as_slice() {
                [word] if word == "this" || word == "super" => related(within.0),
                [.., class] if class.starts_with(char::is_uppercase) && self.classes.contains_key(class) => {
                    self.named(within.0, class).is_some_and(related)
                }
                _ => self.of_type(receiver, within, related, is_rare),
            },
            Some(_) => self.of_type(receiver, within, related, is_rare),
        }
    }

    fn of_type(
        &self,
        receiver: Option<&Expression>,
        within: MethodId,
        related: impl Fn(ClassId) -> bool,
        is_rare: bool,
    ) -> bool {
        match receiver.and_then(|receiver| self.type_of(receiver, within)) {
            Some(name) => match self.named(within.0, &name) {
                Some(class) => related(class),
                None => false,
            },
            None => is_rare,
        }
    }
}
