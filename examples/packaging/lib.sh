# For what is built and run as by a stranger: a local repository of its own, and a JVM that is started, waited for and killed.
# Needs $top (the project) and $work (a temporary directory); what is started is in $jvm, what it printed in $work/out.

die() {
    echo "$me: $*" >&2
    [ ! -s "$work/out" ] || sed 's/^/  | /' "$work/out" >&2
    exit 1
}

# What others have made is taken from the user's repository (as links, where that can be), ours only from what is staged.
prepare_maven() {
    staged=$top/target/staging
    [ -d "$staged" ] || die "nothing is staged in $staged; run mvn -P release -DskipTests verify"
    version=$(ls "$staged/io/github/pekkosupervisor/pekko-supervisor-bom" | grep -v metadata)
    users=${MAVEN_LOCAL_REPOSITORY:-$HOME/.m2/repository}
    mkdir -p "$users"
    cp -al "$users" "$work/repository" 2>/dev/null || { rm -rf "$work/repository"; cp -a "$users" "$work/repository"; }
    rm -rf "$work/repository/io/github/pekkosupervisor" "$work/repository/shop"
}

# maven DIRECTORY: builds a project of a stranger there
maven() {
    (cd "$1" && mvn -B -ntp -q -Dmaven.repo.local="$work/repository" -Dpekko-supervisor.version="$version" \
        -Dstaged="file://$staged" clean package </dev/null) >"$work/out" 2>&1 || die "the build in $1 failed"
}

jvm=
sidecar=
# start WORD...: until the application has said that it is up
start() {
    rm -rf "$work/sv"
    : >"$work/out"
    "$@" "$work/sv" >"$work/out" 2>"$work/err" &
    jvm=$!
    for _ in $(seq 300); do
        sidecar=$(sed -n 's/^up: //p' "$work/out")
        [ -z "$sidecar" ] || break
        kill -0 "$jvm" 2>/dev/null || { cat "$work/err" >>"$work/out"; die "it ended: $*"; }
        sleep 0.1
    done
    [ -n "$sidecar" ] || { cat "$work/err" >>"$work/out"; die "not up within 30 s: $*"; }
    runs "$sidecar" || die "process $sidecar is not the side-car"
}

# With KILL, which no JVM can do anything about: within 5 s no side-car is left.
kill_jvm() {
    kill -KILL "$jvm"
    wait "$jvm" 2>/dev/null
    jvm=
    for _ in $(seq 50); do
        runs "$sidecar" || return 0
        sleep 0.1
    done
    die "side-car $sidecar is left after a kill -9 of the JVM"
}

runs() {
    [ "$({ tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null)" = "sleep 100000 " ]
}

clean_up() {
    [ -z "$jvm" ] || kill -KILL "$jvm" 2>/dev/null
    rm -rf "$work"
}
