#!/usr/bin/env bash
# Installs, upgrades, removes and purges the Debian package in a clean Debian with its own systemd and without a
# network, and prints the results, for docs/reliability.md. Once per release; needs root. The first run fetches Debian
# with debootstrap.
#
#   life.sh FILE.deb [SUITE]    SUITE: bookworm (default), trixie, ...
#   --keep                      keeps the folder with the Debian and its journal, and names it
#
# Exit code 0: every check passed. 1: a check failed; the last line says which. 2: it could not run.
set -euo pipefail

me=$(realpath "${BASH_SOURCE[0]}")
name=openfire-provisioner
config=/etc/$name/config.toml

usage() {
    sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$me" >&2
    exit 2
}

# The folder of a clean Debian, with what the package depends on in apt's cache.
debian() {
    local suite=$1 base=${XDG_CACHE_HOME:-$HOME/.cache}/openfire-provisioner/debian-$1
    if [[ ! -e $base/complete ]]; then
        # Where debootstrap was killed, /proc is mounted below.
        rm -rf --one-file-system "$base"
        mkdir -p "$base"
        echo "fetching Debian $suite" >&2
        debootstrap --variant=minbase --include=systemd-sysv,dbus,iproute2,libnss-systemd "$suite" "$base/root" >"$base/log" ||
            { tail "$base/log" >&2 && return 2; }
        # `set -e` is without effect here.
        chroot "$base/root" apt-get install -qq -y --download-only ca-certificates >/dev/null || return 2
        touch "$base/complete"
    fi
    echo "$base/root"
}

# A copy of the package with a higher version and another line in its configuration.
newer() {
    local folder=$work/newer
    dpkg-deb --raw-extract "$1" "$folder"
    sed -i "s/^Version: .*/&+newer/" "$folder/DEBIAN/control"
    echo '## The configuration of a newer version.' >>"$folder$config"
    dpkg-deb --root-owner-group -Zgzip -z1 --build "$folder" "$work/root/root/newer.deb" >/dev/null
    rm -rf "$folder"
}

outside() {
    local deb='' suite=bookworm keep=''
    while (($#)); do
        case $1 in
        --keep) keep=yes ;;
        -*) usage ;;
        *) if [[ $deb ]]; then suite=$1; else deb=$1; fi ;;
        esac
        shift
    done
    [[ -f $deb ]] || usage
    # shellcheck source=scripts/prerequisites.sh
    source "$(dirname "$me")/../../scripts/prerequisites.sh"
    require debootstrap systemd-nspawn dpkg-deb
    if [[ $EUID -ne 0 ]]; then
        echo "life.sh: run it as root" >&2
        exit 2
    fi
    local base
    base=$(debian "$suite")
    work=$(mktemp -d)
    if [[ $keep ]]; then
        echo "the Debian is in $work/root" >&2
    else
        trap 'rm -rf --one-file-system "$work"' EXIT
    fi
    cp -a --reflink=auto "$base" "$work/root"
    cp "$deb" "$work/root/root/package.deb"
    cp "$me" "$work/root/root/life.sh"
    newer "$deb"
    cat >"$work/root/etc/systemd/system/life.service" <<'END'
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/bash /root/life.sh --inside
StandardOutput=file:/root/said
StandardError=inherit
ExecStopPost=/bin/sh -c 'echo "$EXIT_STATUS" >/root/status'
ExecStopPost=/bin/systemctl --no-block poweroff
[Install]
WantedBy=multi-user.target
END
    chroot "$work/root" systemctl --quiet enable life.service
    timeout --kill-after=60 900 systemd-nspawn --quiet --directory "$work/root" --private-network --register=no --keep-unit \
        --boot </dev/null >"$work/console" 2>&1 &
    local container=$!
    # Before its folder is removed, the Debian must have stopped.
    # shellcheck disable=SC2064  # the number of now
    trap "kill $container; wait $container || true; exit 143" INT TERM
    wait "$container" || true
    trap - INT TERM
    cat "$work/root/root/said"
    if [[ $(cat "$work/root/root/status" 2>/dev/null) != 0 ]]; then
        echo "life.sh: a check failed" >&2
        exit 1
    fi
}

# What follows runs inside.

seen() { printf -- '- %s\n' "$*"; }

fail() {
    printf 'FAILED: %s\n' "$*"
    journalctl --no-pager -n 30 -u $name -u $name-discover
    exit 1
}

# holds WHAT COMMAND...
holds() {
    local what=$1
    shift
    "$@" >/root/output 2>&1 || { cat /root/output && fail "$what"; }
}

# fails_with CODE WHAT COMMAND...
fails_with() {
    local code=$1 what=$2 status=0
    shift 2
    "$@" >/root/output 2>&1 || status=$?
    [[ $status == "$code" ]] || { cat /root/output && fail "$what: exit code $status instead of $code"; }
}

