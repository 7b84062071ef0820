#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds the command lcm on a fresh Debian 12 or Ubuntu 24.04, and shows one request over a real WebSocket.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/demo

# shellcheck source-path=SCRIPTDIR source=../cmake/setup.sh
. "$root/cmake/setup.sh"
install_packages "${lcm_packages[@]}"

echo "Building $build/examples/lcm (one to three minutes the first time)"
cmake -S "$root" -B "$build" -G Ninja -Wno-dev --log-level=WARNING \
    -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O0 \
    -DLCM_CLIENT_BUILD_TESTS=OFF -DLCM_CLIENT_INSTALL=OFF >/dev/null
cmake --build "$build" --target lcm

echo
"$build/examples/lcm" demo
echo
echo "Next: $build/examples/lcm --help"
