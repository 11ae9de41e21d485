# cases: 85
. "$CONFORMANCE_LIB"

title 85 'no such directory: one message a second'
start_runsvdir nx
await 20 '[ "$(lines runsvdir.err)" -ge 1 ]'
now
begin=$NOW
await 20 '[ "$(lines runsvdir.err)" -ge 4 ]'
now
fact 'three gaps of a second' 'between 280 480 $((NOW - begin))'

title 85 'it appears'
mkdir nx
service nx/a 'exec sleep 1000'
await 20 'svok nx/a && [ -s nx/a/supervise/pid ]'
view nx/a
sort -u runsvdir.err
stop_runsvdir nx

title 85 'TERM'
start_runsvdir ny
await 20 'grep -q ny runsvdir.err'
kill -TERM "$RUNSVDIR"
ending "$RUNSVDIR" runsvdir
