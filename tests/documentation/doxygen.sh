#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Makes the reference of the public names in build/reference/html, and fails on every warning of Doxygen's.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
output=$root/build/reference

# shellcheck source-path=SCRIPTDIR source=../../cmake/setup.sh
. "$root/cmake/setup.sh"
command -v doxygen >/dev/null || install_packages doxygen

# Runs Doxygen with more settings, one an argument.
run_doxygen() {
    { cat tests/documentation/Doxyfile && printf '%s\n' "$@"; } | doxygen -
}

cd "$root"
mkdir -p "$output"
version=$(sed -n 's/^#define LCM_CLIENT_VERSION_STRING "\(.*\)"$/\1/p' include/lcm_client/version.hpp)
run_doxygen "OUTPUT_DIRECTORY = $output" "PROJECT_NUMBER = $version"

# A public name without a comment is refused as well.
log=$output/undocumented
run_doxygen "OUTPUT_DIRECTORY = $output" "GENERATE_HTML = NO" "GENERATE_XML = YES" "WARN_AS_ERROR = NO" \
    "WARN_LOGFILE = $log" "HIDE_UNDOC_MEMBERS = NO" "HIDE_UNDOC_CLASSES = NO" "WARN_IF_UNDOCUMENTED = YES"
! grep . "$log"
