#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Debian 13 (g++ 14, Boost 1.83, Catch2 3, OpenSSL 3.5): the README's two commands in a fresh one in a folder (a chroot).
# Arguments go to tests/run.sh there. Needs root, and an hour of two cores the first time.
#
#     tests/debian13/run.sh            # all tests
#     tests/debian13/run.sh -L quick   # those without sockets
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$root/build/debian13
system=$build/system

# shellcheck source-path=SCRIPTDIR source=../../cmake/setup.sh
. "$root/cmake/setup.sh"
# shellcheck source-path=SCRIPTDIR source=../support/chroot.sh
. "$root/tests/support/chroot.sh"
install_packages debootstrap git

lay_out trixie "$system"
cp -L /etc/resolv.conf "$system/etc/" 2>/dev/null || true
mount_system "$system"

# The files of this version, as a clone has them; what was built there before stays.
git -C "$root" ls-files -z | tar -C "$root" --null --files-from=- -c | tar -C "$system" --one-top-level=lcm -x
chroot "$system" bash -euo pipefail -s "$@" <<'STRANGER'
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
cd /lcm
apt-get -qq update
apt-get -qq install --yes --no-install-recommends git ccache python3 >/dev/null
examples/demo.sh
tests/run.sh "$@"
STRANGER
echo "Done after $SECONDS s"
