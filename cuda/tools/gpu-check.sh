#!/usr/bin/env bash
# What a real GPU has to show, in phases in the order of their worth: that the backend loads, how fast it is, that it agrees with PyTorch's float64.
#
#   cuda/tools/gpu-check.sh pack FOLDER           on a machine with JDK 25, after 'mvn package': everything a GPU machine needs (35 MB as tar.xz)
#   FOLDER/gpu-check.sh run OUT [--minutes M]     on the GPU machine, which needs driver, cuDNN 9, cuBLAS and NVRTC, but no Java; never longer than M (25)
#   FOLDER/gpu-check.sh start OUT [--minutes M]   the same in the background
#   FOLDER/gpu-check.sh status OUT                which phases are done, and whether one runs
#   FOLDER/gpu-check.sh collect OUT               all results as OUT/results.tar.gz, and the table
#
# A run goes on where an earlier one with the same OUT ended. Each phase has a limit of its own, and what it found by then stays: OUT/phases.jsonl says
# how each ended. One that fails or is left out does not keep the others from running. MODELS, BATCHES and BENCH_OPTIONS choose what is timed, CASES
# what is verified, PRECISIONS in which, THREADS what the CPU is timed with, PROFILED and PROFILE_OPTIONS what is profiled, ALGORITHMS how they are chosen where something is timed;
# ONLY which phases run.
set -euo pipefail
export LC_ALL=C

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Half the memory, since page-locked buffers lie beside the heap.
HEAP=$(awk '/^MemTotal/ { g = int($2 / 2097152); print (g > 16 ? 16 : g < 1 ? 1 : g) "g" }' /proc/meminfo)
FLAGS=(-XX:+UseSerialGC "-Xmx$HEAP" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED)
SMALL_CASES=(resnet18-classes10-64 resnet50-97x97 resnext50_32x4d-97x97)
# Name and the most seconds.
PHASES=(doctor:60 quick:200 conformance:150 small:150 fp32:240 bench:420 profile:120 others:300 torch:420 cpu:240 log:60 sanitizer:150)
MINUTES=25
SPARE=10 # seconds before the end in which no phase is begun

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
    find_jdk || fail "no JDK $JDK_WANTED or later; looked at: $JDK_SEARCHED"
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
    cp "$HERE/gpu-check.sh" "$HERE/torch_reference.py" "$HERE/cpu_reference.py" "$HERE/cudnn_device.py" "$root/golden/samples/00.png" "$folder/"
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

now() {
    date +%s
}

# The precisions in which doctor says that the device computes.
precisions() {
    local precision found=()
    for precision in ${PRECISIONS:-fp32 tf32 fp16 bf16}; do
        if grep '^ *device ' "$OUT/doctor.txt" | grep -q -i -w "$precision"; then found+=("$precision"); fi
    done
    echo "${found[@]}"
}

# each COMMAND ARGUMENT...: for each precision COMMAND ARGUMENT... PRECISION, the others also if one fails.
each() {
    local precision failed=0
    for precision in $(precisions); do
        "$@" "$precision" || failed=1
    done
    return $failed
}

timed() { # BATCHES PRECISION
    resnet4j bench --backend cuda --precision "$2" --algorithms "${ALGORITHMS:-measured}" --model "${MODELS:-resnet50}" --batch "$1" ${BENCH_OPTIONS:-} \
        --json "$OUT/bench-$PHASE-$2.json"
}

# A line of JSON for each case as soon as it is done.
verified() { # CASES PRECISION
    local cases=() name
    for name in ${CASES:-$1}; do cases+=(--case "$name"); done
    resnet4j verify --backend cuda --precision "$2" "${cases[@]}" --json > "$OUT/verify-$PHASE-$2.jsonl"
}

phase_doctor() {
    resnet4j doctor | tee "$OUT/doctor.txt"
    grep -q '^cuda *ready' "$OUT/doctor.txt"
    resnet4j classify "$HERE/00.png" --backend cuda
}

phase_quick() {
    local precision failed=0
    for precision in fp16 fp32; do
        timed "${BATCHES:-1,64}" "$precision" || failed=1
    done
    return $failed
}

phase_conformance() {
    packed_java -cp "$HERE/lib/*:$HERE/conformance/*" org.junit.platform.console.ConsoleLauncher execute --disable-banner --details=summary \
        --select-class org.resnet4j.cuda.GpuConformance
}

