#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# The simulated office for as many seconds as are given, an hour if none are: builds it optimised, and plays games from the
# seed of the second argument on, or from another one each time.
#
#     tests/simulated_office/run.sh 3600            # an hour
#     tests/simulated_office/run.sh 0 4711          # the game of this seed, once
#     tests/simulated_office/run.sh --script FILE   # a script, as a failure has printed it
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$root/build/simulated_office

# shellcheck source-path=SCRIPTDIR source=../../cmake/setup.sh
. "$root/cmake/setup.sh"
install_packages "${lcm_packages[@]}" catch2 libsqlite3-dev

[ "${1:-}" != --script ] || script=$(realpath "$2")
cd "$root"
cmake --preset release -B "$build" -Wno-dev --log-level=WARNING
cmake --build "$build" --parallel "$(nproc)" --target test_simulated_office

[ ! -d /dev/shm ] || export TMPDIR=/dev/shm
program=$build/tests/simulated_office/test_simulated_office
if [ -n "${script:-}" ]; then
    LCM_OFFICE_SCRIPT=$script exec "$program" "[.script]"
fi
export LCM_OFFICE_SECONDS=${1:-3600} LCM_OFFICE_DAYS=1
[ -z "${2:-}" ] || export LCM_TEST_SEED=$2
exec "$program" "Over many days*"
