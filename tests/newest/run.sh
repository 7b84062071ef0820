#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Compiles the library, its simulator and its outbox against the newest Boost, OpenSSL and nlohmann_json that Debian has,
# unpacked beside those of this computer, with g++ and clang in C++20 and C++23. Nothing is linked or run: their libraries
# are for a newer system. Takes two minutes; what it fetches stays in build/newest.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=$root/build/newest

# shellcheck source-path=SCRIPTDIR source=../../cmake/setup.sh
. "$root/cmake/setup.sh"
# shellcheck source-path=SCRIPTDIR source=../support/package_lists.sh
. "$root/tests/support/package_lists.sh"
install_packages "${lcm_packages[@]}" clang libsqlite3-dev debian-archive-keyring

mkdir -p "$folder"/{packages,system,sources}
cd "$folder"
open_lists "$folder/apt" "$(dpkg --print-architecture)" "deb sid" "deb experimental"

# Prints the newest version of the package $1, whichever suite has it.
newest_version() {
    apt-cache "${list_options[@]}" madison "$1" | awk -F'|' '{ gsub(/ /, "", $2); print $2 }' | sort --version-sort | tail -1
}

boost=$(apt-cache "${list_options[@]}" pkgnames libboost1. | grep -E '^libboost1\.[0-9]+-dev$' | sort --version-sort | tail -1)
for package in "$boost" libssl-dev nlohmann-json3-dev; do
    version=$(newest_version "$package")
    echo "$package $version"
    file=$package-$version.deb
    if [ ! -e "packages/$file" ]; then
        (cd packages && rm -f "${package}_"*.deb && apt-get "${list_options[@]}" download "$package=$version" &&
            mv "${package}_"*.deb "$file")
    fi
    dpkg-deb --extract "packages/$file" system
done

failed=0
for part in lcm_client lcm_client/testing lcm_client/outbox; do
    source=sources/${part//\//_}.cpp
    echo "#include <$part/src.hpp>" >"$source"
    for compiler in g++ clang++; do
        for standard in 20 2b; do # 2b is what clang 14 calls C++23
            echo "$part, $compiler, C++$standard, after $SECONDS s"
            "$compiler" "-std=c++$standard" -fsyntax-only -Wall -Wextra -Wpedantic -Werror "-I$root/include" \
                -DLCM_CLIENT_SEPARATE_COMPILATION -isystem system/usr/include \
                -isystem "system/usr/include/$(dpkg-architecture -qDEB_HOST_MULTIARCH)" "$source" || failed=1
        done
    done
done
exit "$failed"
