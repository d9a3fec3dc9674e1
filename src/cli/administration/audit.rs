//! The audit log also has what commands do in place of the pages.

use std::path::Path;

use jiff::Timestamp;

use crate::administration::audit::{Action, Entry, append_once};
use crate::cli::output::complain;
use crate::model::files::process_user;

/// Who does it, for the audit log and the settings: the user of this process.
pub(super) fn actor() -> String {
    format!("{} by command", process_user::of_process())
}

/// Writes an entry. One that cannot be written is only a complaint, since what it says was done.
pub(super) fn record(state_directory: &Path, action: Action, target: &str, [before, after]: [String; 2]) {
    let entry =
        Entry { at: Timestamp::now(), actor: actor(), address: None, action, target: target.to_owned(), before, after };
    if let Err(error) = append_once(state_directory, &entry) {
        complain(format!("openfire-provisioner: the audit log could not be written: {error}"));
    }
}
