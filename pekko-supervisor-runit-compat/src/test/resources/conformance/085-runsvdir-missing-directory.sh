# cases: 85
. "$CONFORMANCE_LIB"

title 85 'no such directory: one message a second'
start_runsvdir nx
fact 'three gaps of a second' 'comes_each_second runsvdir.err'

title 85 'it appears'
# complete at once: a look at a service without its run would be one more message
service new/a 'exec sleep 1000'
mv new nx
await_started nx/a
view nx/a
sort -u runsvdir.err
stop_runsvdir nx

title 85 'TERM'
start_runsvdir ny
await 20 'grep -q ny runsvdir.err'
kill -TERM "$RUNSVDIR"
ending "$RUNSVDIR" runsvdir
