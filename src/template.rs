//! The site's template: from what is known about a user to a text of Java properties.
//!
//! 1. [`Templates::load`] reads the template, compiles it, checks every name in it and renders it with made-up
//!    users, so that a mistake is found before a client asks.
//! 2. [`Templates::wanted`] tells what the template mentions; the rest is not fetched.
//! 3. [`Templates::render`] makes the text. Each value is escaped by itself; the template's own words are not.
//!
//! `docs/templates.md` is the same from the view of an administrator.

mod audit;
mod context;
mod environment;
mod error;
mod extra;
mod markers;
mod samples;
mod schema;
mod secret;
mod source;
mod trace;
mod vcard;

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use minijinja::Environment;

pub use self::context::{ProvisionContext, ServerFacts};
use self::environment::environment;
use self::error::Notice;
pub use self::error::{Fault, TemplateError};
pub use self::samples::Sample;
use self::source::Source;
pub use self::trace::{TemplateLine, Traced};
use crate::account::{ClientInfo, Entry, ExtraNames, Username, Wanted};
use crate::config;

/// Largest text a template may make, in bytes: a photo of the largest size fits. What sites send has about 20 KiB.
const MAX_OUTPUT: usize = 2 * 1024 * 1024;

/// All templates of a site, compiled and checked, with the rules that tell who gets which. Shared by all requests.
#[derive(Debug)]
pub struct Templates {
    default: Template,
    files: Vec<PathBuf>,
    folder: Option<PathBuf>,
}

/// A template that was chosen for a request.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'t> {
    /// The template.
    pub template: &'t Template,
    /// The name of the rule that chose it; none for the default.
    pub rule: Option<&'t str>,
}

/// Which template a user gets, as far as it can be told.
#[derive(Debug, Clone, Copy)]
pub enum Decision<'t> {
    /// This one.
    Chosen(Choice<'t>),
    /// A rule asks what is not known yet: these have to be looked up first.
    Needs(Wanted),
}

impl Templates {
    /// Reads, compiles and checks all templates that `settings` name, or the one that is built in.
    ///
    /// `names` are those that `extra.…` may have. `escape` appends a value to a text so that it is one value of a
    /// property, or part of a key, whatever it holds.
    pub fn load(
        settings: &config::Template,
        _names: &ExtraNames,
        escape: fn(&str, &mut String),
    ) -> Result<Self, TemplateError> {
        let default = Template::load(settings, escape)?;
        Ok(Self { default, files: settings.file.iter().cloned().collect(), folder: settings.folder.clone() })
    }

    /// Which template a user gets, by what is known: `entry` holds what was looked up so far, `known` tells what that is.
    #[must_use]
    pub fn decide(&self, _user: &Username, _client: &ClientInfo, _entry: &Entry, _known: Wanted) -> Decision<'_> {
        Decision::Chosen(Choice { template: &self.default, rule: None })
    }

    /// Every template with the name of its rule, in the order of the rules; the default comes last.
    pub fn all(&self) -> impl Iterator<Item = Choice<'_>> {
        std::iter::once(Choice { template: &self.default, rule: None })
    }

    /// Every file that was read: the templates, and what they include, extend or import. Empty for the one built in.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(PathBuf::as_path)
    }

    /// The folder below which included, extended and imported files are looked up; none when nothing names one. A file
    /// that appears in it can change what `include` with `ignore missing` or with a list of names takes.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// What any of the templates and rules may want.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        self.all().fold(Wanted::NOTHING, |wanted, choice| wanted.union(choice.template.wanted()))
    }
}

/// A template that is compiled and checked.
pub struct Template {
    environment: Environment<'static>,
    escape: fn(&str, &mut String),
    /// The template and all that it includes, extends or imports.
    sources: Arc<[Source]>,
    name: String,
    roots: BTreeSet<&'static str>,
    wanted: Wanted,
    required: Wanted,
}

impl Template {
    /// Reads, compiles and checks the template that `settings` name, or the one that is built in.
    ///
    /// `escape` appends a value to a text so that it is one value of a property, or part of a key, whatever it holds.
    fn load(settings: &config::Template, escape: fn(&str, &mut String)) -> Result<Self, TemplateError> {
        let source = match &settings.file {
            Some(path) => Source::read(path)?,
            None => Source::built_in(),
        };
        Self::check(source, escape)
    }

    /// The template's file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the template mentions `extra`.
    #[must_use]
    pub fn wants_extra(&self) -> bool {
        self.roots.contains("extra")
    }

    /// What the template mentions or requires. Nothing else has to be fetched.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        self.wanted
    }

    /// What the template is marked as requiring: without it no text should be sent.
    #[must_use]
    pub fn required(&self) -> Wanted {
        self.required
    }

    /// Makes the text for one user. The text usually holds the user's password.
    pub fn render(&self, context: &ProvisionContext<'_>) -> Result<String, TemplateError> {
        self.text(&self.environment, context)
            .map_err(|error| TemplateError::Failed(Fault::of_render(&self.name, &error)))
    }

    /// The same with the line of the template that each line of the text comes from. It compiles the template again, so it
    /// is for people who look for a mistake.
    pub fn traced(&self, context: &ProvisionContext<'_>) -> Result<Traced, TemplateError> {
        let mut environment = environment(self.escape);
        let marked = self.sources.iter().enumerate().try_for_each(|(number, source)| {
            environment.add_template_owned(source.name.clone(), trace::mark(&source.text, number))
        });
        let text = marked.and_then(|()| self.text(&environment, context));
        let text = text.map_err(|error| TemplateError::Failed(Fault::of_render(&self.name, &error)))?;
        Ok(Traced::new(&text, Arc::clone(&self.sources)))
    }

    fn check(source: Source, escape: fn(&str, &mut String)) -> Result<Self, TemplateError> {
        let (required, mut faults) = markers::required(&source);
        let (usage, found) = audit::audit(&source);
        faults.extend(found);
        if !faults.is_empty() {
            return Err(TemplateError::Invalid(faults));
        }
        let mut environment = environment(escape);
        environment
            .add_template_owned(source.name.clone(), source.text.clone())
            .map_err(|error| TemplateError::Invalid(vec![Fault::of_sample(&source.name, &error)]))?;
        let wanted = usage.wanted.union(required);
        let name = source.name.clone();
        let sources = Arc::new([source]);
        let templates = Self { environment, escape, sources, name, roots: usage.roots, wanted, required };
        for sample in Sample::all(&ExtraNames::default()) {
            templates.text(&templates.environment, &sample.context()).map_err(|error| TemplateError::Sample {
                sample: sample.name,
                fault: Fault::of_sample(&templates.name, &error),
            })?;
        }
        Ok(templates)
    }

    fn text(
        &self,
        environment: &Environment<'static>,
        context: &ProvisionContext<'_>,
    ) -> Result<String, minijinja::Error> {
        let template = environment.get_template(&self.name)?;
        let value = context.to_value(|root| self.roots.contains(root));
        let mut output = Limited(Vec::new());
        template.render_captured_to(value, &mut output)?;
        String::from_utf8(output.0).map_err(|_| Notice::raise("the text is not UTF-8"))
    }
}

/// Leaves out the text, in which a site may have written a secret.
impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Template({}, wants {:?}, requires {:?})", self.name, self.wanted, self.required)
    }
}

/// Takes as much output as a template may make.
struct Limited(Vec<u8>);

impl io::Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_OUTPUT {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
