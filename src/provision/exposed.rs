//! Which of the site's data a template hands to a client as secrets, although nothing says that they are.

use crate::account::ExtraNames;
use crate::properties;
use crate::template::{Sample, Template};

/// The names of site data that are no secrets, and that the template puts under a secret key of the client.
///
/// Seen with a made-up user: what stands in a branch that this one does not take is not found.
#[must_use]
pub fn exposed<'n>(template: &Template, names: &'n ExtraNames) -> Vec<&'n str> {
    let text = Sample::marked(names).and_then(|sample| template.render(&sample.context()).ok());
    let Some(document) = text.and_then(|text| properties::parse(&text).ok()) else { return Vec::new() };
    let secrets: Vec<&str> =
        document.entries().filter(properties::Entry::is_secret).map(|entry| entry.value()).collect();
    let names = names.kinds.iter().filter(|(_, kind)| !kind.is_secret()).map(|(name, _)| &**name);
    names.filter(|name| secrets.iter().any(|secret| secret.contains(&Sample::mark(name)))).collect()
}
