#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# What an entry of the outbox costs over SQLite alone, and how long a start with many entries takes:
# `tests/benchmark/outbox.sh [FOLDER [REPETITIONS]]`. FOLDER (build/benchmark) has to be on a disk.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=build.sh
. "$(dirname "${BASH_SOURCE[0]}")/build.sh"
build_benchmarks bench_outbox libsqlite3-dev
TMPDIR="${1:-$build}" exec "$build/tests/benchmark/bench_outbox" "${2:-5}"
