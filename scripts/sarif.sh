#!/usr/bin/env bash
# Holds the SARIF of `lint` against Microsoft's validator with the rules of SARIF and those of GitHub. Fetches the validator
# once, outside the tree.
#
# usage: scripts/sarif.sh [PROGRAM]
#
# PROGRAM is openfire-provisioner; without it the script builds one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

VALIDATOR=@microsoft/sarif-multitool-linux
VERSION=5.7.0

# shellcheck source=scripts/prerequisites.sh
source scripts/prerequisites.sh
require npm
program=${1-}
if [[ -z $program ]]; then
    cargo build --quiet --locked
    program=target/debug/openfire-provisioner
fi
program=$(realpath "$program")

folder=${XDG_CACHE_HOME:-$HOME/.cache}/openfire-provisioner/sarif-multitool-$VERSION
if [[ ! -d $folder ]]; then
    mkdir -p "${folder%/*}"
    npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder.$$" "$VALIDATOR@$VERSION"
    # What the package's own script would do.
    chmod +x "$folder.$$/node_modules/$VALIDATOR/Sarif.Multitool"
    mv -T "$folder.$$" "$folder"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Names with all that a URI encodes; one file is about a line, one about no line at all, one has no finding.
mkdir "$work/a b%é#?"
printf 'net.java.sip.communicator.impl.protocol.jabber.accx=accx\n=x\n' >"$work/a b%é#?/site one.properties"
printf '# nothing\n' >"$work/empty.properties"
printf 'b={{ user.nmae }}\n' >"$work/wrong.properties"
printf 'net.java.sip.communicator.plugin.generalconfig.DISABLED=true\n' >"$work/fine.properties"

failed=
# validate NAME FILE...: lints the files and judges the log.
validate() {
    local log=$work/$1.sarif said=$work/$1.txt
    shift
    (cd "$work" && "$program" lint --format sarif "$@" >"$log") || true
    # Without this .NET wants ICU.
    DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 "$folder/node_modules/$VALIDATOR/Sarif.Multitool" \
        validate "$log" --rule-kind 'Sarif;Gh;Ghas' >"$said" 2>&1 || true
    # No address of the project is public, so the tool has none to name (SARIF2005).
    if ! grep -q 'Analysis completed successfully' "$said" || grep -E ': (error|warning) ' "$said" | grep -qv ' SARIF2005: '; then
        grep -E ': (error|warning) |^bash|xception' "$said" | cut -c 1-300 | head -5 >&2
        echo "$0: the validator refuses the log of $*" >&2
        failed=yes
    fi
}

validate relative 'a b%é#?/site one.properties' empty.properties wrong.properties
validate absolute "$work/a b%é#?/site one.properties" "/$work/empty.properties" "$work/wrong.properties"
validate fine fine.properties

grep -q "\"uri\": \"file://$work/a%20b%25%C3%A9%23%3F/site%20one.properties\"" "$work/absolute.sarif" || {
    echo "$0: an absolute path is no file: URI" >&2
    failed=yes
}
if [[ $failed ]]; then
    exit 1
fi
echo "SARIF: $VALIDATOR $VERSION accepts it, with GitHub's rules"
