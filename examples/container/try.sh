#!/bin/sh
# The container of the Dockerfile beside this, without an engine: the same root file system, made of this machine's JDK and
# libraries, read-only, in namespaces of its own, as a user who is in no file. "try.sh --help" says what is to be seen.
# Builds what is missing first; needs Linux, a JDK 17 or later, Maven, and unshare, nsenter and chroot, which most machines
# have (util-linux, coreutils). Root is not needed where users may make namespaces.
set -u

usage() {
    cat <<'END'
usage: try.sh [--dockerfile]

Starts two services, db and web, below a runsvdir that is process 1 of a container, asks sv for them, and stops the
container as an engine does, by TERM: web ends first, then db, and the exit code is 0. Ends by itself in about ten
seconds, and leaves nothing behind.

  --dockerfile  builds the root file system by the lines of the Dockerfile, and runs it as that says
END
}

dockerfile=
case ${1-} in
    '') ;;
    --dockerfile) dockerfile=Dockerfile ;;
    --help | -h)
        usage
        exit 0
        ;;
    *)
        echo "try.sh: unknown option $1; --help says what it does" >&2
        exit 2
        ;;
esac

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P) || exit 1
top=$(CDPATH='' cd -- "$here/../.." && pwd -P) || exit 1
dist=${DIST:-$top/pekko-supervisor-runit-compat/target/dist}

die() {
    echo "try.sh: $*" >&2
    exit 1
}

# ---- what is needed

PATH=$PATH:/usr/sbin:/sbin
for each in unshare nsenter chroot mount ldd; do
    command -v "$each" >/dev/null 2>&1 || die "there is no $each here; install util-linux and coreutils"
done
if ! [ -x "${JAVA_HOME:-/nonexistent}/bin/java" ]; then
    java=$(command -v java) || die "no java found; set JAVA_HOME to a JDK 17 or later, or put its bin directory into PATH"
    java=$(readlink -f "$java")
    JAVA_HOME=${java%/bin/java}
fi
export JAVA_HOME
user=
alone=
if [ "$(id -u)" -ne 0 ]; then
    user=--map-root-user
    alone='--user --preserve-credentials'
fi
unshare $user --mount --pid --fork true 2>/dev/null ||
    die "no namespaces can be made here; try it as root, or where users may make them"
if ! [ -x "$dist/bin/runsvdir" ]; then
    "$top/examples/build.sh" pekko-supervisor-runit-compat || die "the build failed, see above"
fi

# ---- leaving nothing behind

work=
engine=
first=

# the process that is process 1 in there
find_first() {
    first=$(cat "/proc/$engine/task/$engine/children") && first=${first%% *} && [ -n "$first" ]
}

clean_up() {
    trap '' HUP INT TERM
    # what is in the container ends with its process 1, and the mounts with the last of it
    if [ -n "$engine" ]; then
        find_first && kill -KILL "$first" || kill -KILL "$engine"
        wait "$engine"
    fi 2>/dev/null
    [ -z "$work" ] || rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# await SECONDS CONDITION
await() {
    deadline=$(($(date +%s) + $1 + 1))
    until eval "$2" >/dev/null 2>&1; do
        [ "$(date +%s)" -lt "$deadline" ] || return 1
        sleep 0.05 2>/dev/null || sleep 1
    done
}

work=$(mktemp -d "${TMPDIR:-/tmp}/container.XXXXXX") || die "no temporary directory could be made"
chmod 755 "$work"

# ---- the container

[ -z "$dockerfile" ] || echo '# docker build -t services examples/container                              (here: root.sh)'
echo '# docker run --read-only --tmpfs /run --name services services      (here: unshare, chroot)'
# as whom: a user whom nobody knows, where this is not a user already who may be no other
as=
[ -n "$user" ] || as=--userspec=12345:12345
if [ -n "$dockerfile" ]; then
    # shellcheck disable=SC2016,SC2086
    DOCKERFILE=$here/$dockerfile unshare $user --mount --pid --fork --kill-child /bin/sh -c '
        "$1/root.sh" "$2/root" "$3" "$1/service" /bin/sleep /bin/ln >&2 || exit
        . "$2/root.image"
        as=
        [ -z "$4" ] || [ -z "$user" ] || as=--userspec=$user:$user
        root=$2/root within=${5:+--stop-within $5}
        eval "set -- $entrypoint"
        program=$1
        shift
        eval "exec env -i $environment $(command -v chroot) $as \"\$root\" \"\$program\" $within \"\$@\""
    ' sh "$here" "$work" "$dist" "$as" "${STOP_WITHIN-}" </dev/null &
else
    # shellcheck disable=SC2016,SC2086
    unshare $user --mount --pid --fork --kill-child /bin/sh -c '
        ARCHIVE=yes "$1/root.sh" "$2/root" "$3" "$1/service" /bin/sleep >&2 || exit
        exec chroot $4 "$2/root" /opt/pekko-supervisor/bin/runsvdir --stop-within "$5" --supervise-in /run/service /etc/service
    ' sh "$here" "$work" "$dist" "$as" "${STOP_WITHIN:-8s}" </dev/null &
fi
engine=$!

# in_container NAME: as docker exec, for the program of this name
in_container() {
    nsenter --target "$first" $alone --mount --pid --root --wd /opt/pekko-supervisor/bin/"$@"
}
export SVDIR=/etc/service
await 120 'find_first && in_container sv check db web' || die "the services did not start, see above"

echo '# docker exec services sv status db web'
in_container sv status db web
echo '# docker stop services'
kill -TERM "$first"
wait "$engine"
code=$?
engine=
echo "# the exit code of the container: $code"
[ "$code" -eq 0 ]
