#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# A program that is built by what pkg-config says of an installed library, header-only: `run.sh COMPILER PREFIX FOLDER`.
set -euo pipefail

compiler=$1 prefix=$2 folder=$3
source=$(dirname "${BASH_SOURCE[0]}")/first.cpp

mkdir -p "$folder"
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name lcm_client.pc)")
export PKG_CONFIG_PATH
pkg-config --exists --print-errors lcm_client
read -ra flags <<<"$(pkg-config --cflags --libs lcm_client)"
"$compiler" -std=c++20 -O0 "$source" -o "$folder/first" "${flags[@]}"
"$folder/first"
