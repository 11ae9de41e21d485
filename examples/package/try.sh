#!/bin/sh
# The life of the Debian package, in a copy of this machine that is thrown away: a file system over this machine's, in
# memory, in namespaces of its own, so that nothing here is changed. "try.sh --help" says what is played. Each step is
# checked, and the first that is not as it should be ends it with 1.
# Needs root on a Debian 12 or later with a Java runtime 17 or later in PATH, and the package:
#   mvn -B -ntp -DskipTests package
set -u

usage() {
    cat <<'END'
usage: try.sh [--systemd] [--lintian]

Installs the package, starts services by it, a user's too, upgrades it to a later version while they go on, kills the
launcher, removes and purges the package, and looks whether anything is left. About half a minute.

  --systemd  with a systemd as process 1, which starts, reloads and stops the unit; without, as on a machine of sysvinit
  --lintian  has lintian judge the package, too
END
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P) || exit 1

die() {
    echo "try.sh: $*" >&2
    exit 1
}

# await SECONDS CONDITION
await() {
    deadline=$(($(date +%s) + $1 + 1))
    until eval "$2" >/dev/null 2>&1; do
        [ "$(date +%s)" -lt "$deadline" ] || return 1
        sleep 0.05
    done
}

# ---- outside

if [ "${1-}" != --inside ]; then
    lintian=no systemd=no
    while [ $# -gt 0 ]; do
        case $1 in
            --lintian) lintian=yes ;;
            --systemd) systemd=yes ;;
            --help | -h)
                usage
                exit 0
                ;;
            *)
                echo "try.sh: unknown option $1; --help says what it does" >&2
                exit 2
                ;;
        esac
        shift
    done
    PATH=$PATH:/usr/sbin:/sbin
    [ "$(id -u)" -eq 0 ] || die "needs root, to install a package"
    for each in unshare nsenter chroot mount dpkg dpkg-deb; do
        command -v "$each" >/dev/null 2>&1 || die "there is no $each here"
    done
    set -- "${DEB_DIRECTORY:-$here/../../pekko-supervisor-runit-compat/deb/target}"/pekko-supervisor_*_all.deb
    [ -f "$1" ] || die "there is no package in ${1%/*}; make it by mvn -B -ntp -DskipTests package"
    [ $# -eq 1 ] || die "there are several packages in ${1%/*}; which of them?"
    package=$1
    if [ "$lintian" = yes ]; then
        command -v lintian >/dev/null || die "there is no lintian here; apt install lintian"
        lintian --fail-on error,warning --allow-root "$package" || die "lintian finds the package at fault, see above"
        echo '# lintian has nothing to say'
    fi
    work=$(mktemp -d "${TMPDIR:-/tmp}/package.XXXXXX") || die "no temporary directory could be made"
    engine=
    group=
    # the process that is process 1 in there
    find_first() {
        first=$(cat "/proc/$engine/task/$engine/children") && first=${first%% *} && [ -n "$first" ]
    }
    clean_up() {
        trap '' HUP INT TERM
        # what is inside ends with its process 1, and the mounts with the last of it
        if [ -n "$engine" ]; then
            find_first && kill -KILL "$first" || kill -KILL "$engine"
            wait "$engine"
        fi 2>/dev/null
        if [ -n "$group" ]; then
            # who was killed may be in there for a moment
            for _ in 1 2 3 4 5 6 7 8 9 10; do
                find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
                [ -d "$group" ] || break
                sleep 0.2
            done
        fi
        rm -rf "$work"
    }
    trap clean_up EXIT
    trap 'exit 130' HUP INT TERM
    if [ "$systemd" = yes ]; then
        # a control group that systemd may take for the root of all
        top=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)
        [ -x /lib/systemd/systemd ] && [ -n "$top" ] && mkdir "$top/${work##*/}" 2>/dev/null ||
            die "systemd cannot be process 1 here: it is not installed, or no control group can be made"
        group=$top/${work##*/}
    fi
    # of one that is killed at the end unshare has something to say
    [ "$systemd" = no ] || exec 3>&2 2>"$work/said"
    unshare --mount --pid --fork --kill-child /bin/sh "$0" --inside "$work" "$package" "$group" </dev/null 3>&- &
    engine=$!
    if [ "$systemd" = yes ]; then
        exec 2>&3 3>&-
    else
        wait "$engine"
        code=$?
        engine=
        exit "$code"
    fi
    enter() {
        nsenter --target "$first" --mount --pid --cgroup --root --wd env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
            LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@" </dev/null
    }
    await 60 'find_first && enter systemctl is-system-running' ||
        die "systemd cannot be process 1 here: $(cat "$work/said")"
    enter /bin/sh /run/play/try.sh --inside / /run/play/first.deb
    exit
fi

# ---- inside, before the change of the root

work=$2
package=$3
if [ "$work" != / ]; then
    group=$4
    if [ -n "$group" ] && [ "${in_group-}" != yes ]; then
        echo $$ >"$group/cgroup.procs" || exit
        in_group=yes exec unshare --cgroup /bin/sh "$0" "$@"
    fi
    mount --make-rprivate / || exit
    mount -t tmpfs -o mode=755 tmpfs "$work" || exit
    mkdir "$work/upper" "$work/work" "$work/root" || exit
    mount -t overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" overlay "$work/root" ||
        die "no file system can be laid over this machine's"
    cd "$work/root" || exit
    mount -t proc proc proc && mount -t tmpfs -o mode=755 tmpfs run && mount -t tmpfs -o mode=1777 tmpfs tmp &&
        mount -t tmpfs -o mode=755 tmpfs dev && mkdir run/lock run/play run/play/upper &&
        mount --bind "$work/upper" run/play/upper || exit
    for each in null zero random urandom full; do
        : >"dev/$each" && mount --bind "/dev/$each" "dev/$each" || exit
    done
    ln -s /proc/self/fd dev/fd
    cp "$package" run/play/first.deb && cp "$here/try.sh" run/play || exit
    if [ -n "$group" ]; then
        mount -t sysfs -o ro sysfs sys && mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup &&
            mount -t cgroup2 cgroup2 sys/fs/cgroup || exit
        # of this machine's own units it is to start none
        mkdir -p run/systemd/system
        for each in etc/systemd/system/*.wants/* lib/systemd/system/*.wants/*; do
            ln -sf /dev/null "run/systemd/system/${each##*/}"
        done
        : >etc/fstab
        exec env -i container=play PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot . /lib/systemd/systemd --system \
            --unit=basic.target --show-status=no --log-target=null >/dev/null 2>&1
    fi
    exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        chroot . /bin/sh /run/play/try.sh --inside / /run/play/first.deb
