//! `check`: the rules that choose a template.

use std::sync::Arc;

use super::Report;
use crate::model::config::{AdminCommands, Config, RosterSource};
use crate::template::{Template, Templates};

/// Reports rules that can never match, and rules whose conditions cannot be checked.
pub(super) fn check(config: &Config, templates: &Templates, report: &mut Report) {
    for shadowed in templates.shadowed() {
        report.note(
            "rules",
            format!(
                "\"{}\" never matches: its users get the template of the earlier rule \"{}\"",
                shadowed.rule, shadowed.by
            ),
        );
    }
    let asked = templates.asked();
    if asked.groups && config.directory.admin_commands == AdminCommands::Off {
        report.wrong(
            "rules",
            "some rules match on Openfire groups, but directory.admin_commands is \"off\": every user such a rule could match gets an error",
        );
    }
    if asked.roster && config.directory.roster == RosterSource::Off {
        report.wrong(
            "rules",
            "some rules match on groups of contacts, but directory.roster is \"off\": every user such a rule could match gets an error",
        );
    }
}

/// Each template once, with the rules that choose it, for a message.
pub(super) fn templates(templates: &Templates) -> Vec<(&Template, String)> {
    let mut found: Vec<(&Template, Vec<String>)> = Vec::new();
    for choice in templates.all() {
        let name = choice.rule.map_or_else(|| "the default".to_owned(), |rule| format!("rule \"{rule}\""));
        match found.iter_mut().find(|(template, _)| std::ptr::eq(*template, Arc::as_ptr(choice.template))) {
            Some((_, names)) => names.push(name),
            None => found.push((choice.template, vec![name])),
        }
    }
    let chosen = |names: Vec<String>| {
        if templates.all().count() > 1 { format!(" ({})", names.join(", ")) } else { String::new() }
    };
    found.into_iter().map(|(template, names)| (template, chosen(names))).collect()
}
