#!/usr/bin/env bash
# Runs every check and every test, on a real Openfire, Prosody, coturn and slapd, and prints the seconds that each step took.
# Needs Rust; the rest it installs where it may.
#
# Exit code 0: all passed. 1: something failed; the last lines say what. 2: something is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/prerequisites.sh
source scripts/prerequisites.sh

# Minutes that a whole run may take on a fresh machine with two cores.
MINUTES=40

summary=()
failed=

# step NAME COMMAND...: runs one check; what follows runs even when it fails, so that one run shows everything.
step() {
    local name=$1 began=$SECONDS verdict=passed
    shift
    printf '\n== %s\n' "$name"
    if ! "$@"; then
        verdict=FAILED
        failed=yes
    fi
    summary+=("$(printf '%-8s %4d s  %s' "$verdict" $((SECONDS - began)) "$name")")
    echo "${summary[-1]}"
}

# Where cargo-deny is not installed it is built once, outside the tree; that takes about two minutes.
# Not `advisories`: they need the network, and fail by what others publish, not by a change here.
deny() {
    local root=${XDG_CACHE_HOME:-$HOME/.cache}/openfire-provisioner/cargo-deny-0.20.2
    local PATH=$PATH:$root/bin
    if ! cargo deny --version >/dev/null 2>&1; then
        cargo install --quiet --locked cargo-deny --version 0.20.2 --root "$root" || return
    fi
    cargo deny --locked check bans licenses sources
}

target=${CARGO_TARGET_DIR:-target}
step "packages" require all
step "formatting" cargo fmt --all --check
step "lints" cargo clippy --quiet --locked --workspace --all-targets -- -D warnings
step "documentation" env RUSTDOCFLAGS="-D warnings" \
    cargo doc --quiet --locked --workspace --no-deps --document-private-items
step "licences, banned crates, sources" deny
mapfile -t scripts < <(find scripts crates findings -name '*.sh' && echo .ci/run)
step "shell scripts" shellcheck --external-sources "${scripts[@]}"
step "test server: Openfire" crates/test-servers/openfire/run.sh prepare
step "fuzz targets" cargo check --quiet --locked --manifest-path fuzz/Cargo.toml --target-dir "$target"
step "tests" cargo test --quiet --locked --workspace --no-fail-fast
# With the program of the tests: a build of its own would compile much of it again, without what the tests add.
step "demo" scripts/demo.sh --once --program "$target/debug/openfire-provisioner"

printf '\n== summary\n'
printf '%s\n' "${summary[@]}"
printf 'all      %4d s\n' "$SECONDS"
if ((SECONDS > 60 * MINUTES)); then
    echo "this took more than $MINUTES minutes: look for the step that has grown"
fi
if [[ $failed ]]; then
    echo "something FAILED"
    exit 1
fi
echo "all passed"
