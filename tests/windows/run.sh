#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Windows, from Debian 12: builds the command and the tests without sockets by mingw-w64, and runs them under Wine, the
# command beside the Linux one. README.md tells what that proves.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$root/build/windows
prefix=$build/prefix

# shellcheck source-path=SCRIPTDIR source=../../cmake/setup.sh
. "$root/cmake/setup.sh"
# shellcheck source-path=SCRIPTDIR source=prefix.sh
. "$root/tests/windows/prefix.sh"
install_packages "${lcm_packages[@]}" catch2 g++-mingw-w64-x86-64-posix wine64 make perl

link_all_headers "$prefix"
build_openssl "$prefix" "$build/openssl"

# Without optimisation, the assembler of mingw-w64 has no room for the names of the largest sources.
cmake -S "$root" -B "$build/tests" -G Ninja --log-level=WARNING -Wno-dev \
    "-DCMAKE_TOOLCHAIN_FILE=$root/cmake/mingw.cmake" "-DCMAKE_PREFIX_PATH=$prefix" \
    -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O1 -DLCM_CLIENT_BUILD_QT=OFF
rooms=(ground json protocol operations session websocket testing client threads)
cmake --build "$build/tests" --parallel "$(nproc)" --target lcm "${rooms[@]/#/test_}"
cmake --preset dev -S "$root" -B "$root/build/tests" -Wno-dev --log-level=WARNING
cmake --build "$root/build/tests" --parallel "$(nproc)" --target lcm

# The first start makes Wine's folder, and says so.
export WINEPREFIX=$build/wine WINEDEBUG=-all LCM_WINE=/usr/lib/wine/wine64
"$LCM_WINE" "$build/tests/examples/lcm.exe" --version
ctest --test-dir "$build/tests" --output-on-failure --no-tests=error -R "^($(IFS='|' && echo "${rooms[*]}"))\$"
python3 -B "$root/tests/windows/both_ways_test.py" "$build/tests/examples/lcm.exe" "$root/build/tests/examples/lcm"
