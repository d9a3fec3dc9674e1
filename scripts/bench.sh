#!/usr/bin/env bash
# Measures the release build on a real Openfire 4.2.0 and prints the tables of docs/performance.md. Needs Rust; the rest it
# installs where it may.
#
#   bench.sh                  everything that the service is to reach, with a verdict for each; six minutes once everything
#                             is built
#   bench.sh --against REV    the same, and against another revision, which is built in a work tree of its own: all sides
#                             take turns; ten minutes once everything is built
#   bench.sh --growth         curves over requests in flight, users, contacts and the size of vCards; writes the plots into
#                             docs/performance; ten minutes once everything is built
#   bench.sh --stages [--against REV]
#                             where the processor time of one reply goes; builds with symbols; needs perf
#   bench.sh --reply --against REV
#                             what one reply of 200 keys costs, by stage, and the first lint of a process, against another
#                             revision: both take turns; needs neither Openfire nor Java; two minutes once everything is built
#
#   --only SECTION            rates, paced or memory; may be given several times
#   --seconds N               length of a pass, 2 by default
#   --pairs N                 alternating passes of each side, 12 by default; with --reply for each stage, 40 by default
#   --software-hash           this build hashes without the processor's own instructions for SHA
#   --pool TOML               lines of the configuration with which this build opens streams ahead of need, and
#   --no-pool TOML            those with which it opens none
#   --property NAME=VALUE     a property of Openfire; may be given several times
#
# Exit code 0: measured, goals met. 1: a goal was missed, or a login or reply failed. 2: it could not measure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

revision=
mode=
software_hash=
options=()
while (($#)); do
    case $1 in
    --reply | --growth | --stages)
        mode=${1#--}
        shift
        ;;
    --software-hash)
        software_hash=yes
        options+=("$1")
        shift
        ;;
    --against | --seconds | --pairs | --property | --only | --pool | --no-pool)
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

if [[ $mode == reply && ! $revision ]]; then
    echo "bench.sh: --reply needs --against REV; without it run \`cargo bench --bench reply\`" >&2
    exit 2
fi
if [[ $mode == growth && $revision ]]; then
    echo "bench.sh: --growth measures one build; leave --against out" >&2
    exit 2
fi

# shellcheck source=scripts/prerequisites.sh
source scripts/prerequisites.sh
case $mode in
reply) require cc git ;;
stages) require cc javac mvn git perf ;;
*) require cc javac mvn git ;;
esac

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

# Perf needs symbols to name a function, and frame pointers to know who called it.
variant=
service_flags=()
if [[ $mode == stages ]]; then
    variant=-stages
    service_flags=(CARGO_PROFILE_RELEASE_STRIP=false CARGO_PROFILE_RELEASE_DEBUG=line-tables-only
        "RUSTFLAGS=${RUSTFLAGS-} -C force-frame-pointers=yes")
fi

# build_service TARGET ARGUMENT...: builds the service as it is shipped, with --stages as perf needs it.
build_service() {
    env "${service_flags[@]}" cargo build --quiet --locked --release --package openfire-provisioner --target-dir "$@"
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
    if [[ $mode == reply ]]; then
        # The same benchmark for both.
        rm -rf "$tree/benches/reply"
        cp -r benches/reply "$tree/benches/"
        built=$(build_benchmark "$tree/Cargo.toml" "$target/against/build") || fail "$1 does not build"
        cp "$built" "$2"
    else
        build_service "$target/against/build$variant" --manifest-path "$tree/Cargo.toml" || fail "$1 does not build"
        mv "$target/against/build$variant/release/openfire-provisioner" "$2"
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
    # The same commit by another compiler, with other flags, or with another benchmark, is another program.
    program=openfire-provisioner
    ingredients=("${RUSTFLAGS-}" "${service_flags[@]}")
    if [[ $mode == reply ]]; then
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
if [[ $mode == reply ]]; then
    measure=$(build_benchmark Cargo.toml "$target") || fail "the benchmark does not build"
else
    # Each kind of build has a place of its own, so that none replaces another.
    service_target=$target${variant:+/new$variant}
    features=()
    if [[ $software_hash ]]; then
        service_target=$target/new$variant-software-hash
        features=(--features "sha1/force-soft sha2/force-soft")
    fi
    build_service "$service_target" "${features[@]}" || fail "the service does not build"
    cargo build --quiet --locked --release --target-dir "$target" --package openfire-provisioner-load ||
        fail "the load generator does not build"
    crates/test-servers/openfire/run.sh prepare || fail "Openfire could not be fetched"
    measure=$target/release/openfire-provisioner-load
    options+=(--service "$service_target/release/openfire-provisioner")
    case $mode in
    growth)
        options+=(--growth docs/performance)
        # For 100,000 users.
        export JAVA_HEAP=${JAVA_HEAP:-3g}
        ;;
    stages) options+=(--stages) ;;
    esac
fi

# What the hash crates ask the processor for: both SHA-1 and SHA-256.
sha_extensions() {
    if grep -qw sha_ni /proc/cpuinfo || { grep -qw sha1 /proc/cpuinfo && grep -qw sha2 /proc/cpuinfo; }; then
        echo "SHA extensions${software_hash:+, not used}"
    else
        echo "no SHA extensions"
    fi
}

changes=$(git status --porcelain --untracked-files=no 2>/dev/null) || changes=
others=$(busy)
printf '%s, %s cores, %s, %s, %s%s\n' "$(uname -sm)" "$(nproc)" "$(sha_extensions)" "$(rustc --version)" \
    "$(git rev-parse --short HEAD 2>/dev/null || echo 'no git')" "${changes:+ with changes}"
if ((others > 10)); then
    echo "THE MACHINE IS BUSY: others use $others % of its processors. Measure again when it is quiet."
fi
echo
# In the background, since a trap waits for what runs in the foreground.
TMPDIR=$work "$measure" "${options[@]}" &
generator=$!
wait "$generator"
