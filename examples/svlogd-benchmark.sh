#!/bin/sh
# Compares logging with real runit and with this project, side by side in one run. "svlogd-benchmark.sh --help" lists the
# options. Builds what is missing first; needs Linux (/proc), a JDK in JAVA_HOME or PATH, and Maven for the build.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
top=$(dirname -- "$here")
classes=$here/target/classes
main=io.github.pekkosupervisor.examples.SvlogdBenchmark

java=java
if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
fi
if ! command -v "$java" >/dev/null 2>&1; then
    echo "svlogd-benchmark.sh: no java found; set JAVA_HOME to a JDK 17 or later, or put its bin directory into PATH" >&2
    exit 3
fi

dist=$top/pekko-supervisor-runit-compat/target/dist/bin
case " $* " in
    *" --help "*) dist= ;; # not needed
esac
if [ ! -f "$classes/$(echo "$main" | tr . /).class" ] || { [ -n "$dist" ] && [ ! -x "$dist/svlogd" ]; }; then
    "$top/examples/build.sh" examples || exit 3
fi

# Each log of the tree takes a few descriptors of one JVM; a lower soft limit would be measured instead of us.
ulimit -n "$(ulimit -H -n)" || echo "svlogd-benchmark.sh: could not raise the limit of open files, going on" >&2

exec "$java" -XX:+UseSerialGC -Xshare:auto -Dbenchmark.home="$top" -cp "$classes" "$main" "$@"
