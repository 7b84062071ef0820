#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds and runs what needs Qt, with Qt 5 and with Qt 6, on a fresh Debian 12 or Ubuntu 24.04, without a screen.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$root/build/tests

# shellcheck source-path=SCRIPTDIR source=../../cmake/setup.sh
. "$root/cmake/setup.sh"
install_packages "${lcm_packages[@]}" catch2 python3-websockets \
    qtbase5-dev libqt5websockets5-dev qt6-base-dev qt6-websockets-dev fonts-dejavu-core

cd "$root"
cmake --preset dev -B "$build" -Wno-dev --log-level=WARNING
cmake --build "$build" --parallel "$(nproc)" --target test_qt5 test_qt6 example_qt5 example_qt6
cd "$build"
exec ctest --output-on-failure --no-tests=error -L '^qt$'
