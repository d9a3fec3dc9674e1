//! `settings`: shows what administrators have changed in the pages, and resets it to the configuration.

use std::path::Path;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::audit;
use crate::administration::audit::Action;
use crate::app;
use crate::cli::output::{complain, say};
use crate::cli::{Verdict, load};
use crate::model::causes::with_causes;
use crate::model::config::Config;
use crate::model::timestamp::rfc3339;
use crate::settings::{Actor, ChangeError, InForce, Key, Outlook, Source};

/// Arguments of `settings`.
#[derive(Debug, Args)]
pub(in crate::cli) struct SettingsCommand {
    #[command(subcommand)]
    action: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show what is in force, and where each value comes from (the default).
    Show,
    /// Reset a setting to the configuration.
    Reset {
        /// The setting.
        #[arg(value_enum)]
        key: ResetKey,
    },
}

/// What can be reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ResetKey {
    /// Resume provisioning.
    #[value(name = "paused")]
    Paused,
    /// Use the HTTP secret of the configuration, if it has one.
    #[value(name = "http.secret")]
    Secret,
    /// Use the allowed networks of the configuration.
    #[value(name = "http.allowed_networks")]
    AllowedNetworks,
    /// Reset all three.
    #[value(name = "all")]
    All,
}

impl ResetKey {
    fn keys(self) -> &'static [Key] {
        match self {
            Self::Paused => &[Key::Paused],
            Self::Secret => &[Key::Secret],
            Self::AllowedNetworks => &[Key::AllowedNetworks],
            Self::All => &Key::ALL,
        }
    }
}

impl SettingsCommand {
    /// Shows the settings, or resets them.
    pub(in crate::cli) fn run(&self, file: Option<&Path>) -> Verdict {
        let config = match load(file) {
            Ok(config) => config,
            Err(error) => {
                complain(format!("openfire-provisioner: {}", with_causes(&*error)));
                return Verdict::CannotRun;
            }
        };
        match self.action {
            None | Some(What::Show) => show(&config),
            Some(What::Reset { key }) => reset(&config, key).unwrap_or_else(|error| {
                complain(format!("openfire-provisioner: nothing was changed: {error}"));
                Verdict::CannotRun
            }),
        }
    }
}

fn show(config: &Config) -> Verdict {
    let Outlook { in_force, problem, note, why_not_writable } = app::settings_as_stored(config);
    for key in Key::ALL {
        say(format!("{:<21} {}", key.name(), in_words(&in_force, key)));
    }
    for (what, text) in [("note", note.or(why_not_writable)), ("WRONG", problem.clone())] {
        if let Some(text) = text {
            say(format!("{what:<6} {text}"));
        }
    }
    if problem.is_some() {
        say(
            "       The values above are those of the configuration. A running service may still use what it had before.",
        );
    }
    if problem.is_some() { Verdict::Finding } else { Verdict::Fine }
}

/// The value, except of a secret, and where it comes from.
pub(in crate::cli) fn in_words(in_force: &InForce, key: Key) -> String {
    match key {
        Key::Paused => in_force.paused.as_ref().map_or_else(
            || "no; clients are provisioned".to_owned(),
            |paused| {
                let reason = if paused.reason.is_empty() { String::new() } else { format!(": {}", paused.reason) };
                format!("yes, since {} by {}{reason}", rfc3339(paused.since), paused.by)
            },
        ),
        Key::Secret => {
            let set = if in_force.secret.is_some() { "set (not shown)" } else { "none; clients need no secret" };
            let old = in_force.previous_secret.as_ref().filter(|old| Timestamp::now() < old.until);
            let old =
                old.map_or_else(String::new, |old| format!("; the old one is valid until {}", rfc3339(old.until)));
            format!("{set}, {}{old}", source(&in_force.secret_source))
        }
        Key::AllowedNetworks => {
            let networks: Vec<String> = in_force.allowed_networks.iter().map(ToString::to_string).collect();
            let networks = if networks.is_empty() { "all".to_owned() } else { networks.join(" ") };
            format!("{networks}, {}", source(&in_force.networks_source))
        }
    }
}

fn source(source: &Source) -> String {
    match source {
        Source::Configuration => "from the configuration".to_owned(),
        Source::Pages { by, at } => format!("changed in the pages by {by} at {}", rfc3339(*at)),
    }
}

fn reset(config: &Config, key: ResetKey) -> Result<Verdict, ChangeError> {
    let settings = app::settings(config);
    if let Some(problem) = settings.problem() {
        say(format!("note   {problem}"));
    }
    let actor = Actor { name: audit::actor(), address: None };
    for key in key.keys() {
        let changed = settings.give_back(*key, &actor)?;
        let name = key.name();
        if changed.before == changed.after {
            say(format!("ok     {name}: not changed in the pages, so there is nothing to reset"));
            continue;
        }
        say(format!("ok     {name}: reset to the configuration; it was {}, and is {}", changed.before, changed.after));
        if *key == Key::Secret {
            say("note   clients that send the secret that was set in the pages are now refused");
        }
        if let Some(folder) = config.admin.state_directory() {
            audit::record(&folder, Action::SettingGivenBack, name, [changed.before, changed.after]);
        }
    }
    say("A running service picks this up at once; if `reload.watch` is off, run \
         `systemctl reload openfire-provisioner`.");
    Ok(Verdict::Fine)
}
