#!/usr/bin/env bash
# Fetches axe-core, which finds what people with a disability cannot use in a page, and prints the path of its script.
#
# It is under the MPL-2.0 and only for tests, so it is fetched and not kept in the repository: once, with Maven, into
# ${OPENFIRE_TEST_CACHE:-${XDG_CACHE_HOME:-~/.cache}/openfire-provisioner}/axe-*. A script with another digest than
# below is refused. Needs Maven and a JDK for the first run.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${OPENFIRE_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/openfire-provisioner}
sha256=7dbfabdfc6062936d79c873ddbb5f811a1219fca3928bd8cc9dd81f1e65f4720
script=$cache/axe-${sha256:0:12}/axe.min.js

fail() {
    echo "$0: $1" >&2
    exit 2
}

# The folder is filled under another name and moved, so that what has its name is complete; the lock is for those who
# start at the same time.
prepare() {
    mkdir -p "$cache"
    (
        flock 9
        if [[ -f $script ]]; then
            exit
        fi
        command -v mvn >/dev/null || fail "needs Maven to fetch axe-core (Debian: maven)"
        echo "fetching axe-core into ${script%/*}" >&2
        unfinished=$(mktemp -d "$cache/unfinished.XXXXXX")
        trap 'rm -rf "$unfinished"' EXIT
        mvn -q -B -Dstyle.color=never -f "$here/pom.xml" dependency:copy-dependencies -DoutputDirectory="$unfinished" >&2
        (cd "$unfinished" && "${JAVA_HOME:+$JAVA_HOME/bin/}jar" --extract --file selenium-*.jar axe.min.js && rm selenium-*.jar)
        sha256sum --quiet --check <<<"$sha256  $unfinished/axe.min.js" >&2 || fail "this is not the axe-core that the tests know"
        mkdir -p "${script%/*}"
        mv "$unfinished/axe.min.js" "$script"
    ) 9>"$cache/axe.lock"
}

[[ -f $script ]] || prepare
echo "$script"
