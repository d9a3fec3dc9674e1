#!/usr/bin/env bash
# Runs every check and every test, on a real Openfire, Prosody, coturn, slapd, nginx and Chromium, and prints the seconds that
# each step took. Needs Rust; the rest it installs where it may.
#
#   test.sh            everything
#   test.sh --quick    formatting, documentation, and the tests that need no real server; installs nothing. Under 90
#                      seconds once the tests are built
#
# Exit code 0: all passed. 1: something failed; the last lines say what. 2: something is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Minutes that a whole run may take on a fresh machine with two cores.
MINUTES=40

quick=
case "$#${1-}" in
0) ;;
1--quick) quick=yes ;;
*)
    sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac

# shellcheck source=scripts/prerequisites.sh
source scripts/prerequisites.sh

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

# Runs all tests where no real server can start: a test that asks for one fails, with a message of crates/test-servers.
# No list says which tests these are. Everything that fails with another message has failed.
scripted_tests() {
    # Most of these tests wait for a time limit to pass.
    local threads=$((4 * $(nproc)))
    { TEST_SERVERS=scripted RUST_TEST_THREADS=$threads RUST_BACKTRACE=0 cargo test --quiet --locked --workspace --no-fail-fast 2>&1 || true; } |
        awk '
            # A test program, all of whose tests must have come to an end.
            /^running [0-9]+ tests?$/ { programs++ }
            /^test result:/ { ended++; passed += $4; section = "" }
            /^failures:$/ { section = "" }
            /^---- .* ----$/ { section = $2; order[++sections] = section; text[section] = "" }
            section && sub(/^TEST_SERVERS=scripted: this test needs a real /, "") { needs[section] = $0 }
            section { text[section] = text[section] $0 "\n" }
            /^error/ && !/^error: test failed/ && !/targets? failed:$/ { errors = errors $0 "\n" }
            END {
                for (i = 1; i <= sections; i++) {
                    name = order[i]
                    if (name in needs) { count[needs[name]]++ } else { printf "%s", text[name]; failed++ }
                }
                printf "%d passed, %d failed; not run, since they need a real server:", passed, failed
                for (server in count) printf " %s %d", server, count[server]
                print ""
                if (programs != ended || !ended) { print "a test program did not come to its end"; failed++ }
                if (errors) { printf "%s", errors; failed++ }
                exit failed ? 1 : 0
            }'
}

documentation() {
    RUSTDOCFLAGS="-D warnings" cargo doc --quiet --locked --workspace --no-deps --document-private-items
}

target=${CARGO_TARGET_DIR:-target}
if [[ $quick ]]; then
    require cc
    step "formatting" cargo fmt --all --check
    step "tests without real servers" scripted_tests
    step "documentation" documentation
else
    step "packages" require all
    step "formatting" cargo fmt --all --check
    step "lints" cargo clippy --quiet --locked --workspace --all-targets -- -D warnings
    step "documentation" documentation
    step "licences, banned crates, sources" deny
    mapfile -t scripts < <(find scripts crates findings packaging -name '*.sh' && echo .ci/run)
    step "shell scripts" shellcheck --external-sources "${scripts[@]}"
    step "test server: Openfire" crates/test-servers/openfire/run.sh prepare
    step "axe-core" crates/test-servers/chromium/axe.sh
    step "the client's libraries" crates/test-servers/client/libraries.sh
    step "fuzz targets" cargo check --quiet --locked --manifest-path fuzz/Cargo.toml --target-dir "$target"
    step "tests" cargo test --quiet --locked --workspace --no-fail-fast
    # With the program of the tests: a build of its own would compile much of it again, without what the tests add.
    step "demo" scripts/demo.sh --once --program "$target/debug/openfire-provisioner"
    step "Debian package" packaging/debian/check.sh "$target/debug/openfire-provisioner"
    step "container" scripts/container.sh --program "$target/debug/openfire-provisioner"
    step "sarif" scripts/sarif.sh "$target/debug/openfire-provisioner"
    step "release files" scripts/release-check.sh "$target/debug/openfire-provisioner"
fi

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
