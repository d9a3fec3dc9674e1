//! Templates, rules and data that are in force together.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::review::harmful;
use crate::model::account::ExtraNames;
use crate::model::config;
use crate::model::named_groups::NamedGroups;
use crate::site_data::SiteData;
use crate::template::{TemplateError, Templates};

/// Templates, rules and data of one moment.
///
/// It is never changed: a reload puts another one in its place as a whole, and a request keeps the one it began with.
#[derive(Debug)]
pub struct Policy {
    templates: Templates,
    data: Arc<SiteData>,
    named_groups: Arc<NamedGroups>,
}

/// Templates from which no user would get a text, since it would harm a client. Holds a line for each error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Harmful(Vec<String>);

/// Reads, compiles and checks the templates that `settings` name; `names` are those that `extra.…` may have. Values are escaped
/// for properties.
pub fn load_templates(settings: &config::Template, names: &ExtraNames) -> Result<Templates, TemplateError> {
    Templates::load(settings, names, jitsi_properties::escaped)
}

impl Policy {
    /// A policy of these templates and the data that they see.
    #[must_use]
    pub fn new(templates: Templates, data: Arc<SiteData>) -> Self {
        let named_groups = Arc::new(NamedGroups::new(templates.group_patterns(), data.group_names()));
        Self { templates, data, named_groups }
    }

    /// The templates, and who gets which.
    #[must_use]
    pub fn templates(&self) -> &Templates {
        &self.templates
    }

    /// What the site itself knows about its users.
    #[must_use]
    pub fn data(&self) -> &SiteData {
        &self.data
    }

    /// The Openfire groups that rules and data name.
    #[must_use]
    pub fn named_groups(&self) -> &Arc<NamedGroups> {
        &self.named_groups
    }

    /// The same, if its templates give the everyday user a text that may be sent.
    ///
    /// # Errors
    ///
    /// When the text of one of them would harm a client.
    pub fn harmless(self) -> Result<Self, Harmful> {
        let mut seen = BTreeSet::new();
        let templates = self.templates.all().filter(|choice| seen.insert(choice.template.name().to_owned()));
        let diagnostics = templates.flat_map(|choice| harmful(choice.template, self.data.names()));
        let lines: Vec<String> = diagnostics
            .map(|diagnostic| format!("{}: {}: {}", diagnostic.location(), diagnostic.rule.id, diagnostic.message))
            .collect();
        if lines.is_empty() { Ok(self) } else { Err(Harmful(lines)) }
    }
}
