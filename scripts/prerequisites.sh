# Sourced by the other scripts: makes sure that programs are there, from Debian's packages where that is allowed.

# shellcheck shell=bash

# require PROGRAM:PACKAGE[,PACKAGE...]...
# Installs the packages of the programs that are missing, as root or where sudo asks for no password. Otherwise it names
# them and ends the script with exit code 2.
require() {
    local entry packages=() as_root=()
    for entry in "$@"; do
        if ! command -v "${entry%%:*}" >/dev/null; then
            IFS=, read -r -a entry <<<"${entry#*:}"
            packages+=("${entry[@]}")
        fi
    done
    if [[ ${#packages[@]} -eq 0 ]]; then
        return
    fi
    if [[ $EUID -ne 0 ]]; then
        as_root=(sudo -n)
    fi
    if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
        echo "$0: missing Debian packages that may not be installed from here; please run:" >&2
        echo "    apt-get install --no-install-recommends ${packages[*]}" >&2
        exit 2
    fi
    echo "installing ${packages[*]}" >&2
    "${as_root[@]}" apt-get update -qq
    install_quietly
}

# A server that comes with a package would be started by it, take its usual ports, and run for ever. What starts services
# while packages are installed asks policy-rc.d first; 101 is its "no". What would start it at the next boot is switched
# off afterwards.
install_quietly() {
    local policy=/usr/sbin/policy-rc.d status=0 ours=
    if [[ ! -e $policy ]]; then
        ours=yes
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
        "${as_root[@]}" chmod 755 "$policy"
    fi
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq -y --no-install-recommends "${packages[@]}" >/dev/null || status=$?
    if [[ $ours ]]; then
        "${as_root[@]}" rm -f "$policy"
    fi
    local service
    for service in prosody coturn; do
        if [[ " ${packages[*]} " == *" $service "* ]] && command -v systemctl >/dev/null; then
            "${as_root[@]}" systemctl disable --quiet "$service" 2>/dev/null || true
        fi
    done
    if [[ $status -ne 0 ]]; then
        echo "$0: apt-get could not install ${packages[*]}" >&2
        exit 2
    fi
}

# What the build and the test servers need.
# shellcheck disable=SC2034  # for the scripts that source this
{
    BUILD_PROGRAMS=("cc:gcc,libc6-dev")
    OPENFIRE_PROGRAMS=("javac:default-jdk-headless" "mvn:maven")
    PROSODY_PROGRAMS=("prosody:prosody")
    COTURN_PROGRAMS=("turnserver:coturn")
}

if ! command -v cargo >/dev/null; then
    echo "$0: needs Rust (https://rustup.rs)" >&2
    exit 2
fi
