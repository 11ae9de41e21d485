#!/bin/sh
# How long one supervisor takes to start 1,000 processes, each acknowledged before the next, beside posix_spawn in C.
# Builds what is missing; needs a JDK, Maven and cc. One minute.
set -eu

usage="usage: process-start-benchmark.sh [PROCESSES [ROUNDS]]    (1000 processes, 9 rounds)"
for argument in "$@"; do
    case $argument in
        --help) echo "$usage"; exit 0 ;;
        '' | *[!0-9]* | 0*) echo "process-start-benchmark.sh: \"$argument\" is not a number from 1" >&2
            echo "$usage" >&2; exit 2 ;;
    esac
done

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
top=$(dirname -- "$here")
jar=$top/pekko-supervisor-runit-compat/target/pekko-supervisor.jar
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

if [ ! -d "$here/target/classes/io" ] || [ ! -f "$jar" ]; then
    "$top/examples/build.sh" examples || exit 3
fi
cd "$here"
exec "$java" -cp "$here/target/classes:$jar" io.github.pekkosupervisor.examples.ProcessStartBenchmark "$@"
