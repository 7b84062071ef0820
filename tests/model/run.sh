#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Searches the model of the outbox, completely: with its rules no property fails, and each mutation of a rule breaks the
# property that it is for. `tests/model/run.sh` does so for one desktop, in less than a minute of one core;
# `tests/model/run.sh --two-desktops` searches two, in their own bounds.
set -euo pipefail

model=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$model/../.." && pwd)
build=$root/build/model

# shellcheck source-path=SCRIPTDIR source=../../cmake/setup.sh
. "$root/cmake/setup.sh"
install_packages spin gcc libc6-dev

# Generates the search of the model with the definitions $4... in the folder build/model/$1, compiles it with the
# options $2 and runs it with the options $3. Its report is $report.
# shellcheck disable=SC2086 # the options are several words, or none
search() {
    local dir=$build/$1 compile=$2 run=$3
    shift 3
    report=$dir/report
    mkdir -p "$dir"
    cd "$dir"
    spin "$@" -a "$model/outbox.pml" >generation || stop "spin refuses the model; see $dir/generation"
    gcc -w $compile -DNOREDUCE -o search pan.c
    ./search $run -m20000 -n >report 2>&1 || true
}

states() { sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' "$report"; }

# Fails unless README.md beside this script has the number of states in the row that begins with $1.
compare_with_page() {
    grep -q "^| $1 .*| $(states) |" "$model/README.md" ||
        stop "README.md has another number of states for $1 than $(states)"
}

# The search with these arguments has to be complete and to find nothing.
expect_clean() {
    local name=$1
    search "$@"
    if ! grep -q 'errors: 0$' "$report" || grep -Eq 'not completed|max search depth too small|^pan:1:' "$report"; then
        cat "$report" >&2
        stop "$name: see above, and the steps by" \
            "\`cd $build/$name && spin ${*:4} -k outbox.pml.trail -p -g $model/outbox.pml\`"
    fi
    echo "$name: $(states) states, all searched, nothing found"
    compare_with_page "$name"
}

# With the mutation $1 the property $2 has to fail.
expect_broken() {
    search "$1" "-O0 -DSAFETY" -E "-DMUTATION=$1" "-DPROPERTY=$2"
    grep -q '^pan:1: assertion violated' "$report" || stop "$1 does not break $2; see $report"
    echo "$1: breaks $2, found within $(states) states"
    compare_with_page "\`$1\`"
}

if [ "${1:-}" = --two-desktops ]; then
    expect_clean two-desktops "-O2 -DSAFETY" "" -DDESKTOPS=2 -DCRASHES=1 -DCUTS=0 -DWITHDRAWALS=0
else
    expect_clean one-desktop "-O1 -DSAFETY" ""
    expect_clean every-run-ends "-O0 -DNP" -l -DCRASHES=1 -DWITHDRAWALS=0
    mutations=$(sed -n 's|^#define \([a-z_]*\) [0-9]* */\* breaks \([a-z_]*\) \*/$|\1 \2|p' "$model/checks.pml")
    [ -n "$mutations" ] || stop "checks.pml names no mutation"
    while read -r mutation property; do expect_broken "$mutation" "$property"; done <<<"$mutations"
fi
echo "The model of the outbox holds, after $SECONDS s"
