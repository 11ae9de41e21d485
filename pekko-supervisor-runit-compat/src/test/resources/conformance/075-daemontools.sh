# cases: 75 76 77 78
. "$CONFORMANCE_LIB"

title 75 'svok before, during and after'
service a 'exec sleep 1000'
show svok a
start_runsv a
show svok a
stop_runsv a
show svok a

title 76 'svstat: up, down, paused'
start_runsv a
A=$RUNSV
service b 'exec sleep 1000'
: >b/down
start_runsv b
show svstat a
show svstat b
svc -p a
await_bytes a 'PID 1 u 0 1'
show svstat a
svc -c a
await_bytes a 'PID 0 u 0 1'

title 77 'svc -u, -d'
show svc -u b
await_bytes b 'PID 0 u 0 1'
show svstat b
show svc -d b
await_bytes b '0 0 d 0 0'
show svstat b
stop_runsv b

title 78 'supervise while runsv runs'
show supervise a
view a

title 77 'svc -dx'
show svc -dx a
ending "$A" runsv
view a
show svstat a
