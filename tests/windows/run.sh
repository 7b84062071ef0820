#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Windows, from Debian 12: builds the command and the tests by mingw-w64, and runs them under Wine, and the command beside
# the Linux one. `tests/windows/run.sh --quick` leaves out the tests over sockets and those of the command, and
# `tests/windows/run.sh --all` runs the tests without memory as well. README.md tells what that proves.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$root/build/windows
prefix=$build/prefix

# shellcheck source-path=SCRIPTDIR source=../../cmake/setup.sh
. "$root/cmake/setup.sh"
# shellcheck source-path=SCRIPTDIR source=prefix.sh
. "$root/tests/windows/prefix.sh"
install_packages "${lcm_packages[@]}" catch2 g++-mingw-w64-x86-64-posix wine64 make perl tcl python3-websockets \
    tinyproxy-bin

programs=(ground json protocol operations session websocket testing client threads outbox unload)
subjects=(batch call completion data many operations outbox proxy restart sim usage watch)
# README.md tells why these are left out.
left_out=("~A connection that is given up leaves nothing behind that could still be delivered")
over_sockets=(test_socket)
case "$*" in
'') ;;
--quick) over_sockets=() subjects=() ;;
--all) programs+=(memory memory_socket) ;;
*) stop "usage: $0 [--quick|--all]" ;;
esac

link_all_headers "$prefix"
build_openssl "$prefix" "$build/openssl"
build_sqlite "$prefix" "$build/sqlite"

# Without optimisation, the assembler of mingw-w64 has no room for the names of the largest sources.
cmake -S "$root" -B "$build/tests" -G Ninja --log-level=WARNING -Wno-dev \
    "-DCMAKE_TOOLCHAIN_FILE=$root/cmake/mingw.cmake" "-DCMAKE_PREFIX_PATH=$prefix" \
    -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O1 -DLCM_CLIENT_BUILD_QT=OFF
cmake --build "$build/tests" --parallel "$(nproc)" --target lcm "${over_sockets[@]}" "${programs[@]/#/test_}"
python3 -B "$root/tests/windows/headers_test.py" x86_64-w64-mingw32-g++-posix "$prefix"
cmake --preset dev -S "$root" -B "$root/build/tests" -Wno-dev --log-level=WARNING
cmake --build "$root/build/tests" --parallel "$(nproc)" --target lcm

export WINEPREFIX=$build/wine WINEDEBUG=-all LCM_WINE=/usr/lib/wine/wine64 LC_ALL=C.UTF-8
export LCM_EXE=$build/tests/examples/lcm.exe LCM_COMMAND=$root/build/tests/examples/lcm PYTHONPATH=$root/tests/command
TINYPROXY=$(PATH=$PATH:/usr/sbin command -v tinyproxy)
export TINYPROXY

stop_wine() { /usr/lib/wine/wineserver --kill 2>/dev/null || true; }

# Each run has a folder of its own, since a test that was killed leaves its certificate among the roots. Wine's services
# keep the outputs of the program that has started them, so whoever reads those would wait for the services: here they
# are started by programs whose output nobody waits for, and stay.
stop_wine
trap stop_wine EXIT
rm -rf "$WINEPREFIX"
mkdir -p "$WINEPREFIX"
/usr/lib/wine/wineserver --persistent=600
"$LCM_WINE" "$LCM_EXE" --version >"$build/wine.log" 2>&1 </dev/null
"$LCM_WINE" "$LCM_EXE" sim --for 2 >>"$build/wine.log" 2>&1 </dev/null

ctest --test-dir "$build/tests" --output-on-failure --parallel "$(nproc)" --no-tests=error \
    -R "^($(IFS='|' && echo "${programs[*]}"))\$"
for program in "${over_sockets[@]}"; do
    "$LCM_WINE" "$build/tests/tests/$program.exe" "${left_out[@]}" </dev/null
done
# The system's interpreter is the one that the package of websockets belongs to.
/usr/bin/python3 -B "$root/tests/windows/both_ways_test.py"

# The tests of the command call it by one name.
printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$LCM_WINE" "$LCM_EXE" >"$build/lcm"
chmod +x "$build/lcm"
for subject in "${subjects[@]}"; do
    LCM_COMMAND=$build/lcm /usr/bin/python3 -B "$root/tests/command/${subject}_test.py"
done
