#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds and runs the tests on a fresh Debian 12 or Ubuntu 24.04: all of them, or those that ctest's arguments select,
# such as `tests/run.sh -L quick` or `tests/run.sh -R command`.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/tests
jobs=$(nproc)

# shellcheck source-path=SCRIPTDIR source=../cmake/setup.sh
. "$root/cmake/setup.sh"
install_packages "${lcm_packages[@]}" catch2 pkg-config python3-websockets tinyproxy-bin openssl libsqlite3-dev

echo "Building the tests in $build (some minutes the first time)"
cd "$root"
cmake --preset dev -B "$build" -Wno-dev --log-level=WARNING
cmake --build "$build" --parallel "$jobs"

echo "Built after $SECONDS s. The tests labelled slow compile whole projects: -LE slow leaves them out."
cd "$build"
# One more than there are processors, since some tests do little else than wait.
exec ctest --output-on-failure --parallel $((jobs + 1)) "$@"