phase_small() {
    each verified "${SMALL_CASES[*]}"
}

phase_fp32() {
    verified '' fp32
}

phase_bench() {
    each timed "${BATCHES:-1,8,64,256}"
}

# Step by step, with what the libraries declined.
profiled() { # PRECISION
    resnet4j profile --backend cuda --precision "$1" --model "${PROFILED:-resnet50}" ${PROFILE_OPTIONS:---batch 64} --json > "$OUT/profile-$1.json"
}

phase_profile() {
    each profiled
}

phase_others() {
    local precision failed=0
    for precision in $(precisions); do
        [ "$precision" = fp32 ] || verified '' "$precision" || failed=1
    done
    return $failed
}

phase_torch() {
    python3 "$HERE/torch_reference.py" "${MODELS:-resnet50}" "${BATCHES:-1,8,64,256}" "$OUT/torch.jsonl"
}

phase_cpu() {
    resnet4j bench --backend simd --threads "${THREADS:-1,2,4,8,16}" --batch 1,8 --model "${MODELS:-resnet50}" ${BENCH_OPTIONS:-} --json "$OUT/cpu.json"
    ! command -v python3 > /dev/null || python3 "$HERE/cpu_reference.py" "${MODELS:-resnet50}" "${THREADS:-1,2,4,8,16}" "$OUT/cpu-reference.jsonl"
}

phase_log() {
    # Since cuDNN 9.8; an older one says so in log.out.
    ! command -v python3 > /dev/null || python3 "$HERE/cudnn_device.py" "$(sed -n 's/^ *cuDNN  *[^,]*, //p' "$OUT/doctor.txt")" > "$OUT/cudnn-device.json" || rm -f "$OUT/cudnn-device.json"
    CUDNN_LOGLEVEL_DBG=2 CUDNN_LOGDEST_DBG=$OUT/cudnn.log resnet4j classify "$HERE/00.png" --backend cuda --precision fp16
    [ ! -f "$OUT/cudnn.log" ] || head -c 4000000 "$OUT/cudnn.log" > "$OUT/cudnn-log.txt"
    rm -f "$OUT/cudnn.log"
}

phase_sanitizer() {
    compute-sanitizer --error-exitcode 3 "$HERE/runtime/bin/java" "${FLAGS[@]}" -cp "$HERE/lib/*" org.resnet4j.bench.Start \
        classify "$HERE/00.png" --backend cuda
}

# Why a phase cannot run on this machine, or nothing.
missing() {
    case $1 in
        torch) python3 -c 'import sys, torch, torchvision; sys.exit(not torch.cuda.is_available())' 2> /dev/null || echo 'no PyTorch that sees the GPU' ;;
        sanitizer) command -v compute-sanitizer > /dev/null || echo 'no compute-sanitizer' ;;
        doctor) ;;
        cpu) ;;
        *) grep -q '^cuda *ready' "$OUT/doctor.txt" 2> /dev/null || echo 'doctor finds no GPU to run on' ;;
    esac
}

# ended PHASE: how it ended in an earlier run, or nothing.
ended() {
    [ ! -f "$OUT/phases.jsonl" ] || sed -n "s/^{\"phase\":\"$1\",\"status\":\"\(ok\|failed\|timeout\)\".*/\1/p" "$OUT/phases.jsonl" | tail -n 1
}

note() { # PHASE STATUS SECONDS REASON
    printf '{"phase":"%s","status":"%s","seconds":%s%s}\n' "$1" "$2" "$3" "${4:+,\"reason\":\"$4\"}" >> "$OUT/phases.jsonl"
    echo "gpu-check: $1 $2${4:+ ($4)}, $3 s"
}

