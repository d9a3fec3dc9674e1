#!/usr/bin/env bash
# Measures the cost of answering clients by DHCP in the release build, with a real Openfire 4.2.0, and prints the tables
# of docs/performance.md: memory and processor time at rest, and replies per second with questions and without. It runs
# in a network namespace of its own. Needs Rust, and root or user namespaces; the rest it installs where it may.
#
#   discovery.sh              10,000 questions a minute, 12 pairs of passes; five minutes once everything is built
#
#   --questions N             questions a minute, 10000 by default
#   --seconds N               length of a pass, 6 by default
#   --pairs N                 alternating pairs, 12 by default
#   --service FILE            another build of the service
#
# Exit code 0: measured, goals met. 1: a goal was missed, or a reply failed. 2: it could not measure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=${CARGO_TARGET_DIR:-target}
service=
questions=10000
options=()
while (($#)); do
    case $1 in
    --questions | --seconds | --pairs | --service)
        if [[ $# -lt 2 ]]; then
            echo "discovery.sh: $1 needs a value" >&2
            exit 2
        fi
        case $1 in
        --questions) questions=$2 ;;
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
require cc javac mvn git ip nsenter

work=$(mktemp -d)

fail() {
    echo "discovery.sh: $1" >&2
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

echo "building" >&2
if [[ ! $service ]]; then
    cargo build --quiet --locked --release --target-dir "$target" || fail "the service does not build"
    service=$target/release/openfire-provisioner
fi
cargo build --quiet --locked --release --target-dir "$target" --package openfire-provisioner-load ||
    fail "the load generator does not build"
crates/test-servers/openfire/run.sh prepare || fail "Openfire could not be fetched"

namespaces=(--net)
if [[ $EUID -ne 0 ]]; then
    namespaces+=(--user --map-root-user)
fi
printf '%s, %s cores, %s, %s, load %s\n\n' "$(uname -sm)" "$(nproc)" "$(rustc --version)" \
    "$(git rev-parse --short HEAD 2>/dev/null || echo 'no git')" "$(cut -d' ' -f1 /proc/loadavg)"
# In the background, since a trap waits for what runs in the foreground. Both words become the next program, so the trap
# ends that.
# shellcheck disable=SC2016  # the inner shell expands it
TMPDIR=$work unshare "${namespaces[@]}" sh -c 'ip link set lo up && exec "$@"' sh "$target/release/openfire-provisioner-load" \
    --service "$service" --questions "$questions" "${options[@]}" &
generator=$!
wait "$generator"
