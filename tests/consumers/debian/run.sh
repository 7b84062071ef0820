#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# The Debian package: makes it, installs it into a fresh Debian 12 in a folder (a chroot), and uses it there as a stranger
# does, by CMake, by pkg-config, as the command. Needs root, and minutes. `tests/consumers/debian/run.sh`
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
build=$root/build/debian
base=$build/base     # a fresh system, made once
system=$build/system # the copy that is used

# shellcheck source-path=SCRIPTDIR source=../../../cmake/setup.sh
. "$root/cmake/setup.sh"
# shellcheck source-path=SCRIPTDIR source=../../support/chroot.sh
. "$root/tests/support/chroot.sh"
install_packages "${lcm_packages[@]}" debootstrap dpkg-dev

begin() { echo "=== $1 (after $SECONDS s)"; }

begin "The package"
cmake -S "$root" --preset release -B "$build/package" -Wno-dev --log-level=WARNING \
    -DLCM_CLIENT_BUILD_TESTS=OFF -DLCM_CLIENT_INSTALL_COMPILED=ON
cmake --build "$build/package" --parallel "$(nproc)" --target lcm lcm_completion lcm_client_compiled lcm_client_testing
rm -f "$build"/package/*.deb
cmake --build "$build/package" --target package
package=$(echo "$build"/package/*.deb)
dpkg-deb --info "$package"

begin "A fresh Debian 12"
lay_out bookworm "$base"
copy_fresh "$base" "$system"

begin "What a stranger does there"
mkdir "$system/try"
cp "$package" "$system/try/lcm-client.deb"
cp -r "$root"/tests/consumers/{common,find_package} "$system/try/"
cp "$root/examples/first_program.cpp" "$system/try/"
mount_system "$system"
chroot "$system" bash -euo pipefail -s <<'STRANGER'
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
cd /try
apt-get -qq update
apt-get -qq install --yes --no-install-recommends ./lcm-client.deb g++ cmake ninja-build pkg-config >/dev/null

echo "- the command"
lcm --version
lcm demo >/dev/null
bash --norc -c '. /usr/share/bash-completion/completions/lcm && complete -p lcm'

echo "- CMake, linked with what the package has compiled"
cmake -S find_package -B build -G Ninja -DLCM_CLIENT_COMPILED=ON --log-level=WARNING
cmake --build build
./build/consumer

echo "- pkg-config, the same"
# shellcheck disable=SC2046 # words on purpose
g++ -std=c++20 first_program.cpp -o first_program $(pkg-config --cflags --libs --static lcm_client_compiled)
coproc simulator { exec lcm sim --port 0; }
read -r url <&"${simulator[0]}"
./first_program "$url"
kill "$simulator_PID"
STRANGER

begin "Done"
