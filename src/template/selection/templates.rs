//! All templates of a site with their rules.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::compile::{Compiled, compile};
use super::super::compiled::Template;
use super::super::error::TemplateError;
use super::super::library::Library;
use super::super::library::SourceFile;
use super::super::output::Escape;
use super::choice::{Choice, Decision, PassedOver, Shadowed};
use super::rule::TemplateRule;
use crate::model::account::{ClientInfo, DatumForm, DatumType, Entry, ExtraNames, PartSet, Username};
use crate::model::config::{self, Pattern};

/// All templates of a site, compiled and checked, with the rules that decide who gets which. Shared by all requests.
#[derive(Debug)]
pub struct Templates {
    rules: Vec<TemplateRule>,
    default: Arc<Template>,
    files: Vec<PathBuf>,
    folder: Option<PathBuf>,
}

impl Templates {
    /// Reads, compiles and checks all templates that `settings` name, or the one that is built in.
    ///
    /// `names` are those that `extra.…` may have. `escape` appends a value to a text so that it is one value of a
    /// property, or part of a key, whatever it holds.
    pub fn load(settings: &config::Template, names: &ExtraNames, escape: Escape) -> Result<Self, TemplateError> {
        let of_default = settings.file.as_deref().and_then(Path::parent);
        let mut library = Library::new(settings.folder.as_deref().or(of_default));
        let of_rules =
            settings.rule.iter().map(|rule| library.read(&rule.file)).collect::<Result<Vec<_>, TemplateError>>()?;
        let default = match &settings.file {
            Some(path) => library.read(path)?,
            None => library.add(None, SourceFile::built_in()),
        };
        let Compiled { of_rules, default } = compile(&library, &of_rules, default, names, escape)?;
        let rules = settings.rule.iter().zip(of_rules);
        let rules =
            rules.map(|(conditions, template)| TemplateRule { conditions: conditions.clone(), template }).collect();
        let files = library.files().filter_map(|(_, file)| file.path.clone()).collect();
        Ok(Self { rules, default, files, folder: library.folder().map(Path::to_owned) })
    }

    /// Which template a user gets, by what is known: `entry` holds what was looked up so far, `known` says which parts that is.
    ///
    /// Each rule is a yes, a no or unknown. The first that is no "no" decides.
    ///
    /// Looking up what is needed and asking again comes to an end: each time something is needed that was not known before.
    #[must_use]
    pub fn decide(&self, user: &Username, client: &ClientInfo, entry: &Entry, known: PartSet) -> Decision<'_> {
        let mut possible = self.rules.iter().filter(|rule| rule.holds_for_request(user, client));
        while let Some(rule) = possible.next() {
            let by_rule = rule.asks().without(known);
            if by_rule != PartSet::NOTHING {
                return Decision::Needs { by_rule, anyway: self.anyway(rule, possible).without(known.union(by_rule)) };
            }
            match rule.holds_for_entry(entry) {
                Ok(true) => return Decision::Chosen(rule.choice()),
                Ok(false) => {}
                Err(missing) => {
                    return Decision::Undecided { rule: &rule.conditions.name, missing: missing.clone() };
                }
            }
        }
        Decision::Chosen(self.default())
    }

    /// The rules before the one that [`Templates::decide`] chooses by what `entry` holds, each with a condition that the
    /// request does not meet.
    pub fn passed_over(
        &self,
        user: &Username,
        client: &ClientInfo,
        entry: &Entry,
    ) -> impl Iterator<Item = PassedOver<'_>> {
        self.rules.iter().map_while(|rule| {
            let unmet = rule.unmet_by_request(user, client).or_else(|| rule.unmet_by_entry(entry))?;
            Some(PassedOver { rule: &rule.conditions.name, template: rule.template.name(), unmet })
        })
    }

    /// What the templates of this rule, of those behind it and of the default want, all of them. What rules ask for is
    /// not among it: that has to be had, and this need not.
    fn anyway<'t>(&'t self, rule: &'t TemplateRule, behind: impl Iterator<Item = &'t TemplateRule>) -> PartSet {
        let (mut wanted, mut asked) = (self.default.wanted(), PartSet::NOTHING);
        for rule in behind.chain([rule]) {
            wanted = wanted.without(PartSet::EVERYTHING.without(rule.template.wanted()));
            asked = asked.union(rule.asks());
        }
        wanted.without(asked)
    }

    /// Every template with the name of its rule, in the order of the rules; the default comes last.
    pub fn all(&self) -> impl Iterator<Item = Choice<'_>> {
        self.rules.iter().map(TemplateRule::choice).chain([self.default()])
    }

    fn default(&self) -> Choice<'_> {
        Choice { template: &self.default, rule: None }
    }

    /// Rules that can match no user, since an earlier one matches all users whom they are for. Only those that are certain.
    pub fn shadowed(&self) -> impl Iterator<Item = Shadowed<'_>> {
        self.rules.iter().enumerate().filter_map(|(number, rule)| {
            let by = self.rules.iter().take(number).find(|earlier| rule.is_within(earlier))?;
            Some(Shadowed { rule: &rule.conditions.name, by: &by.conditions.name })
        })
    }

    /// Every file with its name and its text, as they were read. A text may hold secrets of the site.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.default.engine.sources().iter().map(|source| (source.name.as_str(), source.text.as_str()))
    }

    /// The rules with their templates, in their order.
    pub fn rules(&self) -> impl Iterator<Item = (&config::Rule, &Arc<Template>)> {
        self.rules.iter().map(|rule| (&rule.conditions, &rule.template))
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

    /// The names in `extra.NAME` that the templates mention, with the types that their use suggests, for where there are no
    /// data to ask: what is looped over, joined or has an item with a number is a list, one of records if its items have
    /// names of their own, and a secret is known by its name. There may be more names.
    #[must_use]
    pub fn extra_names(&self) -> ExtraNames {
        let mut kinds = BTreeMap::new();
        for (name, datum) in self.all().flat_map(|choice| &choice.template.extra) {
            let known = kinds.entry(Arc::clone(name)).or_insert_with(|| datum.clone());
            match (&*known, datum.form()) {
                (DatumType::Records(_), DatumForm::Records) => known.hide_as(datum.clone()),
                (DatumType::Records(_), _) | (_, DatumForm::Single) => {}
                (_, DatumForm::List | DatumForm::Records) => *known = datum.clone(),
            }
        }
        ExtraNames { kinds, open: true }
    }

    /// The fields of the request that templates mention and rules ask for.
    #[must_use]
    pub fn fields(&self) -> BTreeSet<String> {
        let conditions = self.rules.iter().map(|rule| &rule.conditions);
        let of_rules = conditions.flat_map(|rule| {
            let os = (!rule.os.is_empty()).then(|| "os".to_owned());
            rule.fields.keys().cloned().chain(os)
        });
        self.all().flat_map(|choice| choice.template.fields.iter().cloned()).chain(of_rules).collect()
    }

    /// The Openfire groups that rules ask for.
    pub fn group_patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.rules.iter().flat_map(|rule| &rule.conditions.groups)
    }

    /// What the rules have to know about a user, whichever template they choose.
    #[must_use]
    pub fn asked(&self) -> PartSet {
        self.rules.iter().fold(PartSet::NOTHING, |asked, rule| asked.union(rule.asks()))
    }

    /// What any of the templates and rules may want.
    #[must_use]
    pub fn wanted(&self) -> PartSet {
        self.all().fold(self.asked(), |wanted, choice| wanted.union(choice.template.wanted()))
    }
}