apt_get() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold "$@" >/root/apt 2>&1 ||
        { cat /root/apt && fail "apt-get $*"; }
}

seconds() { awk "BEGIN { printf \"%.1f\", $(date +%s.%N) - $1 }"; }

is() { systemctl "is-$1" "$2" 2>/dev/null || true; }

# in_journal TEXT UNIT: whether the text is in the unit's journal.
in_journal() { journalctl --no-pager -o cat -u "$2" | grep -F -- "$1" >/dev/null; }

# until_in_journal TEXT UNIT: the text comes within a minute.
until_in_journal() {
    local attempt
    for attempt in {1..300}; do
        in_journal "$1" "$2" && return
        sleep 0.2
    done
    fail "the journal does not say within a minute: $1 ($attempt attempts)"
}

# until_listens PORT: a UDP socket has the port within a minute.
until_listens() {
    local attempt
    for attempt in {1..300}; do
        [[ $(ss -Hlun "sport = :$1") ]] && return
        sleep 0.2
    done
    fail "nothing listens on UDP port $1 within a minute ($attempt attempts)"
}

first_start() {
    local began
    began=$(date +%s.%N)
    apt_get install /root/package.deb
    seen "installed by \`apt install ./file.deb\` without a network in $(seconds "$began") s, with ca-certificates from apt's cache"
    fails_with 1 "the example is complete" $name check
    for key in openfire.domain openfire.reference_password component.secret; do
        grep -q "^WRONG  configuration: $key: " /root/output || fail "check does not name $key"
    done
    seen "from the beginning of \`apt install\` to the first answer of \`check\`: $(seconds "$began") s; it names the three values"
    holds "the user" grep -q "^$name:.*nologin" /etc/passwd
    [[ $(stat -c '%a %U:%G' $config) == "640 root:$name" ]] || fail "$(stat -c '%a %U:%G' $config) $config"
    local unit
    for unit in $name $name-discover; do
        [[ $(is active "$unit") == inactive && $(is enabled "$unit") == disabled ]] || fail "$unit runs or is enabled"
    done
    seen "the user exists, the configuration is 640 root:$name, and neither unit runs or is enabled"

    fails_with 1 "the example starts" systemctl start $name
    [[ $(systemctl show --property ExecMainStatus --value $name) == 2 ]] || fail "another exit code than 2"
    [[ $(systemctl show --property NRestarts --value $name) == 0 ]] || fail "it was restarted"
    in_journal "component.secret: this is still" $name || fail "the journal does not say what is missing"
    seen "the unedited configuration ends with exit code 2, is not restarted, and the journal names the three values"

    began=$(date +%s.%N)
    sed -i 's/^domain = "example.org"/domain = "corp.example"/; s/^reference_password = .*/reference_password = "pass-1"/
        s/^secret = "change-me"/secret = "hush-1"/' $config
    holds "check after three edits" $name check
    holds "the first start" systemctl enable --now $name
    holds "the health check" $name check --running
    seen "after three edits \`check\` finds no error, and the service is ready $(seconds "$began") s after the edit"
}

# What the hardened unit must still allow.
in_the_unit() {
    openssl req -quiet -x509 -newkey rsa:2048 -nodes -subj /CN=provisioning.corp.example -keyout /root/privkey.pem \
        -out /root/fullchain.pem 2>/dev/null || openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=provisioning.corp.example \
        -keyout /root/privkey.pem -out /root/fullchain.pem 2>/dev/null
    install -m 640 -g $name /root/fullchain.pem /root/privkey.pem /etc/$name/
    sed -i 's/^#listen = "127.0.0.1:8080"/listen = "0.0.0.0:443"/; s/^#\(\[http.tls\]\|certificate = \|key = "\/\)/\1/' $config
    cat >/usr/local/bin/floors <<'END'
#!/bin/sh
echo "{\"users\": {\"anna\": {\"floor\": \"$(id -un)\"}}}"
END
    chmod 755 /usr/local/bin/floors
    printf '[[data]]\nname = "floors"\ncommand = ["/usr/local/bin/floors"]\n' >>$config
    holds "check with HTTPS" $name check
    holds "a start on port 443" systemctl restart $name
    holds "the health check on port 443" $name check --running
    [[ $(ps_user) == "$name" ]] || fail "it runs as $(ps_user)"
    sed -i s/floor/desk/ /usr/local/bin/floors
    holds "a reload" systemctl reload $name
    until_in_journal "nothing has changed in configuration" $name
    until_in_journal "data floors" $name
    in_journal "the data stay as they were" $name && fail "the command of [[data]] does not work"
    seen "in the unit: port 443 with a key of mode 640 root:$name, as the user $name, a command of [[data]], a reload"
}

