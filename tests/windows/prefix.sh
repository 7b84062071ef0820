# SPDX-License-Identifier: BSL-1.0
# The folder with all that is built for Windows against: links to the headers of header-only libraries, and OpenSSL,
# built once. To be sourced by a bash script after cmake/setup.sh.
# shellcheck shell=bash

# Links the headers in /usr/include/$2 into the prefix $1, and copies CMake's files for them from the folder $3, if any.
link_headers() {
    mkdir -p "$1/include" "$1/share/cmake"
    ln -sfn "/usr/include/$2" "$1/include/$2"
    [ -n "${3:-}" ] || return 0
    cp -rL "$3" "$1/share/cmake/"
    rm -f "$1/share/cmake/${3##*/}"/*Targets-*.cmake # they name libraries that are built for this system
}

# Puts all but OpenSSL into the prefix $1.
link_all_headers() {
    link_headers "$1" boost
    link_headers "$1" nlohmann /usr/share/cmake/nlohmann_json
    link_headers "$1" CLI /usr/share/cmake/CLI11
    link_headers "$1" catch2 /usr/lib/cmake/Catch2
}

# Fetches the source of OpenSSL 3.5 as Debian has it into the folder $1. The newest one that is listed may not be where the
# packages come from yet, so the next one is tried then.
fetch_openssl() {
    local uri options version
    uri=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources | head -n 1)
    mkdir -p "$1"/lists/partial "$1"/cache/archives/partial
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri trixie main" >"$1/sources.list"
    options=(-qq -o "Dir::Etc::SourceList=$1/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$1/lists" -o "Dir::Cache=$1/cache" -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update
    for version in $(apt-cache "${options[@]}" showsrc openssl | sed -n 's/^Version: //p' | sort -rV); do
        rm -f "$1"/openssl_*
        (cd "$1" && apt-get "${options[@]}" source --download-only "openssl=$version") && return
    done
    stop "the source of OpenSSL could not be had"
}

# Builds OpenSSL into the prefix $1, in the folder $2, as static libraries without what nobody here calls.
build_openssl() {
    if [ -e "$1/lib/libssl.a" ]; then return; fi
    rm -rf "$2"
    mkdir -p "$2/tree"
    fetch_openssl "$2"
    tar -xf "$2"/openssl_*.orig.tar.gz -C "$2/tree" --strip-components=1
    (
        cd "$2/tree" || exit 1
        perl Configure mingw64 no-shared no-tests no-asm no-docs no-apps no-module no-legacy \
            --cross-compile-prefix=x86_64-w64-mingw32- "--prefix=$1" --libdir=lib &&
            make --jobs="$(nproc)" build_libs &&
            make install_dev
    ) >"$2.log" 2>&1 || stop "OpenSSL was not built; see $2.log"
    rm -rf "$2"
}
