#!/usr/bin/env bash
# Makes the files of a release: the Debian package, an archive with a statically linked program, the bill of materials
# (SBOM, CycloneDX), and their SHA-256 sums.
#
#   release.sh [--out FOLDER] [--program FILE]
#
#   --out FOLDER      where the files go; the default is target/release-files
#   --program FILE    packs a program that is built already, to look at the files. For a release leave it out: this script
#                     then builds the program twice, since the one of the archive is statically linked
#
# The same source gives the same archive: all times in it are SOURCE_DATE_EPOCH, by default the time of the last commit.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

out=target/release-files
program=
while (($#)); do
    case $1 in
    --out)
        out=${2:?--out needs a folder}
        shift
        ;;
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
require cc perl

name=openfire-provisioner
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
host=$(rustc --version --verbose | sed -n 's/^host: //p')
version=$(cargo metadata --format-version 1 --no-deps --locked |
    grep -o '"name":"openfire-provisioner","version":"[^"]*"' | cut -d'"' -f8)
folder=$name-$version-${host%%-*}-linux
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Only files of an earlier run are deleted.
if [[ -e $out && ! -f $out/SHA256SUMS && $(ls -A "$out") ]]; then
    echo "release.sh: $out has other files than those of a release; name a new folder" >&2
    exit 2
fi
rm -rf "$out"
mkdir -p "$out"
out=$(realpath "$out")

dynamic=$program
static=$program
if [[ ! $program ]]; then
    target=${CARGO_TARGET_DIR:-target}
    cargo build --release --locked --bin "$name"
    dynamic=$target/release/$name
    # With `--target`, even for this machine, the flag does not apply to procedural macros, which cannot be linked
    # statically. A separate folder, since otherwise cargo would build everything again.
    RUSTFLAGS="-C target-feature=+crt-static" \
        cargo build --release --locked --bin "$name" --target "$host" --target-dir "$target/static"
    static=$target/static/$host/release/$name
fi

# archive PROGRAM: packs the program with what belongs to it.
archive() {
    local into=$work/$folder
    cargo run --quiet --locked --package "$name-generate" -- "$work/generated" --libraries "$host"
    install -D -m 755 "$1" "$into/bin/$name"
    strip "$into/bin/$name"
    install -D -m 644 -t "$into" config.example.toml CHANGELOG.md LICENSE README.md "$work/generated/THIRD-PARTY.txt"
    install -m 644 packaging/INSTALL "$into/INSTALL"
    # The licence of the C library, which is a part of a statically linked program.
    install -m 644 /usr/share/common-licenses/LGPL-2.1 "$into/LGPL-2.1.txt"
    install -D -m 644 -t "$into/man" "$work"/generated/man/*
    install -D -m 644 -t "$into/completions" "$work"/generated/completions/*
    install -D -m 644 -t "$into/systemd" packaging/systemd/*
    install -D -m 644 -t "$into/fail2ban" packaging/fail2ban/*
    install -D -m 644 -t "$into/editors" packaging/editors/*
    install -d "$into/docs"
    # Without the pictures, which are larger than all else together.
    find docs -maxdepth 1 -name '*.md' -exec install -m 644 -t "$into/docs" {} +
    cp -r templates "$into/templates"
    packaging/links.pl "$into" packaging/editors/=editors/
    chmod -R u=rwX,go=rX "$into"
    tar --create --directory "$work" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
        --format=gnu "$folder" | gzip --no-name --best >"$out/$folder.tar.gz"
    install -m 644 "$work/generated/$name.cdx.json" "$out/$name-$version.cdx.json"
}

archive "$static"
packaging/debian/build.sh "$dynamic" "$out" ${program:+--fast}
(cd "$out" && sha256sum -- * >"$work/SHA256SUMS" && mv "$work/SHA256SUMS" .)
ls -l "$out"
