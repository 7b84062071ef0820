#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Windows, from Debian 12: builds the command and the tests by mingw-w64, and runs under Wine those without sockets, and
# the command beside the Linux one. `tests/windows/run.sh --all` runs those with sockets and those of the command as well.
# README.md tells what that proves.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$root/build/windows
prefix=$build/prefix

# shellcheck source-path=SCRIPTDIR source=../../cmake/setup.sh
. "$root/cmake/setup.sh"
# shellcheck source-path=SCRIPTDIR source=prefix.sh
. "$root/tests/windows/prefix.sh"
install_packages "${lcm_packages[@]}" catch2 g++-mingw-w64-x86-64-posix wine64 make perl python3-websockets tinyproxy-bin

quick=(ground json protocol operations session websocket testing client threads)
if [ "${1:-}" = --all ]; then
    programs=("${quick[@]}" unload socket memory memory_socket)
elif [ $# -eq 0 ]; then
    programs=("${quick[@]}")
else
    stop "usage: $0 [--all]"
fi

link_all_headers "$prefix"
build_openssl "$prefix" "$build/openssl"

# Without optimisation, the assembler of mingw-w64 has no room for the names of the largest sources.
cmake -S "$root" -B "$build/tests" -G Ninja --log-level=WARNING -Wno-dev \
    "-DCMAKE_TOOLCHAIN_FILE=$root/cmake/mingw.cmake" "-DCMAKE_PREFIX_PATH=$prefix" \
    -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O1 -DLCM_CLIENT_BUILD_QT=OFF
cmake --build "$build/tests" --parallel "$(nproc)" --target lcm "${programs[@]/#/test_}"
python3 -B "$root/tests/windows/headers_test.py" x86_64-w64-mingw32-g++-posix "$prefix"
cmake --preset dev -S "$root" -B "$root/build/tests" -Wno-dev --log-level=WARNING
cmake --build "$root/build/tests" --parallel "$(nproc)" --target lcm

# The first start makes Wine's folder, and says so.
export WINEPREFIX=$build/wine WINEDEBUG=-all LCM_WINE=/usr/lib/wine/wine64 LC_ALL=C.UTF-8
export LCM_EXE=$build/tests/examples/lcm.exe LCM_COMMAND=$root/build/tests/examples/lcm PYTHONPATH=$root/tests/command
"$LCM_WINE" "$LCM_EXE" --version
ctest --test-dir "$build/tests" --output-on-failure --no-tests=error -R "^($(IFS='|' && echo "${programs[*]}"))\$"
python3 -B "$root/tests/windows/both_ways_test.py"
[ "${1:-}" = --all ] || exit 0

# The tests of the command call it by one name.
printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$LCM_WINE" "$LCM_EXE" >"$build/lcm"
chmod +x "$build/lcm"
for subject in batch call data operations usage watch; do
    LCM_COMMAND=$build/lcm python3 -B "$root/tests/command/${subject}_test.py"
done
