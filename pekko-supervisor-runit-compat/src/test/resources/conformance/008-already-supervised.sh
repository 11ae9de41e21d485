# cases: 8
. "$CONFORMANCE_LIB"

title 8 'a second runsv'
service a 'echo >>starts; exec sleep 1000'
start_runsv a
await 10 '[ -s a/starts ]'
pid=$(pid_of a)
show runsv a
fact 'same pid' '[ "$(pid_of a)" = "$pid" ]'
view a
fact 'started twice' '[ "$(lines a/starts)" -ne 1 ]'
stop_runsv a

title 8 'the lock is free again'
start_runsv a
view a
stop_runsv a
