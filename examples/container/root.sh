#!/bin/sh
# root.sh ROOT DIST SERVICES [PROGRAM...]: makes a root file system below ROOT as an image for a JDK has it, of what this
# machine has: the JDK of JAVA_HOME at its place, /bin/sh, each PROGRAM at its place, the libraries that they need, DIST in
# /opt/pekko-supervisor and SERVICES in /etc/service. There is nothing else: no shell utilities, no /etc/passwd.
# Nothing can be written but /run and /tmp, and nothing be executed in /tmp.
#
# To be run in a mount namespace of its own, as its root: see try.sh. With ARCHIVE=yes archives of classes are made too,
# as in the Dockerfile; without, the distribution is what it is after a move.
set -eu

root=$1 dist=$2 services=$3
shift 3
# chroot and mount are here on some machines
PATH=$PATH:/usr/sbin:/sbin

mkdir -p "$root"
mount --bind "$root" "$root"
cd "$root"

# a file at the same place, be it a link here
copy() {
    for file in "$@"; do
        [ -e ".$file" ] || { mkdir -p ".${file%/*}" && cp -L "$file" ".$file"; }
    done
}

# what is loaded into a program, the loader first of all
libraries() {
    for file in "$@"; do
        ldd "$file" 2>/dev/null | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p'
    done | sort -u
}

# ---- the JDK at its place; what its links lead to elsewhere, as its settings in /etc, too

jdk=$(cd "$JAVA_HOME" && pwd -P)
mkdir -p ".$jdk"
mount --bind "$jdk" ".$jdk"
mount -o remount,bind,ro ".$jdk"
find "$jdk/conf" "$jdk/lib" -type l | while read -r link; do
    target=$(readlink -f "$link") || continue
    case $target in
        "$jdk"/*) ;;
        *) [ ! -f "$target" ] || copy "$target" ;;
    esac
done
copy $(libraries "$jdk/bin/java" "$jdk/lib/server/libjvm.so" "$jdk"/lib/lib[jnvz]*.so "$dist"/lib/native/*)

# ---- what we bring

mkdir -p opt/pekko-supervisor etc bin
cp -r "$dist/." opt/pekko-supervisor
cp -r "$services" etc/service
copy /bin/sh "$@"
copy $(libraries /bin/sh "$@")
for each in etc/service/*; do
    [ -e "$each/supervise" ] || ln -s "/run/service/${each##*/}" "$each/supervise"
    [ ! -d "$each/log" ] || [ -e "$each/log/supervise" ] || ln -s "/run/service/${each##*/}.log" "$each/log/supervise"
done

# ---- what an engine brings

mkdir -p dev proc run tmp
mount -t proc proc proc
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs run
mount -t tmpfs -o mode=1777,nosuid,nodev,noexec tmpfs tmp
for each in null zero random urandom; do
    : >"dev/$each"
    mount --bind "/dev/$each" "dev/$each"
done

if [ "${ARCHIVE:-no}" = yes ]; then
    JAVA_HOME=$jdk chroot . /opt/pekko-supervisor/bin/pekko-supervisor archive
fi
mount -o remount,bind,ro "$root"
