#!/bin/sh
# Plays the death of a supervisor, kill -9 and a new start, on runit, s6 and this project, and counts what becomes of
# the services. "adoption-benchmark.sh --help" lists the options. Builds what is missing first; needs Linux (/proc), perl,
# a JDK in JAVA_HOME or PATH, and Maven for the build. A peer that is not installed is left out, and that is said.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
top=$(dirname -- "$here")
classes=$here/target/classes
main=io.github.pekkosupervisor.examples.AdoptionBenchmark

java=java
if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
fi
if ! command -v "$java" >/dev/null 2>&1; then
    echo "adoption-benchmark.sh: no java found; set JAVA_HOME to a JDK 17 or later, or put its bin directory into PATH" >&2
    exit 3
fi

dist=$top/pekko-supervisor-runit-compat/target/dist/bin
if [ ! -f "$classes/$(echo "$main" | tr . /).class" ] || [ ! -x "$dist/runsvdir" ]; then
    "$top/examples/build.sh" examples || exit 3
fi

exec "$java" -XX:+UseSerialGC -Xshare:auto -Dbenchmark.home="$top" -cp "$classes" "$main" "$@"
