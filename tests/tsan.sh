#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds the tests of the rooms $1... by g++ with the thread sanitizer, and runs them: `threads`, in which two threads meet,
# and `socket`, which takes six minutes. Both, if none is named.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
rooms=("$@")
[ $# -ne 0 ] || rooms=(threads socket)

# shellcheck source-path=SCRIPTDIR source=../cmake/setup.sh
. "$root/cmake/setup.sh"
install_packages "${lcm_packages[@]}" catch2 python3-websockets tinyproxy-bin libsqlite3-dev

cd "$root"
cmake --preset tsan --log-level=WARNING
cmake --build --preset tsan --parallel "$(nproc)" --target "${rooms[@]/#/test_}"
exec ctest --preset tsan --parallel "$(nproc)" --no-tests=error -R "^($(IFS='|' && echo "${rooms[*]}"))\$"
