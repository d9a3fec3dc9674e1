#!/usr/bin/env bash
# Measures the release build on a real Openfire 4.2.0 and prints the tables of docs/performance.md. Needs Rust; the rest it
# installs where it may.
#
#   bench.sh                  replies (vCard and roster) against raw SASL logins; four minutes once everything is built
#   bench.sh --reply --against REV
#                             what one reply of 200 keys costs, by stage, and the first lint of a process, against another
#                             revision: both take turns; needs neither Openfire nor Java; two minutes once everything is built
#   bench.sh --against REV    replies against those of another revision, which is built in a work tree of its own: new and
#                             old take turns, with a roster and without; eight minutes once everything is built
#
#   --seconds N               length of a pass, 6 by default
#   --pairs N                 with --against: alternating pairs for each template, 12 by default; with --reply for each
#                             stage, 40 by default
#   --property NAME=VALUE     a property of Openfire; may be given several times
#
# Exit code 0: measured, goals met. 1: a goal was missed, or a login or reply failed. 2: it could not measure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

revision=
only_reply=
options=()
while (($#)); do
    case $1 in
    --reply)
        only_reply=yes
        shift
        ;;
    --against | --seconds | --pairs | --property)
        if [[ $# -lt 2 ]]; then
            echo "bench.sh: $1 needs a value" >&2
            exit 2
        fi
        if [[ $1 == --against ]]; then
            revision=$2
        else
            options+=("$1" "$2")
        fi
        shift 2
        ;;
    *)
        sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
    esac
done

if [[ $only_reply && ! $revision ]]; then
    echo "bench.sh: --reply needs --against REV; without it run \`cargo bench --bench reply\`" >&2
    exit 2
fi

# shellcheck source=scripts/prerequisites.sh
source scripts/prerequisites.sh
if [[ $only_reply ]]; then
    require cc git
else
    require cc javac mvn git
fi

target=${CARGO_TARGET_DIR:-target}
tree=$target/against/tree
work=$(mktemp -d)

fail() {
    echo "bench.sh: $1" >&2
    exit 2
}

# shellcheck disable=SC2317  # called by the trap
clean_up() {
    trap '' INT TERM
    if [[ ${generator-} ]] && kill -TERM "$generator" 2>/dev/null; then
        wait "$generator" || true
    fi
    remove_tree
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

remove_tree() {
    if [[ -e $tree && ${building-} ]]; then
        git worktree remove --force "$tree" 2>/dev/null || rm -rf "$tree"
        git worktree prune
    fi
}

# build_benchmark MANIFEST TARGET: builds benches/reply and prints where the program is.
build_benchmark() {
    cargo bench --quiet --locked --no-run --bench reply --manifest-path "$1" --target-dir "$2" --message-format json |
        sed -n 's/.*"name":"reply".*"executable":"\([^"]*\)".*/\1/p'
}

# build_revision COMMIT FILE: builds a commit and puts the program at FILE, the benchmark with --reply.
build_revision() {
    local lock built
    mkdir -p "$target/against"
    exec {lock}>"$target/against/lock"
    flock --wait 3600 "$lock" || fail "another bench.sh has been building in $tree for an hour"
    building=yes
    remove_tree # what a killed run left behind
    git worktree add --quiet --detach "$tree" "$1" || fail "cannot check out $1"
    # The folder lies inside of this package; without a word of its own the revision would count as a part of it.
    grep -q '^\[workspace' "$tree/Cargo.toml" || printf '\n[workspace]\n' >>"$tree/Cargo.toml"
    mkdir -p "$(dirname "$2")"
    if [[ $only_reply ]]; then
        # The same benchmark for both.
        rm -rf "$tree/benches/reply"
        cp -r benches/reply "$tree/benches/"
        built=$(build_benchmark "$tree/Cargo.toml" "$target/against/build") || fail "$1 does not build"
        cp "$built" "$2"
    else
        cargo build --quiet --locked --release --manifest-path "$tree/Cargo.toml" --target-dir "$target/against/build" ||
            fail "$1 does not build"
        mv "$target/against/build/release/openfire-provisioner" "$2"
    fi
    remove_tree
    building=
    exec {lock}>&-
}

# busy: the share of the processor's time, in percent, that is used while nothing is measured.
busy() {
    local before after total
    read -r -a before < <(grep '^cpu ' /proc/stat)
    sleep 2
    read -r -a after < <(grep '^cpu ' /proc/stat)
    total=$((($(IFS=+ && echo "${after[*]:1:8}")) - ($(IFS=+ && echo "${before[*]:1:8}"))))
    echo $((100 - 100 * (after[4] + after[5] - before[4] - before[5]) / total))
}

if [[ $revision ]]; then
    commit=$(git rev-parse --verify --quiet "$revision^{commit}") || fail "there is no revision $revision"
    # The same commit by another compiler, or with another benchmark, is another program.
    program=openfire-provisioner
    ingredients=("${RUSTFLAGS-}")
    if [[ $only_reply ]]; then
        program=reply
        ingredients+=("$(cat benches/reply/*)")
    fi
    made_of=$({ rustc -vV && echo "${ingredients[@]}"; } | sha256sum | cut -c 1-8)
    old=$target/against/${commit:0:12}-$made_of/$program
    if [[ ! -x $old ]]; then
        echo "building $revision; this takes some minutes" >&2
        build_revision "$commit" "$old"
    fi
    options+=(--against "$old" --against-name "${commit:0:7}")
fi
echo "building" >&2
if [[ $only_reply ]]; then
    measure=$(build_benchmark Cargo.toml "$target") || fail "the benchmark does not build"
else
    cargo build --quiet --locked --release --target-dir "$target" || fail "the service does not build"
    cargo build --quiet --locked --release --target-dir "$target" --package openfire-provisioner-load ||
        fail "the load generator does not build"
    crates/test-servers/openfire/run.sh prepare || fail "Openfire could not be fetched"
    measure=$target/release/openfire-provisioner-load
    options+=(--service "$target/release/openfire-provisioner")
fi

changes=$(git status --porcelain --untracked-files=no 2>/dev/null) || changes=
others=$(busy)
printf '%s, %s cores, %s, %s%s\n' "$(uname -sm)" "$(nproc)" "$(rustc --version)" \
    "$(git rev-parse --short HEAD 2>/dev/null || echo 'no git')" "${changes:+ with changes}"
if ((others > 10)); then
    echo "THE MACHINE IS BUSY: others use $others % of its processors. Measure again when it is quiet."
fi
echo
# In the background, since a trap waits for what runs in the foreground.
TMPDIR=$work "$measure" "${options[@]}" &
generator=$!
wait "$generator"
