#!/usr/bin/env bash
# Runs the service on an Openfire 4.2.0 whose users are in the Active Directory of Samba, and prints the tables of
# docs/openfire-ldap.md. Once per release: it installs Samba from Debian's packages, needs root, and port 389 of
# 127.0.0.1 must be free.
#
#   samba.sh                  which names can log in, and what arrives for a person; a minute
#   samba.sh --outages N      then N outages of each of six kinds, 0.3 to 20 s long, first with a reference account and
#                             then without one; with N = 6 twenty minutes
#
#   --program FILE            a service that is built already
#   --keep                    keeps the folder with all files and logs, and names it
#
# The service reads its settings from the environment too, for example OPENFIRE_PROVISIONER__LIMITS__CONCURRENT_LOGINS=8.
#
# Exit code 0: the tables are complete; reading them is up to you. 2: it could not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

outages=0
program=
keep=
while (($#)); do
    case $1 in
    --outages | --program)
        if [[ $# -lt 2 ]]; then
            echo "samba.sh: $1 needs a value" >&2
            exit 2
        fi
        case $1 in
        --outages) outages=$2 ;;
        --program) program=$2 ;;
        esac
        shift
        ;;
    --keep) keep=yes ;;
    *)
        sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
    esac
    shift
done

# shellcheck source=scripts/prerequisites.sh
source scripts/prerequisites.sh
require cc javac mvn samba

work=$(mktemp -d)
jobs=()
pipes=()
samba=crates/test-servers/samba
# Debian's Python, which has the modules of Samba.
python=/usr/bin/python3
base=DC=corp,DC=example
password=Right-1-password

fail() {
    echo "samba.sh: $1" >&2
    exit 2
}

[[ $EUID -eq 0 ]] || fail "needs root: Samba's directory runs as no other user"
if (: </dev/tcp/127.0.0.1/389) 2>/dev/null; then
    fail "port 389 of 127.0.0.1 is taken, and Samba has no setting for another one"
fi

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

# release: ends the server that was started last.
release() {
    local last=$((${#jobs[@]} - 1)) pipe
    pipe=${pipes[last]}
    exec {pipe}>&-
    wait "${jobs[last]}" || true
    unset "jobs[$last]" "pipes[$last]"
}

# shellcheck disable=SC2317  # called by the trap
clean_up() {
    trap '' INT TERM
    while ((${#jobs[@]})); do
        release
    done
    if [[ $keep ]]; then
        echo "samba.sh: files and logs are in $work" >&2
    else
        rm -rf "$work"
    fi
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

if [[ ! $program ]]; then
    echo "building; the first time this takes some minutes" >&2
    cargo build --quiet --locked
    program=${CARGO_TARGET_DIR:-target}/debug/openfire-provisioner
fi
[[ -x $program ]] || fail "$program is no program"

echo "the domain" >&2
mkdir "$work/domain"
samba-tool domain provision --realm=CORP.EXAMPLE --domain=CORP --server-role=dc --dns-backend=NONE \
    --adminpass="$password" --targetdir="$work/domain" --host-name=dc1 --host-ip=127.0.0.1 \
    --option="interfaces=127.0.0.1" --option="bind interfaces only=yes" >"$work/provision.out" 2>&1 ||
    fail "the domain could not be made: $(tail -n 3 "$work/provision.out")"
conf=$work/domain/etc/smb.conf
"$python" "$samba/people.py" "$conf" "$base" "$password" || fail "the people could not be made"
# Of a domain controller only the directory: no names, no Kerberos, no shares. A changed password counts at once, and not
# after an hour as by default: one of the outages is that Openfire's own password was changed.
hold samba samba --interactive --model=single --debug-stdout --configfile="$conf" --option="server services=ldap" \
    --option="ldap server require strong auth=no" --option="old password allowed period=0" \
    --option="pid directory=$work/domain"
timeout 60 bash -c 'until (: </dev/tcp/127.0.0.1/389) 2>/dev/null; do sleep 0.2; done' ||
    fail "Samba does not listen: $(tail -n 3 "$work/samba.out")"

echo "Openfire 4.2.0" >&2
# Below the ports that the kernel gives to connections.
relay=$((20000 + RANDOM % 10000))
# As the page says: those for any directory, then what differs.
properties=()
# shellcheck disable=SC2016  # backquotes of Markdown
while IFS= read -r line; do
    properties+=("P:${line%% = *}=${line#* = }")
done < <(sed -n '/^```properties$/,/^```$/{/ = /p}' docs/openfire-ldap.md)
hold openfire crates/test-servers/openfire/run.sh start "$work/openfire" DOMAIN=corp.example "${properties[@]}" \
    "P:ldap.host=127.0.0.1" "P:ldap.port=$relay" "P:ldap.adminPassword=$password" \
    "P:ldap.vcard-mapping=$(<"$samba/vcard-mapping.xml")" \
    "P:admin.authorizedJIDs=service.corp.example,preview.corp.example"
ready=$(await openfire '^ready ') || fail "Openfire did not start: $(tail -n 5 "$work/openfire.out")"
c2s=$(word "$ready" c2s)
component=$(word "$ready" component)

# start_service NAME LINES: the service, with these lines in its section [openfire]; its port is in $service then.
start_service() {
    cat >"$work/$1.toml" <<CONFIG
[openfire]
domain = "corp.example"
host = "${c2s%:*}"
port = ${c2s##*:}
ca_file = "$(word "$ready" ca)"
$2

[component]
name = "$1.corp.example"
preview_name = "preview.corp.example"
secret = "component-secret"
port = ${component##*:}

[template]
file = "$PWD/$samba/arrives.properties"

[http]
listen = "127.0.0.1:0"
trusted_proxies = ["127.0.0.1"]
CONFIG
    hold "$1" "$program" serve --config "$work/$1.toml"
    local started
    started=$(await "$1" 'listening on http://') || fail "the service did not start: $(tail -n 5 "$work/$1.out")"
    service=$(sed -n 's/.*listening on http:\/\/[^ ]*:\([0-9]*\).*/\1/p' <<<"$started")
}

# ledger OPTION...: plays clients and network.
ledger() {
    # In the background, since a trap waits for what runs in the foreground.
    "$python" "$samba/ledger.py" --service "$service" --relay "$relay" --directory 389 --password "$password" \
        --smb-conf "$conf" --bind-user svc-openfire "$@" &
    wait $!
}

revision=$(git rev-parse --short HEAD 2>/dev/null || echo "no git")
changes=$(git status --porcelain --untracked-files=no 2>/dev/null) || changes=
echo "$(date --iso-8601), Openfire 4.2.0, $(samba --version), openfire-provisioner $revision${changes:+ with changes}"

reference='reference_user = "svc-check"
reference_password = "'$password'"'
start_service names "$reference
login_names = ['CORP\\*', '*@firm.example']"
with_names=$service
start_service service "$reference"
printf '\n## Who can log in, and what arrives\n\n'
ledger --logins "$with_names" --preview "$program preview --config $work/service.toml"
if ((outages)); then
    printf '\n## Outages, with a reference account\n\n'
    ledger --outages "$outages"
    release
    printf '\n## Outages, without a reference account\n\n'
    start_service without ""
    ledger --outages "$outages"
fi
