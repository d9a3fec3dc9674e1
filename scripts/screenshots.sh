#!/usr/bin/env bash
# Makes docs/screenshots/: every administrators' page, light and dark, 1280 pixels wide, of a service on a real Openfire
# with some users, their requests and a mistake. Needs Rust; the rest it installs where it may. Look at the pictures
# before you commit them.
#
# Exit code 0: made. 1: a page could not be shown. 2: something is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=scripts/prerequisites.sh
source scripts/prerequisites.sh
require cc javac mvn chromium chromedriver pngquant

# Largest picture, in bytes: they are in the repository.
MOST_BYTES=$((150 * 1024))

fail() {
    echo "screenshots.sh: $1" >&2
    exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PICTURES=$work cargo test --quiet --locked --test api admin::browser::pictures:: -- --ignored ||
    fail "the pictures could not be made"
for file in "$work"/*.png; do
    # Few colours are enough for pages: a fifth of the size.
    pngquant --force --speed 1 --strip --skip-if-larger --output "$file" 128 "$file" || [[ $? -eq 98 ]] ||
        fail "pngquant: ${file##*/}"
    size=$(stat --format %s "$file")
    ((size <= MOST_BYTES)) || fail "${file##*/} has $size bytes, the most is $MOST_BYTES"
done
rm -f docs/screenshots/*.png
mkdir -p docs/screenshots
mv "$work"/*.png docs/screenshots/
ls -l docs/screenshots
