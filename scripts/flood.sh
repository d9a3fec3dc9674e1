#!/usr/bin/env bash
# Floods the release build from one host while clients of another one ask, on a real Openfire 4.2.0, and prints the table of
# docs/reliability.md: answers, failures and times of the clients with and without the flood, and the service's memory.
#
#   flood.sh                  5,000 connections of each kind, 500 a second; about ten minutes once everything is built
#
#   --connections N           connections of the flood, 5000 by default
#   --pace N                  connections that it opens in a second, 500 by default
#   --memory MIB              limit of the service's memory; needs root or a delegated control group
#   --seconds N               length of a pass, 6 by default
#   --kind KIND               only this kind of flood, such as slow-body; may be given several times
#   --service FILE            another build of the service
#
# Exit code 0: every client was served, and the 99th percentile grew by 250 ms at most. 1: otherwise. 2: it could not
# measure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=${CARGO_TARGET_DIR:-target}
service=
connections=5000
options=()
while (($#)); do
    case $1 in
    --connections | --pace | --memory | --seconds | --kind | --service)
        if [[ $# -lt 2 ]]; then
            echo "flood.sh: $1 needs a value" >&2
            exit 2
        fi
        case $1 in
        --connections) connections=$2 ;;
        --service) service=$2 ;;
        *) options+=("$1" "$2") ;;
        esac
        shift 2
        ;;
    *)
        sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
    esac
done

# shellcheck source=scripts/prerequisites.sh
source scripts/prerequisites.sh
require cc javac mvn git

work=$(mktemp -d)

fail() {
    echo "flood.sh: $1" >&2
    exit 2
}

# shellcheck disable=SC2317  # called by the trap
clean_up() {
    trap '' INT TERM
    if [[ ${generator-} ]] && kill -TERM "$generator" 2>/dev/null; then
        wait "$generator" || true
    fi
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The flood and the service each have so many open, and the service inherits the limit.
ulimit -S -n "$((connections + 3000))" || fail "needs a limit of $((connections + 3000)) open files"
echo "building" >&2
if [[ ! $service ]]; then
    cargo build --quiet --locked --release --target-dir "$target" || fail "the service does not build"
    service=$target/release/openfire-provisioner
fi
cargo build --quiet --locked --release --target-dir "$target" --package openfire-provisioner-load ||
    fail "the load generator does not build"
crates/test-servers/openfire/run.sh prepare || fail "Openfire could not be fetched"

printf '%s, %s cores, %s, %s, load %s\n\n' "$(uname -sm)" "$(nproc)" "$(rustc --version)" \
    "$(git rev-parse --short HEAD 2>/dev/null || echo 'no git')" "$(cut -d' ' -f1 /proc/loadavg)"
# In the background, since a trap waits for what runs in the foreground.
TMPDIR=$work "$target/release/openfire-provisioner-load" \
    --service "$service" --flood "$connections" "${options[@]}" &
generator=$!
wait "$generator"
