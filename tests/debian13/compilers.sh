#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# What Debian 13 has beside the compiler and standard that run.sh takes, in the same folder: the command `lcm` with its
# simulator is built, without a warning, and run by clang 19, by g++ 14 and clang 19 in C++23, and by clang 19 with libc++
# 20 or newer, whose packages are those of sid, unpacked. Needs root, and ten minutes of two cores.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=system.sh
. "$(dirname "${BASH_SOURCE[0]}")/system.sh"

run_there "$@" <<'INSIDE'
. cmake/setup.sh
. tests/support/package_lists.sh
install_packages "${lcm_packages[@]}" ccache clang-19 libsqlite3-dev

# Builds the command in build/$1, and shows that it works; the other arguments are CMake's.
try_command() {
    local build=build/$1
    echo "=== $1 (after $SECONDS s)"
    shift
    cmake -S . -B "$build" -G Ninja --log-level=WARNING -Wno-dev -DCMAKE_BUILD_TYPE=Debug \
        -DCMAKE_CXX_FLAGS_DEBUG=-O0 -DLCM_CLIENT_BUILD_TESTS=OFF -DLCM_CLIENT_INSTALL=OFF "$@"
    cmake --build "$build" --parallel "$(nproc)" --target lcm
    "$build/examples/lcm" demo
}

# Unpacks the oldest libc++ of sid that has all that the library needs into the folder $1, and prints which one it is.
unpack_libcxx() {
    local version
    open_lists "$1/apt" "$(dpkg --print-architecture)" "deb sid"
    version=$(apt-cache "${list_options[@]}" pkgnames libc++- | sed -nE 's/^libc\+\+-([0-9]+)-dev$/\1/p' |
        awk '$1 >= 20' | sort --numeric-sort | head -n 1)
    [ -n "$version" ] || stop "sid has no libc++ 20 or newer"
    for package in "libc++-$version-dev" "libc++abi-$version-dev"; do
        (cd "$1" && apt-get "${list_options[@]}" download "$package" && dpkg-deb --extract "$package"_*.deb .)
    done
    echo "$version"
}

try_command clang19 -DCMAKE_CXX_COMPILER=clang++-19
try_command gcc14-cxx23 -DCMAKE_CXX_COMPILER=g++-14 -DCMAKE_CXX_STANDARD=23
try_command clang19-cxx23 -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_CXX_STANDARD=23

libcxx=$PWD/build/libcxx
version=$(unpack_libcxx "$libcxx")
echo "libc++ $version"
libcxx+=/usr/lib/llvm-$version
try_command clang19-libcxx -DCMAKE_CXX_COMPILER=clang++-19 \
    "-DCMAKE_CXX_FLAGS=-nostdinc++ -isystem $libcxx/include/c++/v1" -DCMAKE_EXE_LINKER_FLAGS=-nostdlib++ \
    "-DCMAKE_CXX_STANDARD_LIBRARIES=$libcxx/lib/libc++.a $libcxx/lib/libc++abi.a"
INSIDE
echo "Done after $SECONDS s"
