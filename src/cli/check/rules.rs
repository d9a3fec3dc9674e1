//! `check`: the rules that choose a template.

use std::sync::Arc;

use super::super::reply::change;
use super::Report;
use crate::model::account::ExtraNames;
use crate::model::config::{AdminCommands, Config, RosterSource};
use crate::policy::{self, Move};
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

/// Reports what a client keeps of one template when a rule gives its user another.
pub(super) fn check_moves(templates: &Templates, names: &ExtraNames, report: &mut Report) {
    let different: Vec<&Template> = self::templates(templates).into_iter().map(|(template, _)| template).collect();
    for Move { from, to, change } in policy::moves(&different, names) {
        let line = change::line(&change);
        let what = line.strip_prefix("! ").unwrap_or(&line);
        report.note("rules", format!("when a rule gives a client that had {from} the template {to}: {what}"));
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
