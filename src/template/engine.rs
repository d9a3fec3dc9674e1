//! An engine with all files of a site.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::Environment;

use super::error::{LocatedError, TemplateError};
use super::language::desugar::desugared;
use super::language::environment::environment;
use super::library::Library;
use super::library::SourceFile;
use super::output::Escape;

/// All that an engine is made of. Shared by a site's templates.
pub(super) struct Engine {
    /// Each file has its name for people, so that the engine's errors show that.
    sources: Arc<[SourceFile]>,
    /// What the names stand for by which files name each other.
    names: Arc<BTreeMap<String, String>>,
    escape: Escape,
}

impl Engine {
    /// With all files of the library.
    pub(super) fn new(library: &Library, escape: Escape) -> Self {
        let names = library.names().map(|(name, file)| (name.to_owned(), file.source.name.clone()));
        Self {
            sources: library.files().map(|(_, file)| file.source.clone()).collect(),
            names: Arc::new(names.collect()),
            escape,
        }
    }

    /// The files; a trace refers to them by their numbers.
    pub(super) fn sources(&self) -> &Arc<[SourceFile]> {
        &self.sources
    }

    /// Compiles each file as `text` makes it of its number and itself, with all that it does being charged.
    pub(super) fn compile(
        &self,
        text: impl Fn(usize, &SourceFile) -> String,
    ) -> Result<Environment<'static>, TemplateError> {
        let mut environment = environment(self.escape);
        for (number, source) in self.sources.iter().enumerate() {
            let written = text(number, source);
            // What cannot be parsed is left to the engine, which says why.
            let text = desugared(&written).unwrap_or(written);
            environment
                .add_template_owned(source.name.clone(), text)
                .map_err(|error| TemplateError::Invalid(vec![LocatedError::from_sample(&source.name, &error)]))?;
        }
        let names = Arc::clone(&self.names);
        // A name that stands for no file stays as it is, and the engine finds nothing under it.
        environment.set_path_join_callback(move |name, _| match names.get(name) {
            Some(file) => Cow::Owned(file.clone()),
            None => Cow::Borrowed(name),
        });
        Ok(environment)
    }
}
