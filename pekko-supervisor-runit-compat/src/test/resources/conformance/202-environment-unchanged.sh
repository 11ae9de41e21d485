# cases: 52
. "$CONFORMANCE_LIB"

service a 'tr "\0" "\n" </proc/$$/environ >env.new; mv env.new env; exec sleep 1000'
title 52 'the environment of run is that of runsv, also where a shell could not hold it'
env -i dotted.name=1 1x=2 lib=3 target=4 java=5 PATH="$PATH" JAVA_HOME="$JAVA_HOME" \
    PEKKO_SUPERVISOR_TEST="${PEKKO_SUPERVISOR_TEST-}" runsv a &
RUNSV=$!
await 20 '[ -e a/env ]'
grep -v -E '^(PATH|JAVA_HOME|PEKKO_SUPERVISOR_TEST)=' a/env
await 20 'svok a'
stop_runsv a
