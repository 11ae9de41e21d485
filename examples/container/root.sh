#!/bin/sh
# root.sh ROOT DIST SERVICES [PROGRAM...]: makes a root file system below ROOT as an image for a JDK has it, of what this
# machine has: the JDK of JAVA_HOME at its place, /bin/sh, each PROGRAM at its place, the libraries that they need, DIST in
# /opt/pekko-supervisor and SERVICES in /etc/service. There is nothing else: no shell utilities, no /etc/passwd.
# Nothing can be written but /run and /tmp, and nothing be executed in /tmp.
#
# To be run in a mount namespace of its own, as its root: see try.sh. With ARCHIVE=yes archives of classes are made too,
# as in the Dockerfile; without, the distribution is what it is after a move.
#
# With DOCKERFILE=FILE what is brought along is what that file says: its COPY, RUN and ENV are played one after the other, with
# DIST and SERVICES as "dist" and "service" of its context, and what it says of the run (ENV, USER, ENTRYPOINT) is written to
# ROOT.image, as a script. Its FROM is taken for the JDK of JAVA_HOME. Anything else that a Dockerfile can say is refused.
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

# ---- a shell, and what else is asked for

mkdir -p etc bin
copy /bin/sh "$@"
copy $(libraries /bin/sh "$@")

# ---- what an engine brings

mkdir -p dev proc run tmp
mount -t proc proc proc
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs run
mount -t tmpfs -o mode=1777,nosuid,nodev,noexec tmpfs tmp
for each in null zero random urandom; do
    : >"dev/$each"
    mount --bind "/dev/$each" "dev/$each"
done

# ---- what we bring

bring() {
    mkdir -p opt/pekko-supervisor
    cp -r "$dist/." opt/pekko-supervisor
    cp -r "$services" etc/service
    for each in etc/service/*; do
        [ -e "$each/supervise" ] || ln -s "/run/service/${each##*/}" "$each/supervise"
        [ ! -d "$each/log" ] || [ -e "$each/log/supervise" ] || ln -s "/run/service/${each##*/}.log" "$each/log/supervise"
    done
    if [ "${ARCHIVE:-no}" = yes ]; then
        JAVA_HOME=$jdk chroot . /opt/pekko-supervisor/bin/pekko-supervisor archive
    fi
}

# ---- or what a Dockerfile says

# a list of strings, without escapes, as words of a shell
words() {
    case $1 in
        '["'*'"]') ;;
        *) refuse "$1 is no list of strings" ;;
    esac
    case $1 in
        *[\'\\]*) refuse "nothing is known here of escapes, as in $1" ;;
    esac
    printf '%s' "$1" | sed "s/^\\[\"/'/; s/\"\\]\$/'/; s/\", *\"/' '/g"
}

refuse() {
    echo "root.sh: $DOCKERFILE: $1" >&2
    exit 1
}

# COPY FROM TO: of a directory what is in it
copy_in() {
    case $1 in
        dist) from=$dist ;;
        service) from=$services ;;
        *) from=${DOCKERFILE%/*}/$1 ;;
    esac
    mkdir -p ".$2"
    cp -rL "$from/." ".$2"
}

# A value may use what the environment is before its line.
environment="JAVA_HOME='$jdk' PATH='$jdk/bin:/usr/local/bin:/usr/bin:/bin'"
set_environment() {
    before=$environment
    for each in "$@"; do
        value=$(eval "env -i $before /bin/sh -c 'printf %s \"${each#*=}\"'")
        environment="$environment ${each%%=*}='$value'"
    done
}

play() {
    started=no user='' entrypoint=''
    while read -r instruction rest; do
        [ "$started" = yes ] || [ "$instruction" = FROM ] || refuse "begins with $instruction, and not with FROM"
        # shellcheck disable=SC2086
        case $instruction in
            FROM) started=yes ;;
            COPY) copy_in $rest ;;
            RUN)
                case $rest in
                    '['*) command=$(words "$rest") || exit ;;
                    *) command='/bin/sh -c "$rest"' ;;
                esac
                eval "env -i $environment $(command -v chroot) . $command" </dev/null || refuse "fails: RUN $rest"
                ;;
            ENV) set_environment $rest ;;
            USER) user=$rest ;;
            ENTRYPOINT) entrypoint=$(words "$rest") || exit ;;
            STOPSIGNAL) [ "$rest" = SIGTERM ] || refuse "try.sh stops by TERM, and not by $rest" ;;
            *) refuse "nothing is known here of $instruction" ;;
        esac
    done
    printf '%s\n' "environment=\"$environment\"" "user='$user'" "entrypoint=\"$entrypoint\"" >"$root.image"
}

if [ -n "${DOCKERFILE-}" ]; then
    # without comments, and a line in one
    sed -e '/^[[:space:]]*#/d' -e '/^[[:space:]]*$/d' -e ':more' -e '/\\$/{N;s/\\\n//;bmore' -e '}' "$DOCKERFILE" >"$root.lines"
    play <"$root.lines"
    rm "$root.lines"
else
    bring
fi
mount -o remount,bind,ro "$root"
