#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Measures the exact counters and fails when one has grown by more than 5 % over counters.json. With --accept it stores
# what it measures.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=build.sh
. "$(dirname "${BASH_SOURCE[0]}")/build.sh"
build_benchmarks benchmark_counters strace valgrind
exec python3 -B "$root/tests/benchmark/counters.py" "$build" "$@"
