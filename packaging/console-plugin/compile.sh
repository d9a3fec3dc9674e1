#!/usr/bin/env bash
# Compiles the classes of the plugin for Openfire's console.
#
#   compile.sh [FOLDER]    default: the folder `classes` beside this script, from where the service takes them
#
# Openfire 4.2 runs on Java 8, so the classes are for Java 8. Needs a JDK ($JAVA_HOME, else the PATH), and Maven for the
# first run, which fetches Openfire. tests/library/console_plugin.rs compares the classes with the source.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/classes}

jars=$("$here/../../crates/test-servers/openfire/run.sh" jars)
mkdir -p "$out"
"${JAVA_HOME:+$JAVA_HOME/bin/}javac" --release 8 -Xlint:-options -encoding UTF-8 -cp "$jars/*" -d "$out" \
    "$here"/src/openfireprovisioner/*.java
