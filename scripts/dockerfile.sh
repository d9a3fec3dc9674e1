# Sourced by container.sh: reads docker/Dockerfile, as far as ours goes, and stops at what it does not know.

# shellcheck shell=bash disable=SC2154  # `work`, `as_root` and `fail` are those of container.sh

# The instructions, one in a line: stage, instruction, arguments. The stages are called build and run.
dockerfile() {
    awk '
        # Comments are taken out before lines are joined.
        /^[ \t]*(#|$)/ { next }
        { text = text $0 }
        sub(/\\$/, "", text) { next }
        {
            gsub(/[ \t]+/, " ", text)
            if (text ~ /^FROM /) stage = stage == "" ? "build" : "run"
            print stage, text
            text = ""
        }' "$DOCKERFILE"
}

# instruction STAGE NAME: the arguments of each such instruction. A stage and its platform are not part of FROM.
instruction() {
    dockerfile | sed -n "s/^$1 $2 //p" | sed 's/ AS [a-z]*$//'
}

# The words of an instruction in JSON form, one in a line.
words() {
    sed 's/^ *\[ *"//; s/" *\] *$//; s/" *, *"/\n/g'
}

# is_ignored FILE: whether Dockerfile.dockerignore keeps it from the build. The last line that matches counts; each is `*`, or a
# path that stands for all below it, or such a path after `!`.
is_ignored() {
    local line verdict=1
    while read -r line; do
        case $line in
        '' | '#'*) ;;
        '*') verdict=0 ;;
        *[*?[]*) fail "$DOCKERFILE.dockerignore: \`$line\` is a pattern that this script does not know" ;;
        '!'*) if [[ $1 == "${line#!}" || $1 == "${line#!}"/* ]]; then verdict=1; fi ;;
        *) if [[ $1 == "$line" || $1 == "$line"/* ]]; then verdict=0; fi ;;
        esac
    done <"$DOCKERFILE.dockerignore"
    return "$verdict"
}

# copy_sources FOLDER: what the build stage copies from the context, which is this repository.
copy_sources() {
    local arguments source target file copied
    while read -r -a arguments; do
        target=${arguments[-1]}
        for source in "${arguments[@]::${#arguments[@]}-1}"; do
            [[ $source != -* && $target != /* && -e $source ]] || fail "COPY ${arguments[*]}: no $source that can be copied"
            copied=
            while read -r file; do
                if is_ignored "$file"; then continue; fi
                copied=yes
                if [[ -d $source ]]; then
                    install -D "$file" "$1/$target/${file#"$source"/}"
                else
                    install -D "$file" "$1/$target/$file"
                fi
            done < <(find "$source" -type f)
            [[ $copied ]] || fail "COPY ${arguments[*]}: Dockerfile.dockerignore leaves nothing of $source"
        done
    done < <(instruction build COPY)
}

# copy_from_build BUILD ROOT: what the run stage copies from the build stage, whose root folder is BUILD.
copy_from_build() {
    local arguments argument owner paths
    while read -r -a arguments; do
        owner=0:0
        paths=()
        for argument in "${arguments[@]}"; do
            case $argument in
            --from=build) ;;
            --chown=*) owner=${argument#*=} ;;
            -*) fail "COPY ${arguments[*]}: this script does not know $argument" ;;
            *) paths+=("$argument") ;;
            esac
        done
        [[ ${#paths[@]} == 2 && " ${arguments[*]} " == *" --from=build "* ]] || fail "COPY ${arguments[*]}: not from the build stage"
        rm -rf "$work/layer"
        cp -a "$1${paths[0]}" "$work/layer"
        "${as_root[@]}" chown -R "$owner" "$work/layer"
        "${as_root[@]}" mkdir -p "$2${paths[1]}"
        "${as_root[@]}" cp -a --no-target-directory "$work/layer" "$2${paths[1]}"
        "${as_root[@]}" rm -rf "$work/layer"
    done < <(instruction run COPY)
}
