#!/usr/bin/env bash
# Fetches the libraries that a Jitsi client looks for its provisioning server with (dhcp4java and jmdns), and prints a class
# path of them.
#
# They are only for tests, so they are fetched and not kept in the repository: once, with Maven, into
# ${OPENFIRE_TEST_CACHE:-${XDG_CACHE_HOME:-~/.cache}/openfire-provisioner}/client-*. Jars with other digests than below are
# refused. Needs Maven and a JDK for the first run.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${OPENFIRE_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/openfire-provisioner}
sha256="4c1877347bb9265525ac43d23f8036d6d57af654d3db4e4e2fbaea25f2517b0a  dhcp4java-1.1.0.jar
56ef39a438dbd75d41bd7f0ceeb2e0b898645d0ad3953e461d221dcf69471b97  jmdns-3.6.1.jar
18c4a0095d5c1da6b817592e767bb23d29dd2f560ad74df75ff3961dbde25b79  slf4j-api-1.7.25.jar"
digest=$(sha256sum <<<"$sha256")
folder=$cache/client-${digest:0:12}

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
        if [[ -d $folder ]]; then
            exit
        fi
        command -v mvn >/dev/null || fail "needs Maven to fetch the client's libraries (Debian: maven)"
        echo "fetching the client's libraries into $folder" >&2
        unfinished=$(mktemp -d "$cache/unfinished.XXXXXX")
        trap 'rm -rf "$unfinished"' EXIT
        mvn -q -B -Dstyle.color=never -f "$here/pom.xml" dependency:copy-dependencies -DoutputDirectory="$unfinished" >&2
        (cd "$unfinished" && sha256sum --quiet --check <<<"$sha256") >&2 || fail "these are not the jars that the tests know"
        mv "$unfinished" "$folder"
    ) 9>"$cache/client.lock"
}

[[ -d $folder ]] || prepare
echo "$folder/*"
