#!/usr/bin/env bash
# Compares two builds: runs `resnet4j bench` of both in turns of processes and prints how the second does beside the first.
#
#   bench/ab.sh REV-A REV-B [--rounds N] -- BENCH-OPTION...
#   bench/ab.sh HEAD~1 . -- --model resnet50 --batch 1,8 --threads 2 --seconds 2
#
# A revision is anything that git knows, or . for the working tree. Each is checked out and built in target/ab once.
# A machine that others share is not the same for long: what counts is the ratio in each round, and how far those lie apart.
set -euo pipefail

fail() {
    echo "ab: $1" >&2
    exit 2
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
revisions=()
rounds=5
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    case $1 in
        --rounds)
            [ $# -gt 1 ] && [[ $2 =~ ^[1-9][0-9]{0,3}$ ]] || fail '--rounds: give a number from 1 to 9999'
            rounds=$2
            shift
            ;;
        *) revisions+=("$1") ;;
    esac
    shift
done
[ ${#revisions[@]} -eq 2 ] && [ $# -gt 1 ] || fail 'usage: bench/ab.sh REV-A REV-B [--rounds N] -- BENCH-OPTION...'
shift

# The folder of a revision, built.
build() {
    local folder=$root
    if [ "$1" != . ]; then
        local commit
        commit=$(git rev-parse --verify --quiet "$1^{commit}") || fail "$1: git knows no such revision"
        folder=$root/target/ab/$commit
        [ -e "$folder/resnet4j" ] || git worktree add --quiet --detach "$folder" "$commit" >&2
    fi
    "$folder/resnet4j" --version > /dev/null 2>&1 || fail "$1: it cannot be built; see $folder/target/build.log"
    echo "$folder"
}

a=$(build "${revisions[0]}")
b=$(build "${revisions[1]}")
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# run SIDE FOLDER ROUND OPTION...
run() {
    "$2/resnet4j" bench "${@:4}" --json "$results/$1.$3.json" > "$results/out" 2>&1 || {
        cat "$results/out" >&2
        fail "$1 cannot be measured"
    }
}

for ((round = 1; round <= rounds; round++)); do
    printf '\rround %s of %s ' "$round" "$rounds" >&2
    if ((round % 2)); then
        run a "$a" "$round" "$@"
        run b "$b" "$round" "$@"
    else
        run b "$b" "$round" "$@"
        run a "$a" "$round" "$@"
    fi
done
printf '\r' >&2

. .mvn/find-jdk.sh
find_jdk || fail "no JDK $JDK_WANTED or later"
jackson=$(find "$b/target/builds" "$b/bench/target" -name 'jackson-core-*.jar' | head -n 1)
"$JDK/bin/java" -cp "$jackson" bench/ab/Table.java "$results" "${revisions[@]}"
