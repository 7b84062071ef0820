#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds the benchmarks and prints one table: `tests/benchmark/run.sh [--repetitions N] [--compile-rounds N]`. The
# machine should have nothing else to do.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=build.sh
. "$(dirname "${BASH_SOURCE[0]}")/build.sh"
build_benchmarks benchmarks strace valgrind

# The peer `ws` is fetched if Node.js is there; without it its row is skipped.
node_modules=$build/node
node_arguments=()
if command -v node >/dev/null && command -v npm >/dev/null; then
    if [ ! -d "$node_modules/node_modules/ws" ]; then
        mkdir -p "$node_modules"
        npm install --prefix "$node_modules" --no-audit --no-fund --no-save ws@8 || true
    fi
    if [ -d "$node_modules/node_modules/ws" ]; then node_arguments=(--node-modules "$node_modules"); fi
fi

exec python3 -B "$root/tests/benchmark/run.py" --build "$build" "${node_arguments[@]}" "$@"
