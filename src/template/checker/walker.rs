//! What a walk through a template knows, and the steps that all kinds of statements share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jitsi_properties::secret_names::is_secret_in_data;
use minijinja::machinery::ast::{Expr, Stmt};
use minijinja::machinery::{self, Span};

use super::super::error::LocatedError;
use super::super::language::environment::syntax;
use super::super::library::{FileId, Library, SourceFile};
use super::super::schema::Shape;
use super::frame::Frame;
use super::names::Names;
use super::scopes::Scopes;
use super::types::Type;
use crate::model::account::{DatumType, ExtraNames, Part, PartSet, SecretItems};

/// What a template uses.
#[derive(Debug, Clone, Default)]
pub(in crate::template) struct Usage {
    /// The first parts of the names it mentions.
    pub(in crate::template) roots: BTreeSet<&'static str>,
    /// What has to be fetched for them.
    pub(in crate::template) wanted: PartSet,
    /// Whether it mentions what the user is called, for which more than the vCard may have to be fetched.
    pub(in crate::template) display_name: bool,
    /// The names in `extra.NAME` that it mentions, with the type that their use suggests.
    pub(in crate::template) extra: BTreeMap<Arc<str>, DatumType>,
    /// The fields of the request that it mentions.
    pub(in crate::template) fields: BTreeSet<String>,
    /// The files that it is made of.
    pub(in crate::template) files: BTreeSet<FileId>,
}

/// Reads all templates of a library.
pub(in crate::template) struct Checker<'l> {
    pub(super) library: &'l Library,
    trees: Vec<Option<Stmt<'l>>>,
    pub(super) extra: &'l ExtraNames,
}

impl<'l> Checker<'l> {
    /// Makes ready to read the files of `library`, where `extra.…` has the names `extra`.
    pub(in crate::template) fn new(library: &'l Library, extra: &'l ExtraNames) -> Self {
        let parse = |source: &'l SourceFile| machinery::parse(&source.text, &source.name, syntax()).ok();
        let trees = library.files().map(|(_, file)| parse(&file.source)).collect();
        Self { library, trees, extra }
    }

    /// Reads the template `id`. The same error can come several times.
    pub(in crate::template) fn template(&'l self, id: FileId) -> (FileId, Usage, Vec<LocatedError>) {
        let mut walker = Walker {
            checker: self,
            names: Names::new(),
            scopes: Scopes::new(),
            frame: Frame::new(id),
            usage: Usage::default(),
            errors: Vec::new(),
            unset: Vec::new(),
            steps: 0,
        };
        walker.template(id);
        (id, walker.usage, walker.errors)
    }

    pub(super) fn tree(&'l self, id: FileId) -> Option<&'l Stmt<'l>> {
        self.library.files().zip(&self.trees).find(|((known, _), _)| *known == id).and_then(|(_, tree)| tree.as_ref())
    }
}

pub(super) struct Walker<'l> {
    pub(super) checker: &'l Checker<'l>,
    pub(super) names: Names,
    pub(super) scopes: Scopes,
    /// The file, and what it is to the others.
    pub(super) frame: Frame<'l>,
    pub(super) usage: Usage,
    pub(super) errors: Vec<LocatedError>,
    /// The parameters of the macro whose defaults are walked.
    pub(super) unset: Vec<&'l str>,
    pub(super) steps: usize,
}

impl Walker<'_> {
    pub(super) fn report(&mut self, span: Span, message: impl Into<String>) {
        let file = self.checker.library.file(self.frame.file).map_or("", |file| &file.source.name);
        self.errors.push(LocatedError::at(file, usize::from(span.start_line), message));
    }

    pub(super) fn scope(&mut self, inside: impl FnOnce(&mut Self)) {
        self.scopes.push();
        inside(self);
        self.scopes.pop();
    }

    /// Notes that the name `root.path` is used; an empty path means all of it.
    pub(super) fn mention(&mut self, root: &'static str, path: &[&str]) {
        self.usage.roots.insert(root);
        self.usage.display_name |= root == "user" && matches!(path.first(), None | Some(&"display_name"));
        let fields: &[&str] = match (root, path) {
            ("request", ["fields", name, ..]) => &[*name],
            ("request", ["os", ..]) => &["os"],
            ("updates", _) => &["os", "arch"],
            _ => &[],
        };
        self.usage.fields.extend(fields.iter().map(|field| (*field).to_owned()));
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

    /// Notes that `extra.name` is used, as a list or as a single value. What is used as a list anywhere is one.
    pub(super) fn mention_extra(&mut self, name: &str, is_list: bool) {
        let datum = if is_list {
            DatumType::List(SecretItems::None)
        } else if is_secret_in_data(name) {
            DatumType::Secret
        } else {
            DatumType::Single
        };
        match self.usage.extra.get_mut(name) {
            Some(DatumType::Records(_)) => {}
            Some(known) if is_list => *known = datum,
            Some(_) => {}
            None => {
                self.usage.extra.insert(Arc::from(name), datum);
            }
        }
    }

    /// Notes that `extra.list` is used as a list of records that have `name`. Gives the type of the values of that name.
    pub(super) fn mention_record(&mut self, list: &str, name: &str) -> Type {
        let known = self.usage.extra.entry(Arc::from(list)).or_insert(DatumType::Single);
        if !matches!(known, DatumType::Records(_)) {
            *known = DatumType::Records(BTreeMap::new());
        }
        let is_secret = is_secret_in_data(name);
        if let DatumType::Records(names) = known {
            names.insert(Arc::from(name), if is_secret { DatumType::Secret } else { DatumType::Single });
        }
        Type::Shape(if is_secret { &Shape::Secret } else { &Shape::Single })
    }

    /// Notes that `list` is used as a list, where it is a name of the site's own data.
    pub(super) fn mention_list(&mut self, list: &Expr<'_>) {
        let member = match list {
            Expr::GetAttr(attribute) => Some((&attribute.expr, attribute.name)),
            Expr::GetItem(item) => match &item.subscript_expr {
                Expr::Const(constant) => constant.value.as_str().map(|name| (&item.expr, name)),
                _ => None,
            },
            _ => None,
        };
        if let Some((Expr::Var(variable), name)) = member
            && variable.id == "extra"
            && self.scopes.find("extra").is_none()
        {
            self.mention_extra(name, true);
        }
    }
}
