# SPDX-License-Identifier: BSL-1.0
# A fresh Debian 13 in the folder $system, with the files of this version in its /lcm, as a clone has them; what was built
# there before stays. To be sourced by a bash script that runs in the repository. Needs root.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
system=$root/build/debian13/system

# shellcheck source-path=SCRIPTDIR source=../../cmake/setup.sh
. "$root/cmake/setup.sh"
# shellcheck source-path=SCRIPTDIR source=../support/chroot.sh
. "$root/tests/support/chroot.sh"
install_packages debootstrap git

lay_out trixie "$system"
cp -L /etc/resolv.conf "$system/etc/" 2>/dev/null || true
mount_system "$system"
git -C "$root" ls-files -z | tar -C "$root" --null --files-from=- -c | tar -C "$system" --one-top-level=lcm -x

# Runs the standard input as a script in its /lcm, with the arguments.
run_there() {
    { echo "export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 && cd /lcm && apt-get -qq update" && cat; } |
        chroot "$system" bash -euo pipefail -s "$@"
}
