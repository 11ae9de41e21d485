#!/usr/bin/env bash
# The way of somebody who has never seen this project, with a clock: from an empty directory and a repository that has its
# artifacts to a side-car with readiness, "sv restart" of it, a kill -9 of the JVM, and nothing left. What each step says
# is checked. The repository is target/staging, so "mvn -P release -DskipTests verify" comes first.
set -u
me=stranger.sh
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
work=$(mktemp -d)
trap clean_up EXIT
. "$top/examples/packaging/lib.sh"

# more than anybody has patience for
limit=60
began=$(date +%s%N)
last=$began
# done_with WORDS: says what that took
done_with() {
    local now
    now=$(date +%s%N)
    printf '%s: %6.2f s  %s\n' "$me" "$(((now - last) / 10000000))e-2" "$*"
    last=$now
}

# ours, as it comes with the artifacts
our_sv() {
    SVDIR=$work/sv java -cp "$app/target/lib/*" io.github.pekkosupervisor.runit.launcher.Main sv "$@" 2>&1
}
# the machine's own, where there is one
any_sv() {
    if command -v sv >/dev/null; then SVDIR=$work/sv sv "$@" 2>&1; else our_sv "$@"; fi
}
# expect PATTERN TEXT
expect() {
    [[ $2 =~ $1 ]] || die "not as it should be: \"$2\" instead of $1"
}

# the processes that the application's JVM and whoever it started have left their mark on
marked() {
    grep -lz "^PKS_STRANGER=$work$" /proc/[0-9]*/environ 2>/dev/null | sed 's,/proc/,,; s,/environ,,'
}

prepare_maven
done_with "a local repository without us in it"

app=$work/app
[ ! -e "$app" ] || die "$app is not empty"
mkdir "$app"
cp -r "$top/examples/packaging/app/pom.xml" "$top/examples/packaging/app/src" "$app"
done_with "a pom and a class of 25 lines, from examples/packaging/app"

maven "$app"
[ -f "$app/target/shop.jar" ] || die "the build made no jar"
[ -f "$app/target/lib/pekko-supervisor-core-$version.jar" ] || die "the build did not take core $version"
done_with "mvn package, with pekko-supervisor $version from the repository"

# what it starts has this too
export PKS_STRANGER=$work
start java -cp "$app/target/shop.jar:$app/target/lib/*" shop.Main
expect "^up: $sidecar$" "$(grep '^up' "$work/out")"
export -n PKS_STRANGER
done_with "started: the side-car is ready"

status=$(our_sv status sidecar) || die "sv status: $status"
expect "^run: sidecar: \(pid $sidecar\) [0-9]+s$" "$status"
done_with "sv status sidecar, by our sv"

before=$sidecar
# sv compares whole seconds, and would take who has been started within the same one for who comes after the restart
for _ in $(seq 100); do
    [[ ! $(any_sv status sidecar) =~ \ [1-9][0-9]*s$ ]] || break
    sleep 0.1
done
restarted=$(any_sv restart sidecar) || die "sv restart: $restarted"
expect '^ok: run: sidecar: \(pid ([0-9]+)\) [0-9]+s$' "$restarted"
sidecar=${BASH_REMATCH[1]}
[ "$sidecar" != "$before" ] || die "sv restart left the same process: $restarted"
! runs "$before" || die "the side-car from before the restart is left"
# sv has told of its start; it is the side-car when it has got ready
for _ in $(seq 100); do
    ! runs "$sidecar" || break
    sleep 0.1
done
runs "$sidecar" || die "process $sidecar is not the side-car"
done_with "sv restart sidecar: $restarted"

[[ $'\n'$(marked)$'\n' == *$'\n'$sidecar$'\n'* ]] || die "the side-car is not found by its mark"
kill_jvm
done_with "kill -9 of the JVM: the side-car is gone"

status=$(any_sv status sidecar) && die "sv says all is well although the JVM is dead: $status"
expect "sidecar: " "$status"
left=$(marked)
[ -z "$left" ] || die "processes are left: $(ps -o pid,args -p "${left//$'\n'/,}")"
done_with "nothing left, and sv says so: $status"

took=$(((last - began) / 10000000))
[ "$took" -le $((limit * 100)) ] || die "it took ${took}e-2 s, more than $limit s"
printf '%s: from nothing to nothing left in %.2f s\n' "$me" "${took}e-2"
