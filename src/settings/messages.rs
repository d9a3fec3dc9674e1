//! What is said of the file, and of the values that the pages have put over the configuration.

use jiff::Timestamp;

use super::FILE_NAME;
use super::change::Key;
use super::file::SettingsFile;
use super::in_force::InForce;
use super::values::Source;
use crate::model::timestamp::rfc3339;

/// The target of these lines of the log, by which administrators filter.
const TARGET: &str = "openfire_provisioner::settings";

/// Moves a damaged file out of the way. Gives what to say of it.
pub(super) fn set_aside(file: &SettingsFile, problem: &str) -> String {
    match file.set_aside(Timestamp::now()) {
        Ok(aside) => {
            let (path, aside) = (file.path(), aside.display().to_string());
            format!(
                "{} was damaged ({problem}) and was set aside as {aside}: the configuration applies, and not what administrators \
                 had changed in the pages; set it there again",
                path.display()
            )
        }
        Err(error) => format!(
            "{}; it could not be renamed ({error}). Until then the configuration applies",
            damaged(file, problem)
        ),
    }
}

/// What is wrong with a file that is still in its place, and what to change.
pub(super) fn damaged(file: &SettingsFile, problem: &str) -> String {
    let path = file.path();
    let path = path.display();
    format!(
        "{path} is damaged: {problem}. Correct it, or remove it: a service that starts renames it to {FILE_NAME}.damaged-TIME \
         and uses the configuration"
    )
}

/// What to say of a file that others can read.
pub(super) fn note_if_open(file: &SettingsFile) -> String {
    let path = file.path();
    let path = path.display();
    format!("other users of this machine can read {path}, which holds the secret; run `chmod 600 {path}`")
}

/// Why nothing can be changed where there is no folder for it.
pub(super) fn no_state_directory() -> String {
    "there is no state directory, so nothing can be changed in the pages: set `StateDirectory=openfire-provisioner` in the \
     unit, or `admin.state_directory`"
        .to_owned()
}

/// Logs a problem, if there is one.
pub(super) fn report(problem: Option<&str>) {
    if let Some(problem) = problem {
        tracing::error!(target: TARGET, "{problem}");
    }
}

/// Logs at the start, and after a change of the file, which values of the configuration the pages override.
pub(super) fn say_what_is_overruled(in_force: &InForce) {
    if let Some(paused) = &in_force.paused {
        tracing::warn!(
            target: TARGET,
            "{paused}; clients get 503 and keep what they have, until an administrator resumes it in the pages or with \
             `openfire-provisioner settings reset paused`"
        );
    }
    for (key, source) in [(Key::Secret, &in_force.secret_source), (Key::AllowedNetworks, &in_force.networks_source)] {
        if let Source::Pages { by, at } = source {
            let (name, at) = (key.name(), rfc3339(*at));
            tracing::info!(
                target: TARGET,
                "what {by} set in the administrators' pages at {at} overrides `{name}` of the configuration"
            );
        }
    }
}
