#!/usr/bin/env bash
# Plays a morning on a real Openfire 4.2.0: clients that start within some seconds, as in docs/scaling.md, and prints what
# really became of them below what the program computes. Needs Rust; the rest it installs where it may. Run it on a machine
# that does nothing else: Openfire, the service and the clients share its cores.
#
#   morning.sh                  1,000 users within 60 s, then 6,000; four minutes once everything is built
#
#   --users N                   users who start their clients; may be given several times
#   --within S                  the time span in seconds, 60 by default
#   --replies N                 replies with which processor times are measured, 2000 by default
#   --limits TOML               a line of the service's [limits]; may be given several times
#   --idle-streams N            idle streams of the service, at least and at most; 0 to measure processor times without them
#   --program FILE              a service that is built already; otherwise the release build is made and used
#   --keep                      writes the processor times to benches/morning/costs.toml. Afterwards renew the tables:
#                               RENEW_DOCS=1 cargo test -p openfire-provisioner-morning tables
#
# Exit code 0: all clients got their reply. 1: some did not. 2: it could not measure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=${CARGO_TARGET_DIR:-target}
program=
users=
options=()
while (($#)); do
    case $1 in
    --users | --within | --replies | --limits | --idle-streams | --program)
        if [[ $# -lt 2 ]]; then
            echo "morning.sh: $1 needs a value" >&2
            exit 2
        fi
        case $1 in
        --program) program=$2 ;;
        --users)
            users=yes
            options+=("$1" "$2")
            ;;
        *) options+=("$1" "$2") ;;
        esac
        shift 2
        ;;
    --keep)
        options+=(--keep benches/morning/costs.toml)
        shift
        ;;
    *)
        sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
    esac
done
[[ $users ]] || options+=(--users 1000 --users 6000)

# shellcheck source=scripts/prerequisites.sh
source scripts/prerequisites.sh
require cc javac mvn

fail() {
    echo "morning.sh: $1" >&2
    exit 2
}

work=$(mktemp -d)
# shellcheck disable=SC2317  # called by the trap
clean_up() {
    trap '' INT TERM
    if [[ ${morning-} ]] && kill -TERM "$morning" 2>/dev/null; then
        wait "$morning" || true
    fi
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

echo "building" >&2
if [[ ! $program ]]; then
    cargo build --quiet --locked --release --target-dir "$target" || fail "the service does not build"
    program=$target/release/openfire-provisioner
fi
cargo build --quiet --locked --release --target-dir "$target" --package openfire-provisioner-morning ||
    fail "the program that plays mornings does not build"
crates/test-servers/openfire/run.sh prepare || fail "Openfire could not be fetched"

printf '%s, %s cores, %s, %s (SHA-256 %s...)\n\n' "$(date -u +%Y-%m-%d)" "$(nproc)" "$(uname -sm)" \
    "$(git rev-parse --short HEAD 2>/dev/null || echo 'no git')" "$(sha256sum -- "$program" | cut -c 1-12)"
# In the background, since a trap waits for what runs in the foreground.
TMPDIR=$work "$target/release/openfire-provisioner-morning" real --service "$program" "${options[@]}" &
morning=$!
wait "$morning"
