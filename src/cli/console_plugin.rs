//! `console-plugin`: makes the plugin that adds a link to the administrators' pages to Openfire's admin console.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use super::Verdict;
use super::output::{complain, say};
use crate::console_plugin::{self, FILE_NAME, PROPERTY};
use crate::model::causes::with_causes;
use crate::model::config::OwnUrl;

/// Arguments of `console-plugin`.
#[derive(Debug, Args)]
pub(super) struct ConsolePlugin {
    /// Address of the administrators' pages as a browser reaches them, for example `https://provisioning.example.org`. Default:
    /// the first one in `admin.urls`.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    url: Option<OwnUrl>,
    /// File to write. Openfire names a plugin after its file: keep the name openfire-provisioner.jar.
    #[arg(long, value_name = "FILE", default_value = FILE_NAME)]
    out: PathBuf,
}

impl ConsolePlugin {
    /// Writes the plugin, and says what to do with it. `file` finds the configuration, if that is needed.
    pub(super) fn run(self, file: impl FnOnce() -> Option<PathBuf>) -> Verdict {
        match self.make(file) {
            Ok(()) => Verdict::Fine,
            Err(error) => {
                complain(format!("openfire-provisioner: {}", with_causes(&*error)));
                Verdict::CannotRun
            }
        }
    }

    fn make(self, file: impl FnOnce() -> Option<PathBuf>) -> anyhow::Result<()> {
        let out = self.out.display();
        if self.out.extension().is_none_or(|extension| extension != "jar") {
            bail!("{out}: Openfire loads only files that end in `.jar`; write for example `--out {FILE_NAME}`");
        }
        let url = match self.url {
            Some(url) => url,
            None => configured(file().as_deref())?,
        };
        write(&self.out, &console_plugin::jar(&url)?).with_context(|| format!("{out}: cannot write the plugin"))?;
        if self.out.file_name().is_some_and(|name| name != FILE_NAME) {
            complain(format!(
                "note: Openfire names a plugin after its file. With a name other than `{FILE_NAME}`, this one does not replace a \
                 plugin of that name"
            ));
        }
        say(format!(
            "{out} is the plugin. It leads to {}\n\
             Upload it in Openfire's admin console under Plugins, or copy it into the folder `plugins` of Openfire 4.2 or later.\n\
             Openfire loads it within 20 seconds, without a restart. The link is under Server > Server Settings > Jitsi Provisioning.\n\
             If the address changes, set the system property `{PROPERTY}` in Openfire; you need no new plugin.",
            console_plugin::pages(&url)
        ));
        Ok(())
    }
}

/// The first address of the pages in the configuration.
fn configured(file: Option<&Path>) -> anyhow::Result<OwnUrl> {
    let missing = "name the address of the pages with `--url`, for example https://provisioning.example.org";
    let config = super::load(file).context(missing)?;
    config.admin.urls.into_iter().next().with_context(|| format!("`admin.urls` is empty: set it, or {missing}"))
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

/// An address of the pages. It may be copied from a browser.
fn address(text: &str) -> Result<OwnUrl, String> {
    let text = text.trim_end_matches('/');
    OwnUrl::parse(text.strip_suffix("/admin").unwrap_or(text)).ok_or_else(|| {
        "write scheme, host and port, for example https://provisioning.example.org. Plain http is for this machine only: \
         http://localhost:8080"
            .to_owned()
    })
}
