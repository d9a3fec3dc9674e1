#!/usr/bin/env bash
# Runs a server for as long as somebody holds this script's standard input open.
#
#   lifeline.sh [--remove DIR] COMMAND [ARGUMENT...]
#
# A test process has no way to clean up when it is killed, but the kernel closes its pipes. At the end of the input, and
# on SIGTERM, SIGINT or SIGHUP, the server gets SIGTERM, ten seconds later SIGKILL, and DIR is removed. A server that ends
# by itself leaves DIR behind, for somebody to read why.
set -euo pipefail

remove=
if [[ ${1:-} == --remove ]]; then
    remove=$2
    shift 2
fi

exec 3<&0 </dev/null
# A group of its own, so that Ctrl-C at the terminal reaches the server through here and the whole group can be ended;
# a death signal, for the case that this script is killed itself.
setsid setpriv --pdeathsig KILL -- "$@" 3<&- &
server=$!

stopping=
# shellcheck disable=SC2317  # called by the trap
terminate() {
    stopping=yes
    # The group exists a moment after the process does.
    kill -TERM -- "-$server" 2>/dev/null || kill -TERM "$server" 2>/dev/null || true
}
trap terminate TERM INT HUP

{
    while IFS= read -r _; do :; done <&3
    kill -TERM $$
} &
watcher=$!

status=0
[[ $stopping ]] || wait "$server" || status=$?
if [[ $stopping ]]; then
    for _ in {1..100}; do
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    status=0
fi
kill -KILL -- "-$server" 2>/dev/null || true
kill -TERM "$watcher" 2>/dev/null || true
if [[ $remove && $stopping ]]; then
    rm -rf -- "$remove"
fi
exit "$status"
