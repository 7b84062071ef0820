# SPDX-License-Identifier: BSL-1.0
# The folder with all that is built for Windows against: links to the headers of header-only libraries, and OpenSSL and
# SQLite, built once. To be sourced by a bash script after cmake/setup.sh.
# shellcheck shell=bash

# shellcheck source-path=SCRIPTDIR source=../support/package_lists.sh
. "$(dirname "${BASH_SOURCE[0]}")/../support/package_lists.sh"

# Links the headers in /usr/include/$2 into the prefix $1, and copies CMake's files for them from the folder $3, if any.
link_headers() {
    mkdir -p "$1/include" "$1/share/cmake"
    ln -sfn "/usr/include/$2" "$1/include/$2"
    [ -n "${3:-}" ] || return 0
    cp -rL "$3" "$1/share/cmake/"
    rm -f "$1/share/cmake/${3##*/}"/*Targets-*.cmake # they name libraries that are built for this system
}

# Puts all but OpenSSL and SQLite into the prefix $1.
link_all_headers() {
    link_headers "$1" boost
    link_headers "$1" nlohmann /usr/share/cmake/nlohmann_json
    link_headers "$1" CLI /usr/share/cmake/CLI11
    link_headers "$1" catch2 /usr/lib/cmake/Catch2
}

# Fetches the source $2 as Debian 13 has it and unpacks it into the folder $1/tree. The newest one that is listed may not be
# where the packages come from yet, so the next one is tried then.
fetch_source() {
    local version
    rm -rf "$1"
    mkdir -p "$1/tree"
    open_lists "$1" "$(dpkg --print-architecture)" "deb-src trixie"
    for version in $(apt-cache "${list_options[@]}" showsrc "$2" | sed -n 's/^Version: //p' | sort -rV); do
        rm -f "$1/$2"_*
        (cd "$1" && apt-get "${list_options[@]}" source --download-only "$2=$version") || continue
        tar -xf "$1/$2"_*.orig.tar.?z -C "$1/tree" --strip-components=1
        return
    done
    stop "the source of $2 could not be had"
}

# Builds OpenSSL into the prefix $1, in the folder $2, as static libraries without what nobody here calls, which is more
# than a quarter of its files. DES stays: keys are encrypted with its triple.
build_openssl() {
    local left_out=(apps argon2 aria asm bf blake2 camellia cast cmac cmp cms comp ct docs dsa dtls ec2m engine gost http
        idea integrity-only-ciphers legacy md4 ml-dsa ml-kem module ocb ocsp poly1305 quic rc2 rc4 rmd160 scrypt seed shared
        siphash siv slh-dsa sm2 sm3 sm4 sock srp srtp ssl-trace tests ts whirlpool)
    if [ -e "$1/lib/libssl.a" ]; then return; fi
    fetch_source "$2" openssl
    (
        cd "$2/tree" || exit 1
        perl Configure mingw64 "${left_out[@]/#/no-}" --cross-compile-prefix=x86_64-w64-mingw32- \
            "--prefix=$1" --libdir=lib &&
            make --jobs="$(nproc)" build_libs &&
            make install_dev
    ) >"$2.log" 2>&1 || stop "OpenSSL was not built; see $2.log"
    rm -rf "$2"
}

# Builds SQLite into the prefix $1, in the folder $2, as a static library.
build_sqlite() {
    if [ -e "$1/lib/libsqlite3.a" ]; then return; fi
    fetch_source "$2" sqlite3
    (
        cd "$2/tree" || exit 1
        ./configure --disable-shared &&
            make sqlite3.c &&
            x86_64-w64-mingw32-gcc-posix -O2 -c sqlite3.c -o sqlite3.o &&
            mkdir -p "$1/lib" "$1/include" &&
            cp sqlite3.h "$1/include" &&
            x86_64-w64-mingw32-ar rc "$1/lib/libsqlite3.a" sqlite3.o
    ) >"$2.log" 2>&1 || stop "SQLite was not built; see $2.log"
    rm -rf "$2"
}
