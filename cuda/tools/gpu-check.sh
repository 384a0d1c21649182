#!/usr/bin/env bash
# What a real GPU has to show, in one go: that the backend loads, that it agrees with PyTorch's float64, how fast it is.
#
#   cuda/tools/gpu-check.sh pack FOLDER     on a machine with JDK 25, after 'mvn package': everything a GPU machine needs (35 MB as tar.xz)
#   FOLDER/gpu-check.sh run [OUT]           on the GPU machine, which needs driver, cuDNN 9 and cuBLAS, but no Java
#
# 'run' writes doctor.txt, conformance.txt, for each precision verify-PRECISION.json and bench-PRECISION.json, and, where
# Python has a PyTorch that sees the GPU, torch.json, into OUT (default: results), and ends with a table. MODELS, BATCHES and BENCH_OPTIONS choose
# what is timed, CASES what is verified.
set -euo pipefail
export LC_ALL=C

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
FLAGS=(-XX:+UseSerialGC --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED)
PRECISIONS=(fp32 tf32 fp16 bf16)

fail() {
    echo "gpu-check: $1" >&2
    exit 1
}

pack() {
    local root folder=$1
    root=$(cd "$HERE/../.." && pwd)
    [ -d "$root/bench/target/lib" ] || fail "nothing is built: run 'mvn package' first"
    [ ! -e "$folder" ] || fail "$folder exists"
    . "$root/.mvn/find-jdk.sh"
    find_jdk || fail "no JDK $JDK_WANTED; looked at: $JDK_SEARCHED"
    mkdir -p "$folder/lib"
    "$JDK/bin/jlink" --output "$folder/runtime" --strip-debug --no-header-files --no-man-pages --compress zip-0 \
        --add-modules java.base,java.desktop,java.logging,java.management,java.naming,java.xml,jdk.incubator.vector,jdk.management,jdk.unsupported
    cp "$root"/bench/target/lib/*.jar "$root"/bench/target/resnet4j-bench-*.jar "$folder/lib/"
    slim_natives "$folder"
    cp -r "$root/cuda/target/conformance" "$folder/"
    for jar in "$folder"/conformance/resnet4j-core-*.jar; do
        case "$jar" in *-tests.jar) ;; *) rm "$jar" ;; esac # the other is in lib already
    done
    cp "$root"/cuda/target/resnet4j-cuda-*-tests.jar "$folder/conformance/"
    cp "$HERE/gpu-check.sh" "$HERE/torch_reference.py" "$root/golden/samples/00.png" "$folder/"
    du -sh "$folder"
}

# Of JCuda's natives only the driver's binding is used; the others are nine tenths of the jar.
slim_natives() {
    (
        cd "$1/lib"
        "$JDK/bin/jar" --extract --file jcuda-natives-*.jar lib
        rm jcuda-natives-*.jar
        find lib -type f ! -name 'libJCudaDriver-*' -delete
        "$JDK/bin/jar" --create --file jcuda-natives-driver.jar lib
        rm -r lib
    )
}

packed_java() {
    "$HERE/runtime/bin/java" "${FLAGS[@]}" "$@"
}

resnet4j() {
    packed_java -cp "$HERE/lib/*" org.resnet4j.bench.Start "$@"
}

# verdict PRECISION FILE: how many cases passed, and the names of those that did not.
verdict() {
    tr '{' '\n' < "$2" | sed -n 's/^"name":"\([^"]*\)","model":.*"top5":[^,]*,"passed":\([a-z]*\).*/\2 \1/p' |
        awk -v precision="$1" '$1 == "true" { good++ } $1 == "false" { bad = bad " " $2 }
            END { print "verify " precision ": " good + 0 " cases passed" (bad == "" ? "" : ", FAILED:" bad) }'
}

# table FILE SUFFIX: the rows of a results file, if there is one.
table() {
    [ -f "$1" ] || return 0
    tr '{' '\n' < "$1" |
        sed -n 's/^"model":"\([^"]*\)","engine":"\([^"]*\)","batch":\([0-9]*\),.*"imagesPerSecond":\([0-9.]*\).*/\2|\1|\3|\4/p' |
        while IFS='|' read -r engine model batch rate; do
            printf '%-34s %-20s %6s %12.1f\n' "$engine$2" "$model" "$batch" "$rate"
        done
}

run() {
    local out=$1 precision precisions=() cases=() failed=0
    [ -d "$HERE/runtime" ] || fail "this folder is not packed: see the head of the script"
    mkdir -p "$out"
    resnet4j doctor | tee "$out/doctor.txt"
    grep -q '^cuda *ready' "$out/doctor.txt" || fail "no GPU to run on, for the reason above"
    for precision in "${PRECISIONS[@]}"; do
        if grep '^ *device ' "$out/doctor.txt" | grep -q -i -w "$precision"; then precisions+=("$precision"); fi
    done
    [ "${#precisions[@]}" -gt 0 ] || fail "doctor names no precision that the device computes in"
    resnet4j classify "$HERE/00.png" --backend cuda
    packed_java -cp "$HERE/lib/*:$HERE/conformance/*" org.junit.platform.console.ConsoleLauncher execute --disable-banner --details=summary \
        --select-class org.resnet4j.cuda.GpuConformance | tee "$out/conformance.txt" || failed=1

    for name in ${CASES:-}; do cases+=(--case "$name"); done
    for precision in "${precisions[@]}"; do
        resnet4j verify --backend cuda --precision "$precision" "${cases[@]}" --json > "$out/verify-$precision.json" || failed=1
        verdict "$precision" "$out/verify-$precision.json"
    done
    if command -v compute-sanitizer > /dev/null; then
        compute-sanitizer --error-exitcode 3 "$HERE/runtime/bin/java" "${FLAGS[@]}" -cp "$HERE/lib/*" org.resnet4j.bench.Start \
            classify "$HERE/00.png" --backend cuda > "$out/sanitizer.txt" || failed=1
    fi

    for precision in "${precisions[@]}"; do
        resnet4j bench --backend cuda --precision "$precision" --algorithms measured --model "${MODELS:-resnet50}" \
            --batch "${BATCHES:-1,8,64,256}" ${BENCH_OPTIONS:-} --json "$out/bench-$precision.json" || failed=1
    done
    if python3 -c 'import sys, torch; sys.exit(not torch.cuda.is_available())' 2> /dev/null; then
        python3 "$HERE/torch_reference.py" "${MODELS:-resnet50}" "${BATCHES:-1,8,64,256}" "$out/torch.json" || failed=1
    fi

    printf '\n%-34s %-20s %6s %12s\n' engine model batch images/s
    for precision in "${precisions[@]}"; do
        table "$out/bench-$precision.json" " $precision"
    done
    table "$out/torch.json" ""
    [ "$failed" = 0 ] || fail "something above failed"
}

case "${1:-}" in
    pack) [ $# = 2 ] || fail "pack FOLDER"; pack "$2" ;;
    run) run "${2:-results}" ;;
    *) fail "'pack FOLDER' or 'run [OUT]'" ;;
esac
