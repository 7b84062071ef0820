#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds the tests of some rooms with a sanitizer's preset, and runs them: `tests/sanitizers.sh asan|tsan ROOM...`, such as
# `tests/sanitizers.sh tsan threads socket`.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
preset=${1:-}
rooms=("${@:2}")

# shellcheck source-path=SCRIPTDIR source=../cmake/setup.sh
. "$root/cmake/setup.sh"
[ ${#rooms[@]} -ne 0 ] || stop "usage: $0 asan|tsan ROOM..."
install_packages "${lcm_packages[@]}" catch2 python3-websockets tinyproxy-bin libsqlite3-dev clang libclang-rt-dev

cd "$root"
cmake --preset "$preset" --log-level=WARNING
cmake --build --preset "$preset" --parallel "$(nproc)" --target "${rooms[@]/#/test_}"
exec ctest --preset "$preset" --parallel "$(nproc)" --no-tests=error -R "^($(IFS='|' && echo "${rooms[*]}"))\$"
