#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Other machines than this one: the tests without sockets, built by Debian's cross compilers without a warning, and run. 32
# bits run on this processor, and arm64 in qemu. `tests/architectures/run.sh [i386|arm64]...`; both, if none is named. Takes
# a quarter of an hour of two cores for each.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# shellcheck source-path=SCRIPTDIR source=../../cmake/setup.sh
. "$root/cmake/setup.sh"
# shellcheck source-path=SCRIPTDIR source=../support/package_lists.sh
. "$root/tests/support/package_lists.sh"
[ $# -gt 0 ] || set -- i386 arm64

programs=(ground json protocol operations session websocket testing client threads)

# Unpacks OpenSSL, static, for the architecture $1 of Debian's into the folder $2. Nothing is installed.
unpack_openssl() {
    if [ -e "$2/usr" ]; then return; fi
    local version
    open_lists "$2/apt" "$1" "deb bookworm"
    # The newest one that is listed may not be where the packages come from yet, so the next one is tried then.
    for version in $(apt-cache "${list_options[@]}" madison libssl-dev | awk -F'|' '{ gsub(/ /, "", $2); print $2 }'); do
        (cd "$2/apt" && apt-get "${list_options[@]}" download "libssl-dev=$version") && break
    done
    dpkg-deb --extract "$2"/apt/libssl-dev_*.deb "$2"
}

# Builds and runs the tests for the architecture $1, whose compiler's name begins with $2, by the emulator $3, if any.
run_tests() {
    local build=$root/build/architectures/$1
    local openssl=$build/openssl
    echo "=== $1 (after $SECONDS s)"
    unpack_openssl "$1" "$openssl"
    cmake -S "$root" -B "$build/tests" -G Ninja --log-level=WARNING -Wno-dev \
        -DCMAKE_SYSTEM_NAME=Linux "-DCMAKE_SYSTEM_PROCESSOR=$1" "-DCMAKE_CXX_COMPILER=$2-g++" \
        "-DCMAKE_CROSSCOMPILING_EMULATOR=$3" -DCMAKE_EXE_LINKER_FLAGS=-static \
        -DCMAKE_BUILD_TYPE=Debug "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g1" \
        "-DOPENSSL_INCLUDE_DIR=$openssl/usr/include" "-DCMAKE_CXX_FLAGS=-isystem $openssl/usr/include/${2/i6/i3}" \
        "-DOPENSSL_SSL_LIBRARY=$openssl/usr/lib/${2/i6/i3}/libssl.a" \
        "-DOPENSSL_CRYPTO_LIBRARY=$openssl/usr/lib/${2/i6/i3}/libcrypto.a" \
        -DCMAKE_DISABLE_FIND_PACKAGE_SQLite3=ON -DLCM_CLIENT_BUILD_QT=OFF
    cmake --build "$build/tests" --parallel "$(nproc)" --target "${programs[@]/#/test_}"
    ctest --test-dir "$build/tests" --output-on-failure --parallel "$(nproc)" --no-tests=error \
        -R "^($(IFS='|' && echo "${programs[*]}"))\$"
}

for architecture; do
    case $architecture in
        i386)
            install_packages "${lcm_packages[@]}" catch2 g++-i686-linux-gnu
            run_tests i386 i686-linux-gnu ""
            ;;
        arm64)
            install_packages "${lcm_packages[@]}" catch2 g++-aarch64-linux-gnu qemu-user-static
            run_tests arm64 aarch64-linux-gnu qemu-aarch64-static
            ;;
        *) stop "usage: $0 [i386|arm64]..." ;;
    esac
done
