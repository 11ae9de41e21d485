# cases: 83
# skip ours: it has no runsv processes that could be killed
. "$CONFORMANCE_LIB"

title 83 'a runsv that was killed is replaced'
mkdir sd
service sd/a 'echo >>starts; exec sleep 1000'
start_services sd
await 10 '[ "$(lines sd/a/starts)" -ge 1 ]'
first=$(pid_of sd/a)
kill -KILL "$(proc "$first" 2)"
now
begin=$NOW
await 20 '[ "$(lines sd/a/starts)" -ge 2 ]'
now
fact 'within 5.6 seconds, and a second for the machine' 'between 0 660 $((NOW - begin))'
fact 'the first service lives on' '! ended "$first"'
kill "$first"
await_bytes sd/a 'PID 0 u 0 1'
stop_runsvdir sd
