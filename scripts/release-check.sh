#!/usr/bin/env bash
# Makes the files of a release from a program that is built already, and checks the archive, the bill of materials and the
# checksums. packaging/debian/check.sh checks the Debian package.
#
#   release-check.sh PROGRAM
#
# Exit code 0: every check passed. 1: a check failed; the last line says which. 2: it could not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ $# -ne 1 || ! -f $1 ]]; then
    sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
    exit 2
fi
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "release-check.sh: $1" >&2
    exit 1
}

scripts/release.sh --out "$work/one" --program "$program"
(cd "$work/one" && sha256sum --quiet --check SHA256SUMS) || fail "a checksum is wrong"
listed=$(awk '{ print $2 }' "$work/one/SHA256SUMS" | LC_ALL=C sort | xargs)
present=$(find "$work/one" -type f ! -name SHA256SUMS -printf '%f\n' | LC_ALL=C sort | xargs)
[[ $listed == "$present" ]] || fail "SHA256SUMS has $listed; the folder has $present"

archives=("$work"/one/*.tar.gz)
[[ ${#archives[@]} -eq 1 ]] || fail "not one archive: ${archives[*]}"
archive=${archives[0]}
tar --extract --file "$archive" --directory "$work"
folder=$work/$(basename "$archive" .tar.gz)
for file in INSTALL LICENSE THIRD-PARTY.txt config.example.toml completions/_openfire-provisioner docs/install.md \
    fail2ban/filter.conf fail2ban/jail.conf man/openfire-provisioner.1 systemd/openfire-provisioner.service \
    templates/examples; do
    [[ -s $folder/$file ]] || fail "the archive has no $file"
done
packaging/links.pl --check "$folder" || fail "links lead nowhere"
# Each file that INSTALL names is there.
named=$(grep -oE '(^|[[:space:]])(bin|completions|fail2ban|man|systemd)/[A-Za-z0-9_.*-]+' "$folder/INSTALL" | sort -u)
for file in $named; do
    compgen -G "$folder/$file" >/dev/null || fail "INSTALL names $file, which the archive does not have"
done
strangers=$(tar --list --verbose --numeric-owner --file "$archive" | awk '$2 != "0/0" || $1 !~ /^[-d]rw[x-]r-[x-]r-[x-]/')
[[ ! $strangers ]] || fail "owners or modes: $strangers"
[[ $("$folder/bin/openfire-provisioner" --version) == openfire-provisioner\ * ]] || fail "the program does not run"

# The bill names the libraries in the program, and neither those of its tests nor those that only run while it is built.
bill=$(echo "$work"/one/*.cdx.json)
for library in tokio-xmpp minijinja rustls; do
    grep -q "\"pkg:cargo/$library@" "$bill" || fail "the bill of materials lacks $library"
    grep -q "^$library " "$folder/THIRD-PARTY.txt" || fail "THIRD-PARTY.txt lacks $library"
done
for other in proptest criterion insta serde_derive cc; do
    ! grep -q "\"pkg:cargo/$other@" "$bill" || fail "the bill of materials has $other, which is not in the program"
done

# The same source must give the same files.
scripts/release.sh --out "$work/two" --program "$program" >/dev/null
diff -r "$work/one" "$work/two" || fail "a second run makes other files"

mkdir "$work/other"
touch "$work/other/file"
status=0
scripts/release.sh --out "$work/other" --program "$program" 2>/dev/null || status=$?
[[ $status -eq 2 && -e $work/other/file ]] || fail "release.sh has deleted files that it did not make"
echo "$present: as they should be, and the same twice"
