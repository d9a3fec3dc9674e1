#!/usr/bin/env bash
# A real Openfire 4.2.0 from its Maven artifacts, as a test server.
#
#   run.sh prepare                    fetch the jars and compile the launcher; both are done once
#   run.sh jars                       the same, then print the folder of the jars
#   run.sh start DIR [KEY=VALUE...]   prepare, then run the server in DIR in the foreground until SIGTERM or Ctrl-C
#
# The keys are described in src/testserver/Options.java, seed files in Seeds.java, run-time changes in Control.java.
# Jars and classes are kept outside the source tree, in $OPENFIRE_TEST_CACHE, by default
# ${XDG_CACHE_HOME:-~/.cache}/openfire-provisioner/openfire-4.2.0.
# Needs a JDK 17 or newer ($JAVA_HOME, else the PATH), and Maven for the first run. $JAVA_HEAP is its -Xmx.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${OPENFIRE_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/openfire-provisioner/openfire-4.2.0}
bin=${JAVA_HOME:+$JAVA_HOME/bin/}

fail() {
    echo "$0: $1" >&2
    exit 2
}

# A name for the contents of files: a changed pom.xml or launcher gets a new folder and leaves the old one alone.
digest() {
    cat -- "$@" | sha256sum | cut -c 1-12
}

jars=$cache/jars-$(digest "$here/pom.xml")
classes=$cache/classes-$(digest "$here"/src/testserver/*.java)

check_java() {
    local version
    version=$("${bin}javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p') || true
    [[ ${version:-0} -ge 17 ]] || fail "needs a JDK 17 or newer, found ${version:-none} (Debian: openjdk-17-jdk-headless)"
}

# Each folder is filled under another name and moved, so that what has its name is complete; the lock is for those who
# start at the same time.
prepare() {
    check_java
    if [[ -d $jars && -d $classes ]]; then
        return
    fi
    mkdir -p "$cache"
    (
        flock 9
        unfinished=$(mktemp -d "$cache/unfinished.XXXXXX")
        trap 'rm -rf "$unfinished"' EXIT
        if [[ ! -d $jars ]]; then
            command -v mvn >/dev/null || fail "needs Maven to fetch Openfire's jars (Debian: maven)"
            echo "fetching Openfire 4.2.0 into $jars" >&2
            mvn -q -B -Dstyle.color=never -f "$here/pom.xml" dependency:copy-dependencies -DoutputDirectory="$unfinished/jars" >&2
            mv "$unfinished/jars" "$jars"
        fi
        if [[ ! -d $classes ]]; then
            "${bin}javac" -nowarn -encoding UTF-8 -cp "$jars/*" -d "$unfinished/classes" "$here"/src/testserver/*.java
            mv "$unfinished/classes" "$classes"
        fi
    ) 9>"$cache/lock"
}

start() {
    local home=$1
    shift
    prepare
    mkdir -p "$home"
    # proxool, Openfire's connection pool, makes classes at run time by a method of ClassLoader that is closed since
    # Java 16; the LDAP provider casts to a class of the JDK that is not exported.
    exec "${bin}java" "-Xmx${JAVA_HEAP:-512m}" -XX:+UseSerialGC \
        --add-opens=java.base/java.lang=ALL-UNNAMED \
        --add-exports=java.naming/com.sun.jndi.ldap=ALL-UNNAMED \
        "-Dlog4j.configuration=file:$here/log4j.properties" "-DopenfireHome=$home" \
        -cp "$classes:$jars/*" testserver.Main "$here/schema.sql" "$home" "$@"
}

case "${1:-}" in
prepare) prepare ;;
jars)
    prepare
    echo "$jars"
    ;;
start)
    [[ $# -ge 2 ]] || fail "start needs a folder"
    start "${@:2}"
    ;;
*)
    sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2
    exit 2
    ;;
esac
