# cases: 23 37 38
. "$CONFORMANCE_LIB"

title 23 'ctl p, ctl c'
trap_service a
start_runsv a
await 10 '[ -s a/ready ]'
pid=$(pid_of a)
ctl a p
await_bytes a 'PID 1 u 0 1'
view a
await 10 '[ "$(proc $pid 1)" = T ]'
fact 'stopped' '[ "$(proc $pid 1)" = T ]'
show sv status ./a
ctl a c
await_bytes a 'PID 0 u 0 1'
view a
await 10 '[ "$(proc $pid 1)" != T ]'
fact 'the same pid runs on' '[ "$(pid_of a)" = "$pid" ] && ! ended "$pid"'

title 38 'ctl p, ctl d'
await_signal a CONT
rm a/signals
ctl a p
await 10 '[ "$(proc $pid 1)" = T ]'
ctl a d
await_signal a CONT
fence a
signals a
view a
stop_runsv_hard a

title 37 'ctl p on a service that is down'
service b 'exec sleep 1000'
: >b/down
start_runsv b
ctl b p
await_bytes b '0 1 d 0 0'
view b
show sv status ./b
ctl b u
await_bytes b 'PID 0 u 0 1'
view b
stop_runsv b
