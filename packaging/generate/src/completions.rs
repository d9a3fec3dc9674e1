//! The completions of bash, zsh and fish.

use std::path::Path;

use anyhow::Context as _;
use clap::Command;
use clap_complete::generate_to;
use clap_complete::shells::{Bash, Fish, Zsh};

/// Writes a file for each shell, under the name by which that shell finds it.
pub(crate) fn write(command: &Command, folder: &Path) -> anyhow::Result<()> {
    let name = command.get_name();
    let named = || folder.display().to_string();
    let bash = generate_to(Bash, &mut command.clone(), name, folder).with_context(named)?;
    let text = std::fs::read_to_string(&bash).with_context(named)?;
    std::fs::write(&bash, with_one_name(&text, name)).with_context(named)?;
    generate_to(Zsh, &mut command.clone(), name, folder).with_context(named)?;
    generate_to(Fish, &mut command.clone(), name, folder).with_context(named)?;
    Ok(())
}

/// `clap_complete` 4.6 writes a program name with a hyphen in two ways into the script for bash: one in the labels of
/// the completions after a command, and another where it looks them up. So bash would offer nothing there.
fn with_one_name(script: &str, program: &str) -> String {
    script.replace(&program.replace('-', "__subcmd__"), &program.replace('-', "__"))
}