run() {
    local end=$(($(now) + 60 * MINUTES)) phase limit left began code reason
    [ -d "$HERE/runtime" ] || fail "this folder is not packed: see the head of the script"
    for phase in "${PHASES[@]}"; do
        limit=${phase#*:} phase=${phase%:*}
        case " ${ONLY:-$phase} " in *" $phase "*) ;; *) continue ;; esac
        [ -z "$(ended "$phase")" ] || continue
        left=$((end - $(now) - SPARE))
        reason=$(missing "$phase")
        if [ -n "$reason" ]; then
            note "$phase" 'left out' 0 "$reason"
            continue
        elif [ "$left" -lt "$SPARE" ]; then
            note "$phase" 'left out' 0 'no time was left'
            continue
        fi
        [ "$limit" -le "$left" ] || limit=$left
        began=$(now) code=0
        timeout -k 5 "$limit" "$HERE/gpu-check.sh" phase "$OUT" "$phase" > "$OUT/$phase.out" 2>&1 || code=$?
        case $code in
            0) note "$phase" ok $(($(now) - began)) ;;
            124 | 137) note "$phase" timeout $(($(now) - began)) "its limit of $limit s" ;;
            *) note "$phase" failed $(($(now) - began)) "exit code $code, see $phase.out" ;;
        esac
    done
    collect
    local bad
    bad=$(grep -c '"status":"\(failed\|timeout\)"' "$OUT/phases.jsonl" || true)
    [ "$bad" = 0 ] || fail "$bad phases failed"
}

status() {
    [ ! -f "$OUT/phases.jsonl" ] || cat "$OUT/phases.jsonl"
    if [ -f "$OUT/pid" ] && kill -0 "$(cat "$OUT/pid")" 2> /dev/null; then echo 'running'; else echo 'not running'; fi
}

# verdict FILE: what became of the cases of one precision.
verdict() {
    sed -n 's/^{"name":"\([^"]*\)".*"passed":\([a-z]*\).*/\2 \1/p' "$1" |
        awk -v what="$(basename "$1" .jsonl)" '$1 == "true" { good++ } $1 == "false" { bad = bad " " $2 }
            END { print what ": " good + 0 " cases passed" (bad == "" ? "" : ", FAILED:" bad) }'
}

# rows FILE SUFFIX: engine|model|batch|images per second of what was timed.
rows() {
    tr '{' '\n' < "$1" |
        sed -n 's/^"model":"\([^"]*\)","engine":"\([^"]*\)","batch":\([0-9]*\),.*"imagesPerSecond":\([0-9.]*\).*/\2'"$2"'|\1|\3|\4/p'
}

# Every engine's rows; then, for each precision, network and batch, ours beside the best that PyTorch does with the same work.
collect() {
    local file
    {
        for file in "$OUT"/verify-*.jsonl; do [ ! -f "$file" ] || verdict "$file"; done
        {
            for file in "$OUT"/bench-*.json; do
                precision=${file##*-} precision=${precision%.json}
                [ ! -f "$file" ] || rows "$file" " $precision"
            done
            [ ! -f "$OUT/torch.jsonl" ] || rows "$OUT/torch.jsonl" ''
        } | awk -F '|' '
            { printf "%-46s %-20s %6s %12.1f\n", $1, $2, $3, $4 }
            $1 ~ /^cuda / { split($1, w, " "); key = w[2] "|" $2 "|" $3; if ($4 > ours[key]) ours[key] = $4 }
            $1 ~ /^torch .* end to end$/ {
                n = split($1, w, " "); key = w[n - 3] "|" $2 "|" $3
                if ($4 > best[key]) { best[key] = $4; how[key] = $1 }
            }
            END {
                for (key in ours) if (key in best) {
                    split(key, w, "|")
                    printf "ours : best of PyTorch  %-6s %-20s %6s %8.2f  (%s)\n", w[1], w[2], w[3], ours[key] / best[key], how[key]
                }
            }'
    } > "$OUT/table.txt"
    cat "$OUT/table.txt"
    (cd "$OUT" && tar -czf results.tar.gz --exclude results.tar.gz --exclude pid -- *)
}

usage="'pack FOLDER', or 'run', 'start', 'status' or 'collect' with OUT, the first two with [--minutes M]"
command=${1:-}
[ $# -ge 2 ] || fail "$usage"
OUT=$2
if [ "${3:-}" = --minutes ]; then MINUTES=${4:?$usage}; fi
case $command in
    pack) pack "$OUT" ;;
    run | start | phase | status | collect)
        mkdir -p "$OUT"
        OUT=$(cd "$OUT" && pwd)
        case $command in
            start)
                nohup "$HERE/gpu-check.sh" run "$OUT" --minutes "$MINUTES" > "$OUT/run.out" 2>&1 &
                echo $! > "$OUT/pid"
                ;;
            phase) PHASE=$3 && "phase_$PHASE" ;;
            *) "$command" ;;
        esac
        ;;
    *) fail "$usage" ;;
esac
