#!/usr/bin/env bash
# Makes the user store of a real Openfire 4.2.0 fail many times, its own database or slapd behind a proxy, and counts the
# answers that clients get: 30 with right passwords on a service with a reference account, 30 on one without, and some
# with wrong passwords. Prints the tables of docs/reliability.md. Needs Rust; it installs the rest if it can.
#
#   outages.sh                  50 outages of each kind, from 0.3 to 60 s; about 20 minutes for each kind
#
#   --kind KIND                 only this kind; may be given several times. Kinds: database-gone, ldap-down,
#                               ldap-stalled-and-cut, service-bind-refused, ldap-resets
#   --outages N                 outages of each kind, 50 by default
#   --longest S                 length of the longest in seconds, 60 by default
#   --shortest S                length of the shortest in seconds, 0.3 by default; lengths are spread evenly on a
#                               logarithmic scale
#   --parallel P                kinds that run at one time, each with an Openfire of its own; 1 by default
#   --clients N                 clients with right passwords on each service, 30 by default
#   --addresses one|each        where they come from: one address, as behind the NAT of an office (the default), or each
#                               from its own
#   --seed N                    the same number gives the same outages again
#   --program FILE              a service that is built already; otherwise the release build is made and tried
#   --folder DIR                where logs and all answers go, target/outages by default
#
# Exit code 0: the goals are met. 1: a goal was missed. 2: it could not measure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=${CARGO_TARGET_DIR:-target}
program=
folder=$target/outages
options=()
while (($#)); do
    case $1 in
    --kind | --outages | --longest | --shortest | --parallel | --clients | --addresses | --seed | --program | --folder)
        if [[ $# -lt 2 ]]; then
            echo "outages.sh: $1 needs a value" >&2
            exit 2
        fi
        case $1 in
        --program) program=$2 ;;
        --folder) folder=$2 ;;
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
require cc javac mvn slapd

fail() {
    echo "outages.sh: $1" >&2
    exit 2
}

work=$(mktemp -d)
# shellcheck disable=SC2317  # called by the trap
clean_up() {
    trap '' INT TERM
    if [[ ${trial-} ]] && kill -TERM "$trial" 2>/dev/null; then
        wait "$trial" || true
    fi
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

echo "building" >&2
built=
if [[ ! $program ]]; then
    built=yes
    cargo build --quiet --locked --release --target-dir "$target" || fail "the service does not build"
    program=$target/release/openfire-provisioner
fi
# Its own speed does not matter, so the quick build will do.
cargo build --quiet --locked --target-dir "$target" --package openfire-provisioner-outages ||
    fail "the program that makes the outages does not build"
crates/test-servers/openfire/run.sh prepare || fail "Openfire could not be fetched"

if [[ $built ]]; then
    changes=$(git status --porcelain --untracked-files=no 2>/dev/null) || changes=
    what="$(git rev-parse --short HEAD 2>/dev/null || echo 'no git')${changes:+ with changes}"
else
    what="$program (SHA-256 $(sha256sum -- "$program" | cut -c 1-12)...)"
fi
printf '%s, %s cores, %s, %s\n' "$(date -u +%Y-%m-%d)" "$(nproc)" "$(uname -sm)" "$what"
# In the background, since a trap waits for what runs in the foreground.
TMPDIR=$work "$target/debug/openfire-provisioner-outages" --program "$program" --folder "$folder" "${options[@]}" &
trial=$!
wait "$trial"
