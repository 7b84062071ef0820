#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds the fuzzers and runs each of them: `tests/fuzz/run.sh [SECONDS for each, 60 if not given]`. Two run at a time.
# Whatever they find is kept in build/fuzz/run/, and an input that breaks a promise is shown with how to repeat it.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$root/build/fuzz
seconds=${1:-60}
targets=(client multiplexer decoder encoder url frames)

# shellcheck source-path=SCRIPTDIR source=../../cmake/setup.sh
. "$root/cmake/setup.sh"
install_packages "${lcm_packages[@]}" catch2 python3-websockets tinyproxy-bin clang libclang-rt-dev

echo "Building the fuzzers in $build (a few minutes the first time)"
cd "$root"
cmake --preset fuzz -Wno-dev --log-level=WARNING
cmake --build --preset fuzz --parallel "$(nproc)" --target fuzzers

# Freed memory shall not count for long.
export ASAN_OPTIONS=quarantine_size_mb=16

# Runs one target. Its bounds: 256 MiB in all, 16 MiB in one allocation, 10 s for one input.
run_target() {
    local target=$1 dir=$build/run/$1
    mkdir -p "$dir/found" "$dir/crashes"
    if "$build/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -max_len=512 -entropic=0 \
        -rss_limit_mb=256 -malloc_limit_mb=16 -timeout=10 -print_final_stats=1 -artifact_prefix="$dir/crashes/" \
        "$dir/found" "$root/tests/fuzz/corpus/$target" >"$dir/log" 2>&1; then
        echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$dir/log") inputs, nothing found"
        return
    fi
    tail -n 60 "$dir/log"
    echo "$target: a promise is broken. Repeat it with"
    sed -n "s|^artifact_prefix=.*Test unit written to \(.*\)|    $build/tests/fuzz/fuzz_$target \1|p" "$dir/log"
    return 1
}

# The second of each two runs beside the first.
failed=0
for ((i = 0; i < ${#targets[@]}; i += 2)); do
    run_target "${targets[i]}" &
    first=$!
    if ((i + 1 < ${#targets[@]})); then run_target "${targets[i + 1]}" || failed=1; fi
    wait "$first" || failed=1
done
exit "$failed"
