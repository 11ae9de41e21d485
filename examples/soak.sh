#!/bin/sh
# Disturbs services and this project's launcher at random, for as long as is wanted, and judges all the time what becomes
# of them. "soak.sh --help" lists the options. Builds what is missing first; needs Linux (/proc), perl, util-linux
# (setsid, prlimit), a JDK in JAVA_HOME or PATH, and Maven for the build.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
top=$(dirname -- "$here")
classes=$here/target/classes
jar=$top/pekko-supervisor-runit-compat/target/pekko-supervisor.jar
main=io.github.pekkosupervisor.examples.soak.Soak

java=java
if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
fi
for program in "$java" perl setsid; do
    if ! command -v "$program" >/dev/null 2>&1; then
        echo "soak.sh: no $program found; needs a JDK 17 or later in JAVA_HOME or PATH, perl and util-linux" >&2
        exit 3
    fi
done

dist=$top/pekko-supervisor-runit-compat/target/dist/bin
case " $* " in
    *" --help "*) dist= ;; # says what there is with whatever has been built
esac
if [ ! -f "$classes/$(echo "$main" | tr . /).class" ] || [ ! -x "$dist/runsvdir" ] || [ ! -f "$jar" ]; then
    "$top/examples/build.sh" examples || exit 3
fi

# What is mounted is seen by nobody else, and goes with the last process, however that ends.
set -- "$java" -XX:+UseSerialGC -Xshare:auto -Xmx256m -Dbenchmark.home="$top" -cp "$classes:$jar" "$main" "$@"
if [ "$(id -u)" = 0 ] && unshare --mount true 2>/dev/null; then
    set -- unshare --mount "$@"
fi
exec "$@"
