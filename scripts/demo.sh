#!/usr/bin/env bash
# Brings up a real Openfire with a handful of users, starts the service against it, provisions one user the way a Jitsi
# client does, prints the reply, the address of the administrators' pages and what to try by hand, and runs until Ctrl-C.
# Needs Rust; the rest it installs where it may.
#
#   demo.sh [--once] [--program FILE]
#
#   --once            ends after the reply: exit code 0 if it came and is complete
#   --program FILE    a service that is built already
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

once=
program=
while (($#)); do
    case $1 in
    --once) once=yes ;;
    --program)
        program=${2:?--program needs a file}
        shift
        ;;
    *)
        sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
    esac
    shift
done

# shellcheck source=scripts/prerequisites.sh
source scripts/prerequisites.sh
require cc javac mvn curl

user=anna.berger
password=sunflower-42
work=$(mktemp -d)
jobs=()
pipes=()

fail() {
    echo "demo.sh: $1" >&2
    exit 1
}

# hold NAME COMMAND...: starts a server that runs until its pipe closes, which the kernel does even when this script is
# killed. Its words go to $work/NAME.out.
hold() {
    local name=$1 pipe
    shift
    mkfifo "$work/$name.pipe"
    crates/test-servers/lifeline.sh "$@" <"$work/$name.pipe" >"$work/$name.out" 2>&1 &
    jobs+=($!)
    exec {pipe}>"$work/$name.pipe"
    pipes+=("$pipe")
}

# The last one first: the service says goodbye to Openfire.
# shellcheck disable=SC2317  # called by the trap
clean_up() {
    trap '' INT TERM
    local n pipe
    for ((n = ${#jobs[@]} - 1; n >= 0; n--)); do
        pipe=${pipes[n]}
        exec {pipe}>&-
        wait "${jobs[n]}" || true
    done
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# await NAME PATTERN: the first line of the newest server that matches; fails when the server ends before.
await() {
    grep -m1 -- "$2" <(exec timeout 600 tail --pid="${jobs[-1]}" -n +1 -f "$work/$1.out")
}

# word LINE KEY: the value after KEY= in a line of such words.
word() {
    sed -n "s/.*\b$2=\([^ ]*\).*/\1/p" <<<"$1"
}

step() {
    printf '\n== %s\n' "$1"
}

step "Openfire 4.2.0"
hold openfire crates/test-servers/openfire/run.sh start "$work/openfire" \
    "SEED=crates/test-servers/seeds/demo.tsv" "P:admin.authorizedJIDs=admin@example.test,provisioning.example.test"

step "openfire-provisioner"
if [[ ! $program ]]; then
    echo "building; the first time this takes some minutes"
    cargo build --quiet --locked
    program=${CARGO_TARGET_DIR:-target}/debug/openfire-provisioner
fi
[[ -x $program ]] || fail "$program is no program"

ready=$(await openfire '^ready ') || fail "Openfire did not start: $(cat "$work/openfire.out")"
echo "Openfire: $ready"

# The first port that is free: the pages have to know their own address.
for port in {8080..8180}; do
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
done
listen=127.0.0.1:$port
mkdir "$work/state"
c2s=$(word "$ready" c2s)
component=$(word "$ready" component)
cat >"$work/config.toml" <<EOF
[openfire]
domain = "example.test"
host = "${c2s%:*}"
port = ${c2s##*:}
ca_file = "$(word "$ready" ca)"

[component]
name = "provisioning.example.test"
secret = "component-secret"
port = ${component##*:}

[http]
listen = "$listen"

[admin]
urls = ["http://$listen"]
state_directory = "$work/state"
EOF
hold service "$program" serve --config "$work/config.toml"
started=$(await service 'listening on http://') || fail "the service did not start: $(cat "$work/service.out")"
address=$(sed -n 's/.*listening on http:\/\/\([^ ]*\).*/\1/p' <<<"$started")
# 503 until the component is connected.
curl --silent --fail --retry 10 --retry-delay 1 --output /dev/null "http://$address/readyz" ||
    fail "the service is not ready: $(cat "$work/service.out")"
echo "the service listens on http://$address/"

step "what a Jitsi client of $user receives"
curl --silent --show-error --fail-with-body --max-time 10 --output "$work/reply" \
    --user-agent "Jitsi/2.11.5633" \
    --data-urlencode "username=$user" --data-urlencode "password=$password" \
    --data-urlencode "os=Linux" --data-urlencode "uuid=0c1f0d3e-6f4b-4d38-9d9e-2f6f1c0d5a11" \
    "http://$address/provision" || fail "no reply: $(cat "$work/reply" "$work/service.out")"
cat "$work/reply"
grep -q 'ACCOUNT_UID=.*Jabber' "$work/reply" || fail "the reply has no account in it"

step "the administrators' pages"
curl --silent --show-error --fail --max-time 10 --output /dev/null "http://$address/admin/sign-in" ||
    fail "no page to sign in: $(cat "$work/service.out")"
cat <<EOF
    http://$address/admin/
    user name: admin
    password: $(sed -n 's/^user\tadmin\t\([^\t]*\).*/\1/p' crates/test-servers/seeds/demo.tsv)
EOF

if [[ $once ]]; then
    exit 0
fi

step "to try by hand"
cat <<EOF
Provisioning URI for Jitsi (Tools > Options > Advanced > Provisioning):
    http://$address/provision?username=\${username}&password=\${password}
By curl:
    curl --data username=$user --data password=$password http://$address/provision
    curl --include --data username=$user --data password=wrong http://$address/provision
    curl --data username=tomas.novak --data password=blue-bicycle-7 http://$address/provision
    curl http://$address/readyz http://$address/healthz
Openfire: domain example.test, clients on $c2s, components on $component (secret: component-secret)
    the authority of its certificate: $(word "$ready" ca)
Service: configuration $work/config.toml, log $work/service.out
Users and passwords:
$(sed -n 's/^user\t\([^\t]*\)\t\([^\t]*\).*/    \1  \2/p' crates/test-servers/seeds/demo.tsv)

A real Jitsi can fetch this configuration too, but finds no host example.test to log in at.
Ctrl-C ends everything.
EOF
wait -n "${jobs[@]}" || true
fail "a server ended unexpectedly: $(tail -n 5 "$work/openfire.out" "$work/service.out")"
