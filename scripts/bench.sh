#!/usr/bin/env bash
# Compares provisioning replies (vCard and roster) with raw SASL logins on a real Openfire 4.2.0, in one run, and prints
# the table of docs/performance.md. Takes about four minutes once everything is built. Needs Rust; the rest it installs
# where it may.
#
#   bench.sh [--seconds N] [--property NAME=VALUE]...     length of a pass; properties of Openfire
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/prerequisites.sh
source scripts/prerequisites.sh
require cc javac mvn

tests/openfire/run.sh prepare
cargo build --quiet --locked --release
printf '%s, %s cores, %s\n\n' "$(uname -sm)" "$(nproc)" "$(rustc --version)"
cargo bench --quiet --locked --bench load -- "$@"
