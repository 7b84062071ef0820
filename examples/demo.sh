#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds the command lcm on a fresh Debian 12 or Ubuntu 24.04, and shows one request over a real WebSocket. With --qt it
# installs Qt 6, and builds and shows the wrap-up form of examples/qt instead.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/demo

# shellcheck source-path=SCRIPTDIR source=../cmake/setup.sh
. "$root/cmake/setup.sh"
target=lcm
if [ "${1:-}" = --qt ]; then
    target=example_qt6
    lcm_packages+=(qt6-base-dev)
elif [ $# -ne 0 ]; then
    stop "usage: $0 [--qt]"
fi
install_packages "${lcm_packages[@]}"

echo "Building $target in $build (one to three minutes the first time)"
cmake -S "$root" -B "$build" -G Ninja -Wno-dev --log-level=WARNING \
    -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O0 \
    -DLCM_CLIENT_BUILD_TESTS=OFF -DLCM_CLIENT_INSTALL=OFF >/dev/null
cmake --build "$build" --target "$target"

echo
if [ "$target" != lcm ]; then
    echo "Showing $build/examples/qt6/$target over a simulated server; with a URL it connects to another one"
    exec "$build/examples/qt6/$target"
fi
"$build/examples/lcm" demo
echo
echo "Next: $build/examples/lcm --help"
