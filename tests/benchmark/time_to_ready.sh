#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds what connects again and again, and prints how long it takes until a connection is ready, beside raw Beast, and
# what reconnects cost the server: `tests/benchmark/time_to_ready.sh [--repetitions N]`. The machine should have nothing
# else to do.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=build.sh
. "$(dirname "${BASH_SOURCE[0]}")/build.sh"
build_benchmarks benchmark_ready tinyproxy

exec python3 -B "$root/tests/benchmark/time_to_ready.py" --build "$build" "$@"