fi

# ---- inside

dist=/usr/lib/pekko-supervisor
services=/etc/pekko-supervisor/service
cd /run/play || exit

say() { printf '# %s\n' "$*"; }

# expect WHAT CONDITION
expect() {
    await 60 "$2" || {
        [ ! -f /var/log/pekko-supervisor.log ] || tail -n 20 /var/log/pekko-supervisor.log
        die "$1: not so: $2"
    }
    printf '%s\n' "$1"
}

# install FILE: without a complaint of anybody
install() {
    dpkg -i "$1" >said 2>&1 || {
        cat said
        die "dpkg -i $1 has failed"
    }
    ! grep -i -e warning -e error -e fatal -e pekko-supervisor: said || die "dpkg -i complains, see above"
}

# what is not as on this machine, but for what dpkg and man keep of all packages
inventory() {
    (
        cd /run/play/upper || exit
        find . \( -path ./var/lib/dpkg -o -path ./var/cache -o -path ./var/log/dpkg.log \) -prune -o ! -type d -print
        find . -type d -name '*pekko-supervisor*'
    ) | sort >"$1"
}

is_gone() {
    for each in "$@"; do
        [ ! -e "/proc/$each" ] || return 1
    done
}

if [ -d /run/systemd/system ]; then
    is_running() { systemctl --quiet is-active pekko-supervisor; }
    launcher() { systemctl show --value -p MainPID pekko-supervisor; }
    start() { :; }
    by='systemd, which also starts it again'
else
    is_running() { /etc/init.d/pekko-supervisor status; }
    launcher() { cat /run/pekko-supervisor.pid; }
    start() { invoke-rc.d pekko-supervisor start; }
    by='an init script'
    # a machine that sysvinit has started
    rm -f /sbin/runlevel
    printf '#!/bin/sh\necho N 2\n' >/sbin/runlevel
    chmod 755 /sbin/runlevel
fi
say "the launcher is started by $by"

