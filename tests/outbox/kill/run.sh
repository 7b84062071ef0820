#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Kills a desktop with an outbox for SECONDS (1800), half of them at each of its system calls that write and then at random
# times, and its server in the last sixth, on the disk of FOLDER (build/kill), and holds each ending against the server's
# ledger:
#
#     tests/outbox/kill/run.sh [SECONDS] [FOLDER]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
seconds=${1:-1800}
folder=${2:-$root/build/kill}

# shellcheck source-path=SCRIPTDIR source=../../../cmake/setup.sh
. "$root/cmake/setup.sh"
install_packages "${lcm_packages[@]}" catch2 python3-websockets tinyproxy-bin libsqlite3-dev

cd "$root"
cmake --preset dev --log-level=WARNING
cmake --build --preset dev --parallel "$(nproc)" --target outbox_kill outbox_server_kill kill_at_write
mkdir -p "$folder"
export TMPDIR=$folder LCM_KILL_LIBRARY=$root/build/dev/tests/outbox/kill/libkill_at_write.so
program=build/dev/tests/outbox/kill/outbox_kill

begin=$SECONDS
for stride in 1 2 3 5 7 11 13; do # until half of the time is over
    [ $((SECONDS - begin)) -lt $((seconds / 2)) ] || break
    "$program" "$stride" 200
done
left=$((seconds * 5 / 6 - (SECONDS - begin)))
[ "$left" -le 0 ] || "$program" --random "$left"
build/dev/tests/outbox/kill/outbox_server_kill $((seconds / 6))
