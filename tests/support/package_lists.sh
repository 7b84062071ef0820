# SPDX-License-Identifier: BSL-1.0
# Lists of Debian's packages beside those of this computer: what they have can be fetched and unpacked, and nothing is
# installed. To be sourced by a bash script.
# shellcheck shell=bash

# Fetches the lists of suites into the folder $1, for the architecture $2. Each other argument is a kind and a suite, such as
# "deb sid" or "deb-src trixie". From then on list_options is what apt-get and apt-cache need to look into them.
open_lists() {
    local folder=$1 architecture=$2 uri kind suite line
    shift 2
    uri=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources | head -n 1)
    mkdir -p "$folder"/{lists/partial,cache/archives/partial}
    for line; do
        read -r kind suite <<<"$line"
        echo "$kind [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $suite main"
    done >"$folder/sources"
    list_options=(-qq -o "APT::Architecture=$architecture" -o "APT::Architectures=$architecture"
        -o "Dir::Etc::sourcelist=$folder/sources" -o Dir::Etc::sourceparts=/dev/null
        -o "Dir::State::lists=$folder/lists" -o "Dir::Cache=$folder/cache" -o Dir::State::status=/dev/null
        -o APT::Sandbox::User=root -o Acquire::Check-Valid-Until=false) # a mirror may be weeks behind
    apt-get "${list_options[@]}" update
}
