#!/usr/bin/env bash
# clap_complete: in bash, a program with a hyphen in its name completes nothing after its commands.
#
# Package: clap_complete 4.6.12 (with clap 4.6).
# Input: a program with the command `check`, which has the option `--online`. Its completions for bash, loaded and asked for
# what can follow `check --on`.
# Seen: a program named `tool` offers `--online`. The same program named `my-tool` offers nothing.
#
# A good guess is wrong because the crate is written for program names with hyphens, and the first word, the command, is
# completed for both names. The script finds the command under one label (`my__tool__subcmd__check`) and has the options
# under another one (`my__subcmd__tool__subcmd__check`), without an error.
#
# Exit code 0: the behaviour is still the same. 1: it has changed. 2: the script could not run.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/src"
cat >"$work/Cargo.toml" <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"

[dependencies]
clap = { version = "4.6", features = ["string"] }
clap_complete = "=4.6.12"
TOML
cat >"$work/src/main.rs" <<'RUST'
use clap::{Arg, ArgAction, Command};

fn main() {
    let name = std::env::args().nth(1).unwrap();
    let online = Arg::new("online").long("online").action(ArgAction::SetTrue);
    let mut program = Command::new(name.clone()).subcommand(Command::new("check").arg(online));
    clap_complete::generate(clap_complete::shells::Bash, &mut program, name, &mut std::io::stdout());
}
RUST
cargo build --quiet --manifest-path "$work/Cargo.toml" --target-dir "$work/target" >&2 || exit 2

# ask NAME WORD...: what bash offers for the last word.
ask() {
    "$work/target/debug/finding" "$1" >"$work/$1.bash" || exit 2
    # shellcheck disable=SC2016  # the other bash expands it
    bash -c '
        source "$0"
        [[ $(complete -p "$1") =~ -F\ ([^ ]+) ]]
        COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1))
        "${BASH_REMATCH[1]}" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        echo "$*:" "${COMPREPLY[@]}"
    ' "$work/$1.bash" "$@"
}

seen=$(
    ask tool ch
    ask tool check --on
    ask my-tool ch
    ask my-tool check --on
)
echo "$seen"
diff - <(echo "$seen") <<'SEEN'
tool ch: check
tool check --on: --online
my-tool ch: check
my-tool check --on:
SEEN