# this machine's own way, and what would cost time
rm -f /usr/sbin/policy-rc.d /var/lib/man-db/auto-update
useradd --create-home alice || die "no user can be made"
mkdir /home/alice/service /home/alice/service/hers
# what it is to be told by is the process's name
printf '#!/bin/sh\nexec sleep 100000\n' >/home/alice/service/hers/run
chmod 755 /home/alice/service/hers/run
chown -R alice: /home/alice
# a Java runtime that is here, and no package
if [ -z "$(dpkg-query -W -f '${db:Status-Status} ${Provides}\n' | grep '^installed.*java17-runtime-headless')" ]; then
    command -v java >/dev/null || die "needs a Java runtime 17 or later"
    mkdir -p java/DEBIAN
    printf '%s\n' 'Package: java-of-this-machine' 'Version: 1' 'Architecture: all' 'Maintainer: nobody <nobody@localhost>' \
        'Provides: java17-runtime-headless' 'Description: stands for what is installed otherwise' >java/DEBIAN/control
    dpkg-deb -b java java.deb >/dev/null && dpkg -i java.deb >/dev/null || die 'no package for the Java runtime could be made'
fi
inventory before

mkdir second
dpkg-deb -R first.deb second
sed -i 's/^Version: .*/&+later/' second/DEBIAN/control
dpkg-deb -b -Zgzip second second.deb >/dev/null

say 'dpkg -i, where policy-rc.d forbids to start anything'
printf '#!/bin/sh\necho "$*" >>/run/play/policy\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
install first.deb
expect 'policy-rc.d was asked' "grep -q '^pekko-supervisor .*start' policy"
expect 'nothing was started' '! is_running'
rm /usr/sbin/policy-rc.d
expect 'archives of classes are there' "[ -s $dist/lib/made-for ]"
if command -v systemd-analyze >/dev/null; then
    systemd-analyze verify /usr/lib/systemd/system/pekko-supervisor.service >said 2>&1 || cat said
    systemd-analyze verify --user /usr/lib/systemd/user/pekko-supervisor.service >>said 2>&1
    ! grep pekko said || die "systemd finds something wrong with the units, see above"
    echo 'systemd-analyze verify has nothing to say of the units'
fi
if command -v man >/dev/null; then
    expect 'man finds a page' "man -w pekko-supervisor sv | grep -q pekko-supervisor-sv.8"
fi
expect "runit's own sv is what it was" "[ \"\$(dpkg -S /usr/bin/sv 2>&1)\" = 'runit: /usr/bin/sv' ] || ! [ -e /usr/bin/sv ]"

say 'dpkg -P of what was never started, and dpkg -i that starts'
dpkg -P pekko-supervisor >said 2>&1 || { cat said; die "dpkg -P has failed"; }
inventory after
diff before after || die "dpkg -P has left something, or taken something along, see above"
install first.deb
expect 'the launcher runs' is_running
launcher=$(launcher)

