#!/usr/bin/env bash
# Makes the Debian package from a built program, and checks it: the list of files with modes and owners, the findings of
# lintian, the units, and the program with the configuration of the package.
#
#   check.sh PROGRAM [--accept]    --accept: the list of files is right as it is; writes packaging/debian/contents
#
# Exit code 0: every check passed. 1: a check failed; the last line says which. 2: it could not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [[ $# -lt 1 || $# -gt 2 || ! -f $1 || ${2---accept} != --accept ]]; then
    sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
    exit 2
fi

# shellcheck source=scripts/prerequisites.sh
source scripts/prerequisites.sh
require lintian dpkg-deb

list=packaging/debian/contents
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "check.sh: $1" >&2
    exit 1
}

deb=$(packaging/debian/build.sh "$1" "$work" --fast)

# Mode, owner and name of each file, then the control files and the list of conffiles.
contents() {
    dpkg-deb --contents "$deb" | awk '$1 !~ /^d/ { print $1, $2, substr($6, 2) }' | LC_ALL=C sort -k3
    dpkg-deb --ctrl-tarfile "$deb" | tar -tv | awk '$NF !~ /\/$/ { print $1, $2, substr($NF, 3) }' | LC_ALL=C sort -k3
    dpkg-deb --info "$deb" conffiles | sed 's/^/conffile /'
}

contents >"$work/contents"
if [[ ${2-} ]]; then
    cp "$work/contents" "$list"
elif ! diff -u "$list" "$work/contents"; then
    fail "other files than in $list; if they are right: packaging/debian/check.sh $1 --accept"
fi

# Warnings fail too; packaging/debian/lintian-overrides lists the intended ones, with the reason.
lintian --fail-on error,warning "$deb" 2>&1 || fail "lintian reports errors or warnings"

dpkg-deb --extract "$deb" "$work/root"
packaging/links.pl --check "$work/root/usr/share/doc/openfire-provisioner" "$work/root" || fail "links lead nowhere"
# shellcheck disable=SC2016  # systemd expands it
grep -qx 'ExecStart=openfire-provisioner serve --config ${CREDENTIALS_DIRECTORY}/config.toml' \
    "$work/root/usr/lib/systemd/system/openfire-provisioner.service" || fail "the unit starts something else"

program=$work/root/usr/bin/openfire-provisioner
[[ $("$program" --version) == "openfire-provisioner $(dpkg-deb --field "$deb" Version | cut -d- -f1)" ]] ||
    fail "the program has another version than the package"
status=0
said=$("$program" check --config "$work/root/etc/openfire-provisioner/config.toml") || status=$?
for key in openfire.domain openfire.reference_password component.secret; do
    [[ $said == *"WRONG  configuration: $key: "* ]] || fail "\`check\` does not say what to write for $key: $said"
done
[[ $status -eq 1 && $said == *" 3 errors" ]] || fail "\`check\` finds something else in the configuration of the package: $said"
echo "$(wc -l <"$list") entries as in $list; lintian finds nothing; the program says what to change in its configuration"
