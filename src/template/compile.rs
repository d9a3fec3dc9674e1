//! From a library of files to templates that are compiled and checked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use minijinja::Environment;

use super::checker::{Checker, Usage};
use super::engine::Engine;
use super::error::{LocatedError, TemplateError};
use super::library::{self, FileId, Library};
use super::output::Escape;
use super::{Sample, Template};
use crate::model::account::{ExtraNames, PartSet};

/// Templates that are compiled and checked.
pub(super) struct Compiled {
    /// One for each file that was asked for, in that order; the same one for the same file.
    pub(super) of_rules: Vec<Arc<Template>>,
    /// The one of the default.
    pub(super) default: Arc<Template>,
}

/// Compiles all files once and makes a template of each of `of_rules` and of `default`.
///
/// All errors in the files and the names in them are reported together; of those that a sample user runs into, the first.
pub(super) fn compile(
    library: &Library,
    of_rules: &[FileId],
    default: FileId,
    names: &ExtraNames,
    escape: Escape,
) -> Result<Compiled, TemplateError> {
    let marks: Vec<(FileId, (PartSet, Vec<LocatedError>))> =
        library.files().map(|(id, file)| (id, library::required(&file.source))).collect();
    let mut errors: Vec<LocatedError> = marks.iter().flat_map(|(_, (_, errors))| errors.clone()).collect();
    let broken = library::errors(library);
    let audit = Checker::new(library, names);
    let ids: BTreeSet<FileId> = of_rules.iter().copied().chain([default]).collect();
    // Names cannot be looked into while it is not known which files there are.
    let audited: Vec<(FileId, Usage, Vec<LocatedError>)> =
        ids.into_iter().filter(|_| broken.is_empty()).map(|id| audit.template(id)).collect();
    errors.extend(broken);
    errors.extend(audited.iter().flat_map(|(_, _, errors)| errors.clone()));
    if !errors.is_empty() {
        errors.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
        errors.dedup();
        return Err(TemplateError::Invalid(errors));
    }
    let marks = marks.into_iter().map(|(id, (required, _))| (id, required)).collect();
    let usages = audited.into_iter().map(|(id, usage, _)| (id, usage)).collect();
    let engine = Arc::new(Engine::new(library, escape));
    let environment = Arc::new(engine.compile(|_, source| source.text.clone())?);
    let mut maker =
        Maker { library, marks, usages, engine, environment, samples: Sample::all(names), done: BTreeMap::new() };
    let of_rules = of_rules.iter().map(|id| maker.template(*id)).collect::<Result<_, _>>()?;
    Ok(Compiled { of_rules, default: maker.template(default)? })
}

struct Maker<'l> {
    library: &'l Library,
    marks: BTreeMap<FileId, PartSet>,
    usages: BTreeMap<FileId, Usage>,
    engine: Arc<Engine>,
    environment: Arc<Environment<'static>>,
    samples: Vec<Sample>,
    done: BTreeMap<FileId, Arc<Template>>,
}

impl Maker<'_> {
    /// The template of a file, rendered with all samples.
    fn template(&mut self, id: FileId) -> Result<Arc<Template>, TemplateError> {
        if let Some(done) = self.done.get(&id) {
            return Ok(Arc::clone(done));
        }
        let usage = self.usages.remove(&id).unwrap_or_default();
        let required = usage.files.iter().filter_map(|file| self.marks.get(file));
        let required = required.fold(PartSet::NOTHING, |all, mark| all.union(*mark));
        let files = usage.files.iter().filter_map(|id| self.library.file(*id));
        let template = Template {
            files: files.map(|file| file.source.name.clone()).collect(),
            environment: Arc::clone(&self.environment),
            engine: Arc::clone(&self.engine),
            name: self.library.file(id).map(|file| file.source.name.clone()).unwrap_or_default(),
            roots: usage.roots,
            extra: usage.extra,
            fields: usage.fields,
            display_name: usage.display_name,
            wanted: usage.wanted.union(required),
            required,
        };
        for sample in &self.samples {
            template.try_sample(sample)?;
        }
        let template = Arc::new(template);
        self.done.insert(id, Arc::clone(&template));
        Ok(template)
    }
}
