#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# The form of the code, without building it: clang-format of all C++ files, shellcheck of all shell scripts, clang-tidy of
# all headers with their bodies. What clang-tidy has seen without a finding it looks at again when something in it has
# changed. The tools are those of Debian 12, version 14 of LLVM: other versions have other opinions.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
failed=0

# shellcheck source-path=SCRIPTDIR source=../../cmake/setup.sh
. "$root/cmake/setup.sh"
install_packages "${lcm_packages[@]}" clang clang-format clang-tidy shellcheck python3
cd "$root"

begin() { echo "$1, after $SECONDS s"; }

# Prints the paths of the project's files that find's arguments select, each with a NUL behind it.
files() { find .ci cmake examples include tests -type f "$@" -print0; }

begin clang-format
files '(' -name '*.hpp' -o -name '*.ipp' -o -name '*.cpp' ')' | xargs -0 clang-format --dry-run -Werror || failed=1

begin shellcheck
files '(' -name '*.sh' -o -path '.ci/run' ')' | xargs -0 shellcheck --external-sources || failed=1

begin clang-tidy
python3 -B tests/form/tidy.py build/form || failed=1

begin "done"
exit "$failed"
