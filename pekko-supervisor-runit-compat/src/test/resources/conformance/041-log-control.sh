# cases: 41 42
. "$CONFORMANCE_LIB"

title 41 'log/down'
service a 'exec sleep 1000'
trap_service a/log
: >a/log/down
start_runsv a
view a/log
show sv status ./a
ctl a/log u
await_bytes a/log 'PID 0 u 0 1'
await 10 '[ -s a/log/ready ]'
show sv status ./a
stop_runsv_and_log a

title 42 'x is ignored'
rm a/log/down a/log/ready
start_runsv a
await 15 '[ -s a/log/ready ]'
pid=$(pid_of a/log)
ctl a/log x
fence a/log
signals a/log
view a/log
fact 'same pid' '[ "$(pid_of a/log)" = "$pid" ]'

title 42 'd stops the logger only'
ctl a/log d
await_signal a/log CONT
kill -KILL "$pid"
await_bytes a/log '0 0 d 0 0'
show sv status ./a
stop_runsv a
