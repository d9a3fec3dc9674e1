//! A template that is compiled and checked, and renders.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use minijinja::{Environment, Value};

use super::context::{ProvisionContext, Sample};
use super::engine::Engine;
use super::error::{LocatedError, TemplateError, UsageError};
use super::output::Limited;
use super::rehearsal;
use super::trace::{self, Traced};
use crate::model::account::{DatumType, PartSet};

/// A template that is compiled and checked.
pub struct Template {
    /// All files of the site; every template has the same.
    pub(super) environment: Arc<Environment<'static>>,
    /// What that was made of.
    pub(super) engine: Arc<Engine>,
    pub(super) name: String,
    /// The names of the files that it is made of.
    pub(super) files: Vec<String>,
    pub(super) roots: BTreeSet<&'static str>,
    pub(super) display_name: bool,
    pub(super) wanted: PartSet,
    pub(super) extra: BTreeMap<Arc<str>, DatumType>,
    pub(super) required: PartSet,
    pub(super) fields: BTreeSet<String>,
}

impl Template {
    /// The template's file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The files that it is made of: its own, and those that it includes, imports or extends, in no order that means something.
    #[must_use]
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// Whether the template mentions `extra`.
    #[must_use]
    pub fn wants_extra(&self) -> bool {
        self.roots.contains("extra")
    }

    /// Whether the template mentions `user.display_name`. Then the account's name is of use where the vCard has no name.
    #[must_use]
    pub fn wants_display_name(&self) -> bool {
        self.display_name
    }

    /// What the template mentions or requires. Nothing else has to be fetched.
    #[must_use]
    pub fn wanted(&self) -> PartSet {
        self.wanted
    }

    /// What the template is marked as requiring: without it no text should be sent.
    #[must_use]
    pub fn required(&self) -> PartSet {
        self.required
    }

    /// Makes the text for one user. The text usually holds the user's password.
    pub fn render(&self, context: &ProvisionContext<'_>) -> Result<String, TemplateError> {
        text(&self.environment, &self.name, self.value(context))
            .map_err(|error| TemplateError::Failed(LocatedError::from_render(&self.name, &error)))
    }

    /// The same for when no client waits: it is given up when it takes too long, whatever it does.
    pub fn rehearse(&self, context: &ProvisionContext<'_>) -> Result<String, TemplateError> {
        self.rehearsed(&self.environment, context)?
            .map_err(|error| TemplateError::Failed(LocatedError::from_render(&self.name, &error)))
    }

    /// The same with the line of the template that each line of the text comes from. It compiles the template again, so it
    /// is for people who look for a mistake.
    pub fn traced(&self, context: &ProvisionContext<'_>) -> Result<Traced, TemplateError> {
        let environment = self.engine.compile(|number, source| trace::mark(&source.text, number))?;
        let text = self.rehearsed(&Arc::new(environment), context)?;
        let text = text.map_err(|error| TemplateError::Failed(LocatedError::from_render(&self.name, &error)))?;
        Ok(Traced::new(&self.name, &text, Arc::clone(self.engine.sources())))
    }

    /// Renders for a made-up user. What is wrong is described with the engine's details, since no real value is in them.
    pub(super) fn try_sample(&self, sample: &Sample) -> Result<(), TemplateError> {
        self.rehearsed(&self.environment, &sample.context())?.map(drop).map_err(|error| TemplateError::Sample {
            sample: sample.name,
            error: LocatedError::from_sample(&self.name, &error),
        })
    }

    /// What the engine makes of it, if it makes it in time.
    fn rehearsed(
        &self,
        environment: &Arc<Environment<'static>>,
        context: &ProvisionContext<'_>,
    ) -> Result<Result<String, minijinja::Error>, TemplateError> {
        let (environment, name, value) = (Arc::clone(environment), self.name.clone(), self.value(context));
        rehearsal::rehearsed(move || text(&environment, &name, value)).map_err(|unfinished| {
            TemplateError::Failed(LocatedError { file: self.name.clone(), line: None, message: unfinished.to_string() })
        })
    }

    fn value(&self, context: &ProvisionContext<'_>) -> Value {
        context.to_value(|root| self.roots.contains(root))
    }
}

fn text(environment: &Environment<'static>, name: &str, value: Value) -> Result<String, minijinja::Error> {
    let template = environment.get_template(name)?;
    let mut output = Limited::new();
    template.render_captured_to(value, &mut output)?;
    output.into_text().ok_or_else(|| UsageError::raise("the text is not UTF-8"))
}

/// Leaves out the text, in which a site may have written a secret.
impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Template({}, wants {:?}, requires {:?})", self.name, self.wanted, self.required)
    }
}
