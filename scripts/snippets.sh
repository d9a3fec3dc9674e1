#!/usr/bin/env bash
# Loads each snippet of `openfire-provisioner snippets` into its server, and uses that server from another host. The
# tests do so with four snippets, this script with all nine. Prints a line for each server with its version, for the
# ledger in docs/reliability.md.
#
# usage: scripts/snippets.sh [PROGRAM]
#
# PROGRAM is openfire-provisioner; without it the script builds one. It runs as root: everything happens in network and mount
# namespaces of its own, and nothing on this machine changes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The server's host is this script a second time; it makes the client's host.
if [[ ${1-} != --within ]]; then
    . scripts/prerequisites.sh
    require cc javac curl perl nginx ip nsenter dnsmasq avahi-daemon haproxy dhcpd kea-dhcp4 caddy apache2
    if [[ $EUID -ne 0 ]]; then
        echo "$0: needs root, for namespaces" >&2
        exit 2
    fi
    program=${1-}
    if [[ -z $program ]]; then
        cargo build --quiet --locked
        program=target/debug/openfire-provisioner
    fi
    # Without --kill-child its servers would go on when this process is killed.
    exec unshare --net --mount --pid --fork --kill-child=TERM --mount-proc -- "$0" --within "$(realpath "$program")"
fi

program=$2
export PATH=$PATH:/usr/sbin:/sbin
place=$(mktemp -d)
client=
# All that runs here ends with this process, the first one of its namespace.
trap 'rm -rf "$place"' EXIT

name=prov.example.test
everyday="https://$name/provision?username=\${username}&password=\${password}"
# With every character that has a special meaning in some format.
# shellcheck disable=SC2016  # that is the point
nasty='https://[2001:db8::1]:8443/~a,b;c/(p)'\''q'\''$HOME/{x}/$${null}/!*+@:%2C?user=${username}&a='\''b'\''&c=(d),e;f&'
# shellcheck disable=SC2016
nasty+='G=h=i&j={env.HOME}&k={$PATH}&l=$1&m=${a,b}&n=%s%n%25&o:p=[q]&secret=hush&r=https://s.test/?t'
# The longest that DHCP carries.
longest="https://$name/$(printf '%*s' $((255 - ${#name} - 9)) '' | tr ' ' ,)"

fail() {
    echo "$0: $1" >&2
    [[ -z ${2-} ]] || cat "$2" >&2
    exit 1
}

# until LIMIT COMMAND...: waits until the command succeeds, at most LIMIT seconds.
until_true() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        if ((SECONDS > deadline)); then
            return 1
        fi
        sleep 0.1
    done
}

snippet() {
    "$program" snippets "$@"
}

on_client() {
    nsenter --target "$client" --net -- "$@"
}

two_hosts() {
    unshare --net -- sleep infinity &
    client=$!
    local own
    own=$(readlink /proc/self/ns/net)
    until_true 10 bash -c "[[ \$(readlink /proc/$client/ns/net) != '$own' ]]"
    ip link add eth0 type veth peer name eth0 netns "$client"
    local host number=1
    for host in env on_client; do
        "$host" ip link set lo up
        "$host" ip link set eth0 up
        "$host" ip address add "10.99.0.$number/24" broadcast 10.99.0.255 dev eth0
        "$host" ip route add default dev eth0
        number=$((number + 1))
    done
}

# Starts a server, with its output in a file.
start() {
    "$@" >"$place/said" 2>&1 &
    server=$!
}

stop() {
    kill "$server"
    wait "$server" 2>/dev/null || true
}

report() {
    printf '%-16s %-34s %s\n' "$1" "$2" "$3"
}

# finds_by_dhcp KIND URL: the client asks and must get the URL.
finds_by_dhcp() {
    local found
    found=$(on_client perl crates/test-servers/client/ask-dhcp.pl 10.99.0.2) || fail "$1: no answer" "$place/said"
    [[ $found == "$2" ]] || fail "$1: $found instead of $2"
}

try_dnsmasq() {
    local url file=$place/dnsmasq.conf
    for url in "$everyday" "$nasty" "$longest"; do
        snippet dnsmasq --url "$url" --interface eth0 --network 10.99.0.0/24 >"$file"
        dnsmasq --test --conf-file="$file" 2>"$place/said" || fail "dnsmasq --test" "$place/said"
        start dnsmasq --keep-in-foreground --log-facility=- --user=root --conf-file="$file" \
            --pid-file="$place/pid" --dhcp-leasefile="$place/leases"
        finds_by_dhcp dnsmasq "$url"
        stop
    done
    report dnsmasq "$(dnsmasq --version | sed -n '1s/  .*//p')" "found by DHCP: everyday, nasty and longest URL"
}

try_isc_dhcp() {
    local url file=$place/dhcpd.conf
    : >"$place/dhcpd.leases"
    for url in "$everyday" "$nasty" "$longest"; do
        for networks in "" "--network 10.99.0.0/24"; do
            # shellcheck disable=SC2086  # two words or none
            snippet isc-dhcp --url "$url" --interface eth0 $networks >"$file"
            dhcpd -4 -t -cf "$file" 2>"$place/said" || fail "dhcpd -t" "$place/said"
            start dhcpd -4 -q -f --no-pid -p 6767 -cf "$file" -lf "$place/dhcpd.leases" eth0
            finds_by_dhcp dhcpd "$url"
            stop
        done
    done
    report isc-dhcp "$(dhcpd --version 2>&1)" "found by DHCP: the same three, by network and for all"
}