say 'services: one with a logger, and one that is a user'"'"'s own launcher'
cp -r /usr/share/doc/pekko-supervisor/examples/hello "$services"
cp -r /usr/share/doc/pekko-supervisor/examples/user-services "$services/services-of-alice"
expect 'hello runs' 'pekko-supervisor sv status hello | grep -q "^run: hello.*run: log"'
expect 'it writes its log' "grep -q 'hello 2 from' $services/hello/log/main/current"
expect 'hers runs' "SVDIR=/home/alice/service pekko-supervisor sv status hers | grep -q '^run: '"
# pids VARIABLE: of all that is to go on
pids() {
    for each in "$services/hello/supervise/pid" "$services/services-of-alice/supervise/pid" /home/alice/service/hers/supervise/pid; do
        read -r pid <"$each" && [ -d "/proc/$pid" ] || die "$each: nobody of this number"
        printf '%s ' "$pid"
    done
}
first=$(pids) || exit
hers=${first##* }
expect 'hers belongs to alice' "[ \"\$(stat -c %U /proc/${hers:-$(cat /home/alice/service/hers/supervise/pid)})\" = alice ]"
pekko-supervisor status || die 'not all is as it is wanted'

say 'dpkg -i of a later version: services go on'
install second.deb
expect 'it is installed' "dpkg-query -W -f '\${Version}' pekko-supervisor | grep -q later"
[ "$(pids)" = "$first" ] || die "services were restarted: $first, and now $(pids)"
echo 'the services have the process ids that they had'
[ "$(launcher)" = "$launcher" ] && [ -d "/proc/$launcher" ] || die 'the launcher has ended'
new=$(stat -L -c %i "$dist/lib/pekko-supervisor.jar")
expect 'the launcher, the same process, is the version that is installed' \
    "for each in /proc/$launcher/fd/*; do stat -L -c '%i %n' \$each; readlink \$each; done | grep -A1 '^$new ' | grep -q pekko-supervisor.jar"
say 'a Java runtime is upgraded: services go on, and the launcher is made anew by it'
made_for=$(cat "$dist/lib/made-for")
dpkg-trigger --by-package=java-common --no-await /usr/lib/jvm && dpkg --configure --pending >said 2>&1 || { cat said; die 'no trigger'; }
expect 'archives of classes were made anew' "[ -s $dist/lib/made-for ] && [ \"\$(cat $dist/lib/made-for)\" != '$made_for' ]"
[ "$(pids)" = "$first" ] && [ "$(launcher)" = "$launcher" ] || die "services were restarted: $first, and now $(pids)"
echo 'the services, and the launcher, have the process ids that they had'
expect 'sv has it do something' 'pekko-supervisor sv restart hello | grep -q "^ok: run: hello"'
[ "$(pids)" != "$first" ] || die 'sv restart has restarted nothing'
first=$(pids) || exit

if [ -d /run/systemd/system ]; then
    say "systemctl --user: a launcher of alice's own manager"
    id=$(id -u alice)
    mkdir -p "/run/user/$id" && chown alice "/run/user/$id"
    systemd-run --quiet --unit=manager-of-alice -p User=alice -p Delegate=yes -p Type=notify \
        -E "XDG_RUNTIME_DIR=/run/user/$id" /lib/systemd/systemd --user || die 'no manager'
    as_alice() {
        setpriv --reuid=alice --regid="$(id -g alice)" --init-groups --reset-env env PATH=/usr/bin:/bin \
            "XDG_RUNTIME_DIR=/run/user/$id" SVDIR=/home/alice/.config/pekko-supervisor/service "$@"
    }
    as_alice systemctl --user --quiet enable --now pekko-supervisor >said 2>&1 || { cat said; die 'no start'; }
    as_alice cp -r /usr/share/doc/pekko-supervisor/examples/hello /home/alice/.config/pekko-supervisor/service
    expect 'her service runs' 'as_alice pekko-supervisor sv status hello | grep -q "^run: "'
    her=$(cat /home/alice/.config/pekko-supervisor/service/hello/supervise/pid)
    # at its very start nobody can ask it yet
    expect 'a reload works' 'as_alice systemctl --user reload pekko-supervisor'
    as_alice systemctl --user kill -s KILL --kill-whom=main pekko-supervisor
    expect 'another launcher has adopted it' 'as_alice pekko-supervisor status | grep -q "hello.*adopted"'
    [ "$(cat /home/alice/.config/pekko-supervisor/service/hello/supervise/pid)" = "$her" ] || die 'it was restarted'
    as_alice systemctl --user stop pekko-supervisor || die 'no stop'
    expect 'it ends with a stop' "is_gone $her"
    systemctl stop manager-of-alice
    rm -rf /home/alice/.config
fi

say 'kill -9 of the launcher, and another one'
kill -9 "$launcher"
expect 'the launcher is gone' "is_gone $launcher"
[ "$(pids)" = "$first" ] || die 'services have ended with the launcher'
start >said 2>&1 || { cat said; die 'no start'; }
expect 'another one runs' "is_running && [ \$(launcher) != $launcher ]"
expect 'which has adopted all' 'pekko-supervisor status | grep -q "hello.*adopted"'
[ "$(pids)" = "$first" ] || die 'services were restarted'
# what was written while hello ran last: from 1 on without a gap
awk '/from/ { if ($2 == "hello" && $3 == 1) n = 0; n++; if ($3 != n) { print "line " NR ": " $0; bad = 1 } } END { exit bad || NR < 4 }' \
    "$services/hello/log/main/current" || die 'lines of the log are missing, or there twice'
echo 'no line of the log is missing, and none is there twice'

say 'dpkg -r: services are stopped'
# shellcheck disable=SC2046
set -- $(pids) "$(launcher)"
dpkg -r pekko-supervisor >said 2>&1 || { cat said; die "dpkg -r has failed"; }
expect 'all have ended' "is_gone $*"
[ -e /etc/default/pekko-supervisor ] || die 'settings were removed, not only by purge'
say 'dpkg -i of what was removed starts it again'
install first.deb
expect 'the launcher runs' is_running
expect 'hello runs' 'pekko-supervisor sv status hello | grep -q "^run: hello.*run: log"'
say 'dpkg -P'
# shellcheck disable=SC2046
set -- $(pids) "$(launcher)"
dpkg -P pekko-supervisor >said 2>&1 || { cat said; die "dpkg -P has failed"; }
expect 'all have ended' "is_gone $*"
# the operator's own, and the user's
[ -x "$services/hello/run" ] || die 'an operator'"'"'s service directory was removed'
rm -r /etc/pekko-supervisor
rm -rf /home/alice/service/.pekko-supervisor /home/alice/service/hers/supervise
inventory after
diff before after || die "dpkg -P has left something, or taken something along, see above"
echo 'nothing is left'
