# SPDX-License-Identifier: BSL-1.0
# A fresh Debian in a folder, in which commands run as on another computer (chroot). Needs root. To be sourced by a bash
# script after cmake/setup.sh, with debootstrap installed.
# shellcheck shell=bash

# Lays out the release $1 in the folder $2, once. Its packages come from where this system has its own from.
lay_out() {
    [ "$(id -u)" -eq 0 ] || stop "a chroot needs root"
    if [ -e "$2/done" ]; then return; fi
    rm -rf "$2"
    mkdir -p "$2"
    debootstrap --variant=minbase "$1" "$2" >"$2.log" || stop "Debian $1 was not laid out; see $2.log"
    rm -rf "$2"/etc/apt/sources.list*
    cp -r /etc/apt/sources.list* "$2/etc/apt/"
    # shellcheck source=/dev/null
    find "$2"/etc/apt/sources.list* -type f -exec sed -i "s/\b$(. /etc/os-release && echo "$VERSION_CODENAME")\b/$1/g" {} +
    touch "$2/done"
}

# Puts a copy of the folder $1 in place of the folder $2.
copy_fresh() {
    rm -rf "$2"
    cp -a "$1" "$2"
    cp -L /etc/resolv.conf "$2/etc/" 2>/dev/null || true
}

# Mounts in the folder $1 what programs need, until this script ends. apt writes its log by a terminal of its own.
mount_system() {
    mount -t proc proc "$1/proc"
    # shellcheck disable=SC2064 # the folder of now
    trap "umount '$1/proc'" EXIT
    mount --bind /dev/pts "$1/dev/pts"
    # shellcheck disable=SC2064
    trap "umount '$1/dev/pts' '$1/proc'" EXIT
}
