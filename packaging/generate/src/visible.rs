//! The command line without its hidden parts: `clap_complete` would offer them.

use std::fmt::Display;

use clap::{Arg, Command, ValueHint};

/// The same command with only the commands and options that `--help` lists. It is for display, not for parsing.
pub(crate) fn only(command: &Command) -> Command {
    let mut shown = Command::new(for_ever(command.get_name()))
        .args(
            command
                .get_arguments()
                .filter(|argument| !argument.is_hide_set())
                .cloned()
                .map(in_sentences)
                .map(without_files),
        )
        .subcommands(command.get_subcommands().filter(|command| !command.is_hide_set()).map(only))
        .subcommand_required(command.is_subcommand_required_set())
        .subcommand_help_heading("COMMANDS")
        .subcommand_value_name("COMMAND");
    if let Some(about) = command.get_about() {
        shown = shown.about(about.clone()).long_about(sentence(about));
    }
    if let Some(about) = command.get_long_about() {
        shown = shown.long_about(about.clone());
    }
    if let Some(version) = command.get_version() {
        shown = shown.version(for_ever(version));
    }
    shown
}

/// `clap` takes the full stop off the end of a help text; man pages show it.
fn in_sentences(argument: Arg) -> Arg {
    match argument.get_help() {
        Some(help) if argument.get_long_help().is_none() => {
            let help = sentence(help);
            argument.long_help(help)
        }
        _ => argument,
    }
}

/// Where the kind of a value is not known, shells offer the names of files; they fit only values that are called so.
fn without_files(argument: Arg) -> Arg {
    let is_file = argument.get_value_names().unwrap_or_default().iter().any(|name| name == "FILE" || name == "FOLDER");
    let is_known = is_file || argument.get_value_hint() != ValueHint::Unknown || !argument.get_action().takes_values();
    if is_known { argument } else { argument.value_hint(ValueHint::Other) }
}

fn sentence(text: impl Display) -> String {
    format!("{text}.")
}

/// Names in `clap` live as long as the program does.
fn for_ever(name: &str) -> &'static str {
    Box::leak(name.to_owned().into_boxed_str())
}
