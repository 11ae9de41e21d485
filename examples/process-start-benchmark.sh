#!/bin/sh
# How long one supervisor takes to start 1,000 processes, each acknowledged before the next, beside posix_spawn in C.
# Arguments: how many processes, how many rounds. Builds what is missing; needs a JDK, Maven and cc. One minute.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
top=$(dirname -- "$here")
jar=$top/pekko-supervisor-runit-compat/target/pekko-supervisor.jar
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

if [ ! -d "$here/target/classes/io" ] || [ ! -f "$jar" ]; then
    echo "process-start-benchmark.sh: building" >&2
    (cd "$top" && mvn -B -ntp -q -DskipTests package) >&2 || exit 3
fi
cd "$here"
exec "$java" -cp "$here/target/classes:$jar" io.github.pekkosupervisor.examples.ProcessStartBenchmark "$@"
