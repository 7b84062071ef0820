#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Debian 13 (g++ 14, Boost 1.83, Catch2 3, OpenSSL 3.5): the README's two commands in a fresh one in a folder (a chroot).
# Arguments go to tests/run.sh there. Needs root, and an hour of two cores the first time.
#
#     tests/debian13/run.sh            # all tests
#     tests/debian13/run.sh -L quick   # those without sockets
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=system.sh
. "$(dirname "${BASH_SOURCE[0]}")/system.sh"

run_there "$@" <<'STRANGER'
apt-get -qq install --yes --no-install-recommends git ccache python3 >/dev/null
examples/demo.sh
tests/run.sh "$@"
STRANGER
echo "Done after $SECONDS s"
