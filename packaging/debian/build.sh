#!/usr/bin/env bash
# Makes the Debian package from a built program, and prints its path.
#
#   build.sh PROGRAM FOLDER [--fast]    puts the package of PROGRAM into FOLDER; --fast: with little compression
#
# The version is that of Cargo.toml; DEB_VERSION overrides it. DEBFULLNAME and DEBEMAIL name the person who makes the
# package. With SOURCE_DATE_EPOCH, seconds since 1970, the same source gives the same package.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [[ $# -lt 2 || $# -gt 3 || ! -f $1 || ${3---fast} != --fast ]]; then
    sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
    exit 2
fi
program=$(realpath "$1")
mkdir -p "$2"
folder=$(realpath "$2")

# shellcheck source=scripts/prerequisites.sh
source scripts/prerequisites.sh
require strip dpkg-deb perl

# If cargo-deb is not installed, build it once, outside the tree; that takes some minutes.
root=${XDG_CACHE_HOME:-$HOME/.cache}/openfire-provisioner/cargo-deb-3.8.0
PATH=$PATH:$root/bin
if ! cargo deb --version >/dev/null 2>&1; then
    cargo install --quiet --locked cargo-deb --version 3.8.0 --root "$root"
fi

# Generated files are where Cargo.toml expects them.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
cargo run --quiet --locked --package openfire-provisioner-generate -- target/package \
    --libraries "$(rustc --version --verbose | sed -n 's/^host: //p')"
# The pages, with links that fit the package.
pages=target/package/pages
rm -rf $pages
install -D -m 644 -t $pages README.md CHANGELOG.md config.example.toml
install -D -m 644 -t $pages/docs docs/*.md
share=/usr/share/openfire-provisioner
packaging/links.pl $pages templates/=$share/templates/ packaging/editors/=$share/editors/ CHANGELOG.md=changelog.gz \
    LICENSE=copyright
version=${DEB_VERSION:-$(cargo metadata --format-version 1 --no-deps --locked |
    grep -o '"name":"openfire-provisioner","version":"[^"]*"' | cut -d'"' -f8)-1}
maintainer=$(sed -n 's/^maintainer = "\(.*\)"$/\1/p' Cargo.toml)
if [[ ${DEBEMAIL-} ]]; then
    maintainer="${DEBFULLNAME:-openfire-provisioner developers} <$DEBEMAIL>"
fi
cat >target/package/changelog <<END
openfire-provisioner ($version) unstable; urgency=medium

  * What has changed is in /usr/share/doc/openfire-provisioner/changelog.gz.

 -- $maintainer  $(date --utc --rfc-email --date "@$SOURCE_DATE_EPOCH")
END

# cargo-deb takes the program from target/release; this one can be another.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/release"
strip -o "$work/release/openfire-provisioner" "$program"
fast=()
if [[ ${3-} ]]; then
    fast=(--fast)
fi
CARGO_TARGET_DIR=$work cargo deb --quiet --no-build --no-strip --locked --deb-version "$version" --maintainer "$maintainer" \
    --output "$folder" "${fast[@]}"
