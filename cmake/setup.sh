# SPDX-License-Identifier: BSL-1.0
# Set-up on Debian and Ubuntu, to be sourced by a bash script:
#
#     . cmake/setup.sh
#     install_packages "${lcm_packages[@]}" catch2
#
# installs what is missing and says so; silent when nothing is. Uses sudo when not root. On other systems it says what
# to install, and ends the script.
# shellcheck shell=bash

# What the library and its examples need. libboost-dev stands for Boost 1.81 or newer, whatever its package is called.
# shellcheck disable=SC2034 # used by the scripts that source this file
lcm_packages=(g++ cmake ninja-build libboost-dev nlohmann-json3-dev libssl-dev libcli11-dev)

stop() {
    echo "$0: $*" >&2
    exit 1
}

is_installed() {
    if [ "$1" = libboost-dev ]; then
        has_boost
    else
        [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
    fi
}

has_boost() {
    local version
    version=$(sed -n 's/^#define BOOST_VERSION \([0-9]*\).*/\1/p' /usr/include/boost/version.hpp 2>/dev/null || true)
    [ "${version:-0}" -ge 108100 ]
}

# Debian 12 has 1.74 as libboost-dev and 1.81 beside it; later systems have a newer one as libboost-dev.
boost_package() {
    if [ -n "$(apt-cache search --names-only '^libboost1\.81-dev$')" ]; then
        echo libboost1.81-dev
        return
    fi
    local version
    version=$(apt-cache policy libboost-dev | sed -n 's/^ *Candidate: //p')
    dpkg --compare-versions "${version:-0}" ge 1.81 ||
        stop "this system has no Boost 1.81 or newer; Debian 12 and Ubuntu 24.04 have"
    echo libboost-dev
}

# apt-get as root; --no-remove, so that nothing of the user's goes.
run_apt() {
    local command=(env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@")
    if [ "$(id -u)" -ne 0 ]; then command=(sudo "${command[@]}"); fi
    echo "+ ${command[*]}"
    "${command[@]}" || stop "the packages could not be installed; see above"
}

install_packages() {
    command -v apt-get >/dev/null ||
        stop "this system is neither Debian nor Ubuntu. Install what the packages ${*} hold" \
            "(libboost-dev: Boost 1.81 or newer), then use cmake as README.md says"

    local name missing=()
    for name in "$@"; do is_installed "$name" || missing+=("$name"); done
    if [ ${#missing[@]} -eq 0 ]; then return; fi

    echo "Missing: ${missing[*]}"
    [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
        stop "install these packages as root, then start again (libboost-dev: Boost 1.81 or newer)"
    run_apt update
    local packages=()
    for name in "${missing[@]}"; do
        if [ "$name" = libboost-dev ]; then name=$(boost_package) || exit 1; fi
        packages+=("$name")
    done
    run_apt install --yes --no-remove --no-install-recommends "${packages[@]}"
}
