# SPDX-License-Identifier: BSL-1.0
# To be sourced by a bash script in this folder: installs what the benchmarks need and builds them, optimised, in
# build/benchmark. `build_benchmarks TARGET PACKAGE...`; sets `root` and `build`.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$root/build/benchmark

# shellcheck source-path=SCRIPTDIR source=../../cmake/setup.sh
. "$root/cmake/setup.sh"

build_benchmarks() {
    local target=$1
    shift
    install_packages "${lcm_packages[@]}" catch2 python3-websockets tinyproxy-bin openssl libbenchmark-dev python3 "$@"
    cmake -S "$root" --preset release -B "$build" -Wno-dev --log-level=WARNING \
        -DCMAKE_CXX_FLAGS_RELEASE="-O2 -DNDEBUG" \
        -DLCM_CLIENT_BUILD_BENCHMARKS=ON
    cmake --build "$build" --parallel "$(nproc)" --target "$target"
}
