# Sourced by the other scripts: makes sure that programs are there, from Debian's packages where that is allowed.

# shellcheck shell=bash

# All that the scripts and tests use and a small Debian lacks: program, its packages, what it is for. Add to it here and
# nowhere else.
PREREQUISITES="
cc          gcc,libc6-dev         the build: links, and compiles the C code of ring
c++         g++                   the fuzz targets: libFuzzer is C++
javac       default-jdk-headless  Openfire; the JDK as the judge of what a client reads
mvn         maven                 fetches the jars of Openfire
prosody     prosody               the second XMPP server of the tests
turnserver  coturn                takes or refuses the TURN credentials that templates make
slapd       slapd                 the directory of an Openfire that keeps no users
curl        curl                  the demo's client
chromium    chromium,fonts-dejavu-core  the browser of the tests
chromedriver chromium-driver      drives it
groff       groff-base            formats the man pages
fish        fish                  loads its completions
zsh         zsh                   the same
nginx       nginx                 the proxy of the tests
ip          iproute2              two hosts on a link of their own, for what broadcasts
nsenter     util-linux            the same
ping        iputils-ping          the same
dnsmasq     dnsmasq-base          a DHCP server beside ours, and one with our snippet
busybox     busybox               a DHCP client of that server
avahi-daemon avahi-daemon,avahi-utils  a responder for multicast DNS beside ours, and one with our snippet
haproxy     haproxy               a proxy with our snippet
fail2ban-server fail2ban          reads our log and bans
lintian     lintian               judges our Debian package
dpkg-deb    dpkg                  looks into it
systemd-analyze systemd         judges our units
perl        perl                  fits the links of the pages to what is shipped
git         git                   the revision to compare with
shellcheck  shellcheck            the check of the scripts
pip3        python3-pip           fetches what checks the container's files
npm         npm                   fetches what checks SARIF
"

# What only one script needs, in the same form: `require all` leaves it out.
RARE="
samba       samba-ad-dc,samba-ad-provision,samba-dsdb-modules  an Active Directory, for scripts/samba.sh
dhcpd       isc-dhcp-server       reads its snippet, for scripts/snippets.sh
kea-dhcp4   kea-dhcp4-server      the same
caddy       caddy                 the same
apache2     apache2               the same
debootstrap debootstrap           a clean Debian, for packaging/debian/life.sh
systemd-nspawn systemd-container  runs it with a systemd of its own, for packaging/debian/life.sh
perf        linux-perf            samples the service, for scripts/bench.sh --stages
pngquant    pngquant              makes pictures small, for scripts/screenshots.sh
"

# require PROGRAM...: installs the packages of the programs that are missing, as root or where sudo asks for no password.
# Otherwise it names them and ends the script with exit code 2. `require all` takes the whole list.
require() {
    local program packages use names missing=() as_root=()
    # Servers lie where only root looks.
    local PATH=$PATH:/usr/sbin:/sbin
    local list=$PREREQUISITES
    if [[ ${1-} != all ]]; then
        list+=$RARE
    fi
    while read -r program packages use; do
        if [[ $program && (${1-} == all || " $* " == *" $program "*) ]] && ! command -v "$program" >/dev/null; then
            echo "missing: $program ($use)" >&2
            IFS=, read -r -a names <<<"$packages"
            missing+=("${names[@]}")
        fi
    done <<<"$list"
    if [[ ${#missing[@]} -eq 0 ]]; then
        return
    fi
    if [[ $EUID -ne 0 ]]; then
        as_root=(sudo -n)
    fi
    if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
        echo "$0: missing Debian packages that may not be installed from here; please run:" >&2
        echo "    apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 2
    fi
    echo "installing ${missing[*]}" >&2
    "${as_root[@]}" apt-get update -qq
    install_quietly
}

# Packages start the servers that they install, which would take their usual ports and run for ever. Package scripts ask
# policy-rc.d before they start a service; 101 means no. Afterwards this disables what would start at the next boot.
install_quietly() {
    local policy=/usr/sbin/policy-rc.d status=0 ours=
    if [[ ! -e $policy ]]; then
        ours=yes
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
        "${as_root[@]}" chmod 755 "$policy"
    fi
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null || status=$?
    if [[ $ours ]]; then
        "${as_root[@]}" rm -f "$policy"
    fi
    local package services
    while read -r package services; do
        if [[ " ${missing[*]} " == *" $package "* ]] && command -v systemctl >/dev/null; then
            # shellcheck disable=SC2086  # several names
            "${as_root[@]}" systemctl disable --quiet $services 2>/dev/null || true
        fi
    done <<<"prosody prosody
coturn coturn
slapd slapd
nginx nginx
haproxy haproxy
isc-dhcp-server isc-dhcp-server
kea-dhcp4-server kea-dhcp4-server
caddy caddy
apache2 apache2 apache-htcacheclean
fail2ban fail2ban
avahi-daemon avahi-daemon.socket avahi-daemon.service
samba-ad-dc samba-ad-dc smbd nmbd winbind"
    if [[ $status -ne 0 ]]; then
        echo "$0: apt-get could not install ${missing[*]}" >&2
        exit 2
    fi
}

if ! command -v cargo >/dev/null; then
    echo "$0: needs Rust (https://rustup.rs)" >&2
    exit 2
fi
