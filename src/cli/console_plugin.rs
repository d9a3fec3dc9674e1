//! `console-plugin`: makes the plugin that leads from Openfire's admin console to the administrators' pages.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use super::Verdict;
use super::output::{complain, say};
use crate::console_plugin::{self, FILE_NAME, PROPERTY};
use crate::model::causes::with_causes;
use crate::model::config::BaseUrl;

/// Arguments of `console-plugin`.
#[derive(Debug, Args)]
pub(super) struct ConsolePlugin {
    /// Address of the administrators' pages as a browser reaches them, for example https://provisioning.example.org. Without a
    /// path, /admin/ is added.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    url: BaseUrl,
    /// File to write. Openfire names a plugin after its file: keep the name openfire-provisioner.jar.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl ConsolePlugin {
    /// Writes the plugin, and says what to do with it.
    pub(super) fn run(self) -> Verdict {
        match self.make() {
            Ok(()) => Verdict::Fine,
            Err(error) => {
                complain(format!("openfire-provisioner: {}", with_causes(&*error)));
                Verdict::CannotRun
            }
        }
    }

    fn make(&self) -> anyhow::Result<()> {
        let shown = self.out.display();
        if !self.out.extension().is_some_and(|extension| extension == "jar") {
            bail!("{shown}: Openfire takes only files that end in `.jar`; write for example `--out {FILE_NAME}`");
        }
        let jar = console_plugin::jar(&self.url)?;
        write(&self.out, &jar).with_context(|| format!("{shown}: cannot write the plugin"))?;
        let pages = console_plugin::pages(&self.url);
        if !self.url.is_https() {
            complain(format!(
                "note: {pages} is not encrypted: the passwords of administrators can be read on their way. Use an https address"
            ));
        }
        if self.out.file_name().is_some_and(|name| name != FILE_NAME) {
            complain(format!(
                "note: Openfire names a plugin after its file. Under another name than `{FILE_NAME}` it does not replace an \
                 earlier one"
            ));
        }
        say(format!("{shown}: the plugin for Openfire 4.2 or later, which opens {pages}"));
        say(
            "Next, in Openfire's admin console: Plugins > Upload Plugin. Or copy the file into Openfire's folder `plugins`.",
        );
        say(
            "Openfire loads it within 20 seconds, without a restart. The link is under Server > Server Settings > Jitsi \
             Provisioning.",
        );
        say(format!("If the address changes: set Openfire's system property `{PROPERTY}`; you need no new plugin."));
        Ok(())
    }
}

/// Under another name first, so that an Openfire that watches the folder never loads half a file.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut part = OsString::from(file);
    part.push(".part");
    let written = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, file));
    if written.is_err() {
        // What there is of it is of no use, and the first error says what happened.
        drop(std::fs::remove_file(&part));
    }
    written
}

fn address(text: &str) -> Result<BaseUrl, String> {
    BaseUrl::parse(text).ok_or_else(|| {
        "write scheme and host, and if needed a port and a path, for example https://provisioning.example.org, without a query"
            .to_owned()
    })
}
