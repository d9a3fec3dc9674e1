//! The man pages as groff reads them, and the completions as the shells load them.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test ends where a program does not do what it needs")]

use std::collections::BTreeSet;
use std::process::Command;

use clap::CommandFactory as _;
use openfire_provisioner::cli::Arguments;
use tempfile::TempDir;

/// What the program writes.
fn generated() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    run(Command::new(env!("CARGO_BIN_EXE_openfire-provisioner-generate"))
        .arg(folder.path())
        .env("SOURCE_DATE_EPOCH", "1790000000"));
    folder
}

/// The standard output of a program that ends well and has nothing to complain of.
#[track_caller]
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let complaints = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && complaints.is_empty(), "{command:?}: {complaints}");
    String::from_utf8(output.stdout).unwrap()
}

/// A command with all below it, and the name of its page.
fn commands(command: &clap::Command, page: &str) -> Vec<(String, clap::Command)> {
    let below = command.get_subcommands().filter(|command| !command.is_hide_set());
    let below = below.flat_map(|command| commands(command, &format!("{page}-{}", command.get_name())));
    [(page.to_owned(), command.clone())].into_iter().chain(below).collect()
}

fn all() -> Vec<(String, clap::Command)> {
    commands(&Arguments::command(), "openfire-provisioner")
}

#[test]
fn each_command_has_a_page_that_groff_formats_without_a_complaint() {
    let folder = generated();
    let man = folder.path().join("man");
    let names = |pages: Vec<String>| pages.into_iter().collect::<BTreeSet<_>>();
    let files = std::fs::read_dir(&man).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let wanted = all().into_iter().map(|(page, _)| format!("{page}.1"));
    assert_eq!(names(files.collect()), names(wanted.collect()));
    for (page, command) in all() {
        let file = man.join(format!("{page}.1"));
        let text = run(Command::new("groff").args(["-man", "-Tascii", "-P-cbou", "-ww"]).arg(&file));
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "FILES", "ENVIRONMENT", "SEE ALSO"] {
            assert!(text.lines().any(|line| line == section), "{page}: no section {section}:\n{text}");
        }
        assert!(std::fs::read_to_string(&file).unwrap().contains(" 2026-09-21 "), "{page}");
        assert!(!text.contains('`'), "{text}");
        for option in command.get_arguments() {
            let is_described = option.get_long().is_some_and(|long| {
                text.lines().any(|line| line.split([' ', ',']).any(|word| word == format!("--{long}")))
            });
            let shown = !option.is_hide_set() && option.get_long().is_some();
            assert_eq!(is_described, shown, "{page}: {option:?}:\n{text}");
        }
    }
}

/// Words typed so far, and a completion that is offered; or one that is not.
const OFFERED: &[(&[&str], &str)] = &[
    (&["ch"], "check"),
    (&["check", "--on"], "--online"),
    (&["lint", "--format", "sa"], "sarif"),
    (&["settings", "re"], "reset"),
];

/// What bash offers for the last of some words.
fn offered_by_bash(words: &[&str]) -> String {
    const ASK: &str = r#"
        source "$1"
        shift
        complete=$(complete -p openfire-provisioner)
        [[ $complete =~ -F\ ([^ ]+) ]]
        # Only bash itself can set options of a completion that runs.
        compopt() { :; }
        COMP_WORDS=(openfire-provisioner "$@")
        COMP_CWORD=$#
        "${BASH_REMATCH[1]}" openfire-provisioner "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\n' "${COMPREPLY[@]}""#;
    let folder = generated();
    let file = folder.path().join("completions/openfire-provisioner.bash");
    run(Command::new("bash").args(["-euc", ASK, "bash"]).arg(&file).args(words))
}

#[test]
fn bash_offers_files_only_where_a_file_is_wanted() {
    for (words, has_files) in [
        (["snippets", "avahi", "--url", ""], false),
        (["snippets", "kea", "--network", ""], false),
        (["snippets", "nginx", "--key", ""], true),
        (["check", "--online", "--config", ""], true),
    ] {
        let offered = offered_by_bash(&words);
        assert_eq!(offered.lines().any(|word| word == "Cargo.toml"), has_files, "{words:?}: {offered}");
    }
}

#[test]
fn bash_completes_commands_options_and_values() {
    let value: (&[&str], &str) = (&["settings", "reset", "http.s"], "http.secret");
    for (words, wanted) in OFFERED.iter().chain([&value]) {
        let offered = offered_by_bash(words);
        assert!(offered.lines().any(|word| word == *wanted), "{words:?}: {offered}");
    }
}

#[test]
fn fish_completes_commands_options_and_values() {
    let folder = generated();
    let file = folder.path().join("completions/openfire-provisioner.fish");
    for (words, wanted) in OFFERED {
        let line = format!("openfire-provisioner {}", words.join(" "));
        let ask = ["--no-config", "-c", "source $argv[1]; complete --do-complete $argv[2]"];
        let offered = run(Command::new("fish").args(ask).arg(&file).arg(line).env("HOME", folder.path()));
        assert!(offered.lines().any(|word| word.split('\t').next() == Some(*wanted)), "{words:?}: {offered}");
    }
}

#[test]
fn zsh_loads_its_completions_and_completes_a_command() {
    // What zsh offers can only be seen at a terminal: the line is completed there, and printed.
    const ASK: &str = r#"
        zmodload zsh/zpty
        zpty shell 'zsh -f -i'
        zpty -w shell "stty cols 200; PS1=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D; print rea''dy"
        zpty -m -r shell line '*ready*'
        zpty -n -w shell "openfire-provisioner chec"$'\t\C-aprint -r -- \C-e\n'
        zpty -m -r shell line $'*\nopenfire-provisioner check*'
        print -r -- completed
        zpty -d shell"#;
    let folder = generated();
    let completions = folder.path().join("completions");
    let asked =
        run(Command::new("timeout").args(["60", "zsh", "-f", "-c", ASK, "zsh"]).arg(&completions).env("TERM", "dumb"));
    assert!(asked.contains("completed"), "{asked}");
}

#[test]
fn nothing_hidden_is_offered() {
    let folder = generated();
    for file in ["openfire-provisioner.bash", "_openfire-provisioner", "openfire-provisioner.fish"] {
        let text = std::fs::read_to_string(folder.path().join("completions").join(file)).unwrap();
        for (page, command) in all() {
            for option in command.get_arguments().filter(|option| option.is_hide_set()) {
                let long = option.get_long().unwrap();
                assert!(!text.contains(long), "{file} offers {long} of {page}");
            }
        }
    }
}
