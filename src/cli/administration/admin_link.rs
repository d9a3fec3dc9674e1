//! `admin-link`: a one-time code for the administrators' pages, for when signing in does not work.

use std::path::Path;

use anyhow::{Context as _, bail};
use clap::Args;

use super::audit;
use crate::administration::admin_link::{self, CodeFile, VALID};
use crate::administration::audit::Action;
use crate::administration::role::Role;
use crate::cli::output::{complain, say};
use crate::cli::{Verdict, load};
use crate::model::causes::with_causes;
use crate::model::timestamp::rfc3339;

/// Arguments of `admin-link`.
#[derive(Debug, Args)]
pub(in crate::cli) struct AdminLink {
    /// Allow changes too. Without it, the code lets you look only.
    #[arg(long)]
    may_change: bool,
}

impl AdminLink {
    /// Prints the address of the page and the code.
    pub(in crate::cli) fn run(&self, file: Option<&Path>) -> Verdict {
        match self.make(file) {
            Ok(()) => Verdict::Fine,
            Err(error) => {
                complain(format!("openfire-provisioner: {}", with_causes(&*error)));
                Verdict::CannotRun
            }
        }
    }

    fn make(&self, file: Option<&Path>) -> anyhow::Result<()> {
        let admin = load(file)?.admin;
        let url = admin.urls.first();
        let url = url.context("there are no administrators' pages: set `admin.urls` and restart the service")?;
        let folder = admin.state_directory().context(
            "there is no state directory, where the service would find the code: set `admin.state_directory`, or \
             `StateDirectory=openfire-provisioner` in the unit",
        )?;
        if !folder.exists() {
            let folder = folder.display();
            bail!(
                "the state directory {folder} does not exist, so the code cannot be kept there: create it for the user of the \
                 service. With systemd, `StateDirectory=openfire-provisioner` in the unit does so when the service starts; \
                 otherwise run `install -d -m 700 -o USER {folder}`"
            );
        }
        let (role, what) = if self.may_change {
            (Role::Administrator, "look at everything and change settings")
        } else {
            (Role::Viewer, "look at everything and change nothing")
        };
        let made = admin_link::make(&CodeFile::new(&folder), role)?;
        audit::record(&folder, Action::LinkMade, "", [String::new(), role.to_string()]);
        say(format!("Address: {url}/admin/link"));
        say(format!("Code:    {}", made.code));
        say(format!(
            "The code is valid once, until {} ({} minutes). With it you can {what}.",
            rfc3339(made.until),
            VALID.as_secs() / 60
        ));
        Ok(())
    }
}
