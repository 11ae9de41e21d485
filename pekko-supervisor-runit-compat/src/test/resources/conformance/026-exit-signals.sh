# cases: 26 28 29
. "$CONFORMANCE_LIB"

title 26 'run ends on the CONT that follows TERM'
service a 'trap : TERM; trap "exit 0" CONT; echo >ready; while :; do sleep 0.05; done'
start_runsv a
await 10 '[ -s a/ready ]'
ctl a x
ending "$RUNSV" runsv

title 28 'SIGTERM to runsv'
trap_service b
start_runsv b
await 10 '[ -s b/ready ]'
kill -TERM "$RUNSV"
await_signal b TERM
await_signal b CONT
fence b
signals b
view b
kill -KILL "$(pid_of b)"
ending "$RUNSV" runsv
view b

title 29 'SIGHUP to runsv'
service c 'exec sleep 1000'
start_runsv c
pid=$(pid_of c)
kill -HUP "$RUNSV"
ending "$RUNSV" runsv
settle
fact 'the service lives on' '! ended "$pid"'
show sv status ./c
kill "$pid"