ps_user() { stat -c %U "/proc/$(systemctl show --property MainPID --value $name)"; }

discover() {
    ip link add lan0 type veth peer name lan1
    ip address add 10.99.0.1/24 dev lan0
    ip link set lan0 up
    ip link set lan1 up
    sed -i 's|^#url = "https://provisioning.example.org/provision?|url = "https://provisioning.corp.example/provision?|
        s|^#interfaces = .*|interfaces = ["lan0"]|' $config
    holds "discovery starts" systemctl enable --now $name-discover
    local port
    for port in 6767 5353; do
        until_listens $port
    done
    until_in_journal "the announcement has been heard" $name-discover
    seen "the unit $name-discover answers on port 6767, announces on port 5353, and hears its own announcement"
}

upgrade() {
    local before
    before=$(systemctl show --property MainPID --value $name)
    echo '# edited' >>$config
    cp -a $config /root/edited
    apt_get install /root/newer.deb
    cmp -s $config /root/edited || fail "the edited configuration has changed"
    [[ $(stat -c '%a %U:%G' $config) == "640 root:$name" ]] || fail "mode after the upgrade"
    [[ -e $config.dpkg-dist ]] || fail "no $config.dpkg-dist"
    [[ $(is active $name) == active && $(systemctl show --property MainPID --value $name) != "$before" ]] || fail "not restarted"
    [[ $(is active $name-discover) == active ]] || fail "discover does not run after the upgrade"
    holds "the health check after the upgrade" $name check --running
    seen "an upgrade keeps the edited configuration (the new one lies beside it as .dpkg-dist), and restarts what runs"
}

remove_and_purge() {
    apt_get remove $name
    [[ $(is active $name) != active && ! -e /usr/bin/$name && -e $config && -d /var/lib/$name ]] || fail "after remove"
    seen "remove stops both units, and keeps configuration and state"
    apt_get install /root/package.deb
    cmp -s $config /root/edited || fail "the configuration after a new installation"
    [[ $(is enabled $name) == enabled ]] || fail "not enabled after a new installation"
    apt_get purge $name
    [[ ! -e $config && ! -e /var/lib/$name && ! -e /usr/lib/systemd/system/$name.service ]] || fail "purge leaves files"
    [[ -e /etc/$name/privkey.pem ]] || fail "purge deletes a certificate"
    [[ -z $(find /etc/systemd /var/lib/systemd -name "$name*") ]] || fail "purge leaves links"
    seen "installed again it finds its configuration; purge deletes configuration, state and links, and keeps the user and the" \
        "administrator's own files in /etc/$name"
    rm -r "/etc/${name:?}"
}

# A site that installed an earlier version by hand, whose unit has a temporary user for each start.
after_an_installation_by_hand() {
    userdel $name
    dpkg-deb --extract /root/package.deb /root/extracted
    install /root/extracted/usr/bin/$name /usr/local/bin/$name
    sed 's/^User=.*/DynamicUser=yes/' /root/extracted/usr/lib/systemd/system/$name.service >/etc/systemd/system/$name.service
    install -D -m 600 /root/edited $config
    sed -i '/^listen = "0.0.0.0:443"/d; /^\[http.tls\]/d; /^certificate = /d; /^key = "\//d' $config
    systemctl daemon-reload
    holds "the start by hand" systemctl enable --now $name
    touch /var/lib/private/$name/audit.jsonl
    apt_get install /root/package.deb
    grep -q "^$name:" /etc/passwd || fail "no lasting user"
    holds "the service by hand still runs" systemctl --quiet is-active $name
    local left
    for left in /usr/local/bin/$name /etc/systemd/system/$name.service; do
        grep -qF "$name: $left comes from an installation by hand" /root/apt || fail "apt does not warn about $left"
        rm "$left"
    done
    systemctl daemon-reload
    holds "the start from the package" systemctl restart $name
    [[ ! -L /var/lib/$name && $(stat -c %U /var/lib/$name/audit.jsonl) == "$name" ]] || fail "the state was not taken over"
    [[ $(readlink "/proc/$(systemctl show --property MainPID --value $name)/exe") == /usr/bin/$name ]] || fail "another program"
    seen "over an installation by hand (DynamicUser=): the user is made, the postinst names what hides the package's files, and" \
        "the state is taken over"
}

inside() {
    # shellcheck disable=SC1091
    printf '%s, systemd %s, %s\n\n' "$(. /etc/os-release && echo "$PRETTY_NAME")" \
        "$(systemctl --version | awk 'NR == 1 { print $2 }')" "$(dpkg-deb --show /root/package.deb | tr '\t' ' ')"
    first_start
    in_the_unit
    discover
    upgrade
    remove_and_purge
    after_an_installation_by_hand
}

if [[ ${1-} == --inside ]]; then
    inside
else
    outside "$@"
fi