try_kea() {
    local url file=/etc/kea/kea-provisioning.conf run=/run/kea-provisioning command environment
    mkdir -p /etc/kea "$run"
    mount -t tmpfs tmpfs /etc/kea
    chmod 755 /etc/kea
    chown _kea "$run"
    # Kea splits a longer option, and clients take the last piece.
    for url in "$everyday" "$nasty" "${longest:0:253}"; do
        for networks in "" "--network 10.99.0.0/24"; do
            # shellcheck disable=SC2086  # two words or none
            snippet kea --url "$url" --interface eth0 $networks >"$file"
            KEA_LOCKFILE_DIR=$run kea-dhcp4 -t "$file" >"$place/said" 2>&1 || fail "kea-dhcp4 -t" "$place/said"
            rm -f "$run"/*
            # As systemd runs the unit that the text has.
            environment=$(sed -n 's|^// *Environment=||p' "$file")
            command=$(sed -n 's|^// *ExecStart=||p' "$file")
            # shellcheck disable=SC2086  # words
            start setpriv --reuid=_kea --regid=_kea --init-groups --inh-caps=-all,+net_raw --ambient-caps=-all,+net_raw \
                env $environment $command
            finds_by_dhcp kea "$url"
            stop
        done
    done
    report kea "$(kea-dhcp4 -v)" "found by DHCP: the same, the longest with 253 bytes, by network and for all"
}

try_avahi() {
    local url found expected etc=$place/avahi
    mkdir -p "$etc/services" /run/avahi-daemon
    printf '[server]\nuse-ipv4=yes\nuse-ipv6=yes\nallow-interfaces=eth0\nenable-dbus=no\n[rlimits]\n' >"$etc/avahi-daemon.conf"
    mount --bind "$etc" /etc/avahi
    for url in "$everyday" "$nasty"; do
        snippet avahi --url "$url" >"$etc/services/provisioning.service"
        start avahi-daemon --no-drop-root --no-chroot --no-rlimits --no-proc-title
        found=$(on_client perl crates/test-servers/client/ask-mdns.pl | sort) || fail "avahi: no answer" "$place/said"
        expected=$({
            echo "path=${url%%\?*}"
            tr '&' '\n' <<<"${url#*\?}" | sed '/=/!s/$/=/'
        } | sort)
        [[ $found == "$expected" ]] || fail "avahi: $found"
        stop
    done
    umount /etc/avahi
    report avahi "$(avahi-daemon --version)" "found by multicast DNS: everyday and nasty URL, as TXT strings"
}

try_jitsi_overrides() {
    local url found
    cat >"$place/Read.java" <<'EOF'
public class Read {
    public static void main(String[] file) throws Exception {
        var properties = new java.util.Properties();
        properties.load(new java.io.FileInputStream(file[0]));
        System.out.println(properties.getProperty("net.java.sip.communicator.plugin.provisioning.URL"));
    }
}
EOF
    for url in "$everyday" "$nasty" "$longest"; do
        snippet jitsi-overrides --url "$url" >"$place/jitsi-default-overrides.properties"
        found=$(java "$place/Read.java" "$place/jitsi-default-overrides.properties")
        [[ $found == "$url" ]] || fail "jitsi-overrides: $found"
    done
    report jitsi-overrides "$(java -version 2>&1 | head -1)" "read by the JDK as a client reads it; Jitsi was not started"
}

# The service behind the proxies, with installers and pages, and without an Openfire: a login ends with 503.
serve() {
    mkdir -p "$place/updates/windows/2.12.1" "$place/state"
    truncate -s 64M "$place/updates/windows/2.12.1/jitsi.exe"
    cat >"$place/config.toml" <<EOF
[openfire]
domain = "example.test"
host = "127.0.0.1"
port = 1
[component]
name = "provisioning.example.test"
secret = "hush"
port = 1
[http]
trusted_proxies = ["127.0.0.1"]
[updates]
folder = "$place/updates"
url = "https://$name"
[admin]
urls = ["https://$name"]
state_directory = "$place/state"
EOF
    chmod 600 "$place/config.toml"
    "$program" serve --config "$place/config.toml" 2>"$place/service.log" &
    service=$!
    until_true 60 curl -sf http://127.0.0.1:8080/healthz || fail "the service does not start" "$place/service.log"
}

certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$name" \
        -addext "subjectAltName=DNS:$name" -keyout "$place/key.pem" -out "$place/certificate.pem" 2>/dev/null
    cat "$place/certificate.pem" "$place/key.pem" >"$place/both.pem"
    chmod 755 "$place"
}

# ask STATUS PATH [OPTION...]: the client asks the proxy and must get this status, and no redirect.
ask() {
    local status=$1 path=$2 seen
    shift 2
    seen=$(on_client curl -s -o "$place/answer" -w '%{http_code} %{redirect_url}' --max-time 60 \
        --cacert "$place/certificate.pem" --resolve "$name:443:10.99.0.1" "$@" "https://$name$path") || true
    [[ $seen == "$status " ]] || fail "$path: $seen instead of $status" "$place/said"
}

# used_as_proxy NAME STATUS: what every proxy must do, with the client on another host. STATUS is what a large body gets.
used_as_proxy() {
    until_true 60 on_client curl -sf --cacert "$place/certificate.pem" --resolve "$name:443:10.99.0.1" "https://$name/healthz" ||
        fail "$1 does not answer" "$place/said"
    ask 404 /
    ask 403 /metrics
    ask 403 //metrics/
    ask 200 /admin/sign-in
    ask 200 /updates/windows/2.12.1/jitsi.exe
    [[ $(stat -c %s "$place/answer") -eq $((64 * 1024 * 1024)) ]] || fail "$1: not the whole download"
    head -c 2000000 /dev/zero | tr '\0' x >"$place/large"
    ask "$2" /provision --data-binary "@$place/large"
    local header
    for header in "X-Nothing: x" "X-Forwarded-For: 192.0.2.66" "Forwarded: for=192.0.2.66"; do
        : >"$place/service.log"
        ask 503 /provision -H "$header" --data-urlencode username=anna --data-urlencode password=secret
        until_true 10 grep -q "request of anna from 10.99.0.2: ConnectionException" "$place/service.log" ||
            fail "$1: the service sees another client ($header)" "$place/service.log"
    done
    if grep -q secret "$place/said"; then
        fail "$1 logs a body" "$place/said"
    fi
}

try_nginx() {
    snippet nginx --url "$everyday" --certificate "$place/certificate.pem" --key "$place/key.pem" >"$place/provisioning.conf"
    cat >"$place/nginx.conf" <<EOF
daemon off;
user root;
pid $place/nginx.pid;
error_log stderr;
events {}
http { access_log /dev/stdout; include $place/provisioning.conf; }
EOF
    nginx -t -c "$place/nginx.conf" 2>"$place/said" || fail "nginx -t" "$place/said"
    start nginx -c "$place/nginx.conf"
    used_as_proxy nginx 413
    stop
    report nginx "$(nginx -v 2>&1)" "$proxied"
}

try_haproxy() {
    snippet haproxy --url "$everyday" --certificate "$place/both.pem" >"$place/haproxy.cfg"
    haproxy -c -dW -f "$place/haproxy.cfg" >"$place/said" 2>&1 || fail "haproxy -c" "$place/said"
    start haproxy -db -dW -f "$place/haproxy.cfg"
    used_as_proxy haproxy 413
    stop
    report haproxy "$(haproxy -v | head -1 | cut -d' ' -f1-3)" "$proxied"
}

try_caddy() {
    export HOME=$place XDG_DATA_HOME=$place XDG_CONFIG_HOME=$place
    snippet caddy --url "$everyday" --certificate "$place/certificate.pem" --key "$place/key.pem" >"$place/provisioning.caddy"
    printf '{\n\tadmin off\n}\nimport provisioning.caddy\n' >"$place/Caddyfile"
    caddy validate --adapter caddyfile --config "$place/Caddyfile" >"$place/said" 2>&1 || fail "caddy validate" "$place/said"
    start caddy run --adapter caddyfile --config "$place/Caddyfile"
    # It passes a body on as it comes, so the service refuses it first.
    used_as_proxy caddy 400
    local plain
    plain=$(on_client curl -s -o /dev/null -w '%{http_code}' --resolve "$name:80:10.99.0.1" "http://$name/provision" --data x=y)
    [[ $plain == 400 ]] || fail "caddy: $plain by plain HTTP"
    stop
    report caddy "$(caddy version)" "$proxied"
}

try_apache() {
    snippet apache --url "$everyday" --certificate "$place/certificate.pem" --key "$place/key.pem" >"$place/provisioning.conf"
    local module
    {
        for module in mpm_event authz_core ssl proxy proxy_http headers; do
            echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
        done
        printf 'ServerName localhost\nPidFile %s/apache.pid\nErrorLog /dev/stderr\nMutex file:%s default\nListen 443\nInclude %s\n' \
            "$place" "$place" "$place/provisioning.conf"
    } >"$place/apache.conf"
    apache2 -t -f "$place/apache.conf" >"$place/said" 2>&1 || fail "apache2 -t" "$place/said"
    start apache2 -X -f "$place/apache.conf"
    # As with Caddy.
    used_as_proxy apache 400
    stop
    report apache "$(apache2 -v | head -1 | cut -d: -f2-)" "$proxied"
}

proxied="page, 64 MiB download, client's address; /metrics and large bodies refused, no redirect"
mount -t tmpfs tmpfs /run
two_hosts
certificate
try_dnsmasq
try_isc_dhcp
try_kea
try_avahi
try_jitsi_overrides
serve
try_nginx
try_haproxy
try_caddy
try_apache
kill "$service"
echo "all nine snippets work"
