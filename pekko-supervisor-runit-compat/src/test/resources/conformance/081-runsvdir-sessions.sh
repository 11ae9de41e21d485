# cases: 81 82
. "$CONFORMANCE_LIB"

title 81 'with -P each service has a session of its own'
mkdir sd
service sd/a 'exec sleep 1000'
service sd/b 'exec sleep 1000'
start_runsvdir -P sd
await_started sd/a
await_started sd/b
a=$(pid_of sd/a)
b=$(pid_of sd/b)
fact 'in the session of runsvdir' '[ "$(proc $a 4)" = "$(proc $RUNSVDIR 4)" ]'
fact 'in the process group of runsvdir' '[ "$(proc $a 3)" = "$(proc $RUNSVDIR 3)" ]'
fact 'in the session of the other' '[ "$(proc $a 4)" = "$(proc $b 4)" ]'
fact 'the group is one of the session leader' '[ "$(proc $a 3)" = "$(proc $a 4)" ]'
title 81 'HUP'
kill -HUP "$RUNSVDIR"
ending "$RUNSVDIR" runsvdir
await 20 '! svok sd/a && ! svok sd/b'
fact 'the processes have ended' 'ended "$a" && ended "$b"'

title 82 'TERM leaves the services alone'
start_services sd
a=$(pid_of sd/a)
b=$(pid_of sd/b)
kill -TERM "$RUNSVDIR"
ending "$RUNSVDIR" runsvdir
settle
fact 'the processes have ended' 'ended "$a" || ended "$b"'
# each runsv still listens; ours does not, so ask through sv, which never blocks
sv exit ./sd/a ./sd/b >/dev/null
sleep 0.2
for pid in $a $b; do
    ended "$pid" || kill "$pid"
    await 15 "ended $pid"
done
await 15 '! svok sd/a && ! svok sd/b'
