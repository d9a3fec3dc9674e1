//! `check`: what administrators have changed in the pages, and whether they can change anything.

use super::Report;
use crate::app;
use crate::cli::settings::in_words;
use crate::model::config::Config;
use crate::settings::{Key, Source};

/// One line for each setting that the pages can change, with its source, and what is wrong with their file.
pub(super) fn check(config: &Config, report: &mut Report) {
    let outlook = app::settings_as_stored(config);
    if let Some(problem) = outlook.problem {
        report.wrong("settings", problem);
    }
    if let Some(note) = outlook.note {
        report.note("settings", note);
    }
    let in_force = &outlook.in_force;
    let sources = [
        (Key::Paused, in_force.paused.is_none()),
        (Key::Secret, in_force.secret_source == Source::Configuration),
        (Key::AllowedNetworks, in_force.networks_source == Source::Configuration),
    ];
    for (key, is_configured) in sources {
        let value = format!("{}: {}", key.name(), in_words(in_force, key));
        if !is_configured {
            report.note("settings", value);
        } else if config.admin.is_on() {
            report.fine("settings", value);
        }
    }
    if let Some(why) = outlook.why_not_writable.filter(|_| config.admin.is_on()) {
        report.note("settings", why);
    }
}
