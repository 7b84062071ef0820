#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# A soak for as many seconds as are given, an hour if none are: builds it optimised, then runs soak.py. A second argument
# is the seed of the faults.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$root/build/soak

# shellcheck source-path=SCRIPTDIR source=../../cmake/setup.sh
. "$root/cmake/setup.sh"
install_packages "${lcm_packages[@]}" catch2 python3-websockets tinyproxy-bin openssl

cd "$root"
cmake --preset release -B "$build" -Wno-dev --log-level=WARNING
cmake --build "$build" --parallel "$(nproc)" --target lcm lcm_soak

export LCM_COMMAND=$build/examples/lcm LCM_SOAK=$build/tests/soak/lcm_soak
exec python3 -B tests/soak/soak.py "${@:-3600}"
