#!/bin/sh
# Compares our supervisor with Erlang/OTP's and with bare Pekko, side by side in one run. "otp-benchmark.sh --help" lists
# the options. Builds what is missing first; needs a JDK in JAVA_HOME or PATH, Maven, and erl and erlc for the peer.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
top=$(dirname -- "$here")
main=io.github.pekkosupervisor.examples.otp.OtpBenchmark

java=java
if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
fi
if ! command -v "$java" >/dev/null 2>&1; then
    echo "otp-benchmark.sh: no java found; set JAVA_HOME to a JDK 17 or later, or put its bin directory into PATH" >&2
    exit 3
fi

jar=$top/pekko-supervisor-runit-compat/target/pekko-supervisor.jar
if [ ! -f "$here/target/classes/$(echo "$main" | tr . /).class" ] || [ ! -f "$jar" ]; then
    "$top/examples/build.sh" examples || exit 3
fi

# The shaded jar holds Pekko and our classes. The heap does not grow and shrink: the collections that come before each
# reading of memory would make it small again, and its growth would be charged to whoever starts children next.
exec "$java" -Xms2g -Xmx2g -Dbenchmark.home="$top" -cp "$here/target/classes:$jar" "$main" "$@"
