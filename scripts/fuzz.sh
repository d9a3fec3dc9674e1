#!/usr/bin/env bash
# Fuzzes the properties format against the JDK, the linter, the comparison of replies, and the reader of DHCP questions,
# each target for a bounded time, and prints how many inputs it tried. The first run builds cargo-fuzz and the targets,
# which takes some minutes. Needs Rust; the rest it installs where it may.
#
#   fuzz.sh [--seconds N]     time for each target, 60 s by default
#
# Exit code 0: nothing found. 1: a target failed; the last lines name the file with the input.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/prerequisites.sh
source scripts/prerequisites.sh
require cc c++ javac

seconds=60
if [[ ${1-} == --seconds && ${2-} =~ ^[0-9]+$ && $# -eq 2 ]]; then
    seconds=$2
elif [[ $# -ne 0 ]]; then
    echo "usage: $0 [--seconds N]" >&2
    exit 2
fi

version=0.13.2
root=${XDG_CACHE_HOME:-$HOME/.cache}/openfire-provisioner/cargo-fuzz-$version
PATH=$PATH:$root/bin
if ! cargo fuzz --version >/dev/null 2>&1; then
    cargo install --quiet --locked cargo-fuzz --version "$version" --root "$root"
fi

for target in $(cargo fuzz list); do
    printf '\n== %s, %s s\n' "$target" "$seconds"
    corpora=("fuzz/corpus/$target")
    mkdir -p "${corpora[@]}"
    # What to begin with, for a target that random bytes would not lead far into.
    if [[ -d fuzz/seeds/$target ]]; then
        corpora+=("fuzz/seeds/$target")
    fi
    # Without a sanitizer it builds with a stable compiler; there is no unsafe code of ours for one to watch.
    cargo fuzz run --sanitizer none "$target" "${corpora[@]}" -- \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -dict=fuzz/properties.dict -print_final_stats=1 2>&1 |
        grep --line-buffered -vE '^#[0-9]+\s+(NEW|REDUCE|pulse|RELOAD)' || {
        echo "$target FAILED" >&2
        exit 1
    }
done
echo "nothing found"
