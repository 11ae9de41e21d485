# cases: 74
# differs: the exit code of status is that of the service, not of its logger, which the original looks at last
# programs: sv
. "$CONFORMANCE_LIB"

mkdir sd init.d
for each in up-up up-down down-up down-down; do
    service sd/$each 'exec sleep 1000'
    service sd/$each/log 'exec cat'
    ln -s "$(command -v sv)" init.d/$each
done
: >sd/up-down/log/down
: >sd/down-up/down
: >sd/down-down/down
: >sd/down-down/log/down
started=
for each in up-up up-down down-up down-down; do
    start_runsv sd/$each
    started="$started $RUNSV"
done
for each in up-up up-down; do
    await_bytes sd/$each 'PID 0 u 0 1'
done
for each in up-up down-up; do
    await_bytes sd/$each/log 'PID 0 u 0 1'
done
SVDIR=$HERE/sd
export SVDIR
title 74 'status of a service with a logger: the exit code tells whose state it is'
for each in up-up up-down down-up down-down; do
    show init.d/$each status
done
title 74 'sv itself exits with the number of failures'
for each in up-up up-down down-up down-down; do
    show sv status $each
done
set -- up-up up-down down-up down-down
for RUNSV in $started; do
    stop_runsv "sd/$1"
    shift
done
