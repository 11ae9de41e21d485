# cases: 12 13
. "$CONFORMANCE_LIB"

title 12 'no run file: one message a second'
mkdir a
launch_runsv a
await 20 '[ "$(lines runsv.err)" -ge 1 ]'
now
first=$NOW
await_bytes a '0 0 u 0 0'
view a
await 20 '[ "$(lines runsv.err)" -ge 4 ]'
now
fact 'three gaps of a second' 'between 280 480 $((NOW - first))'
stop_runsv a
sort -u runsv.err

title 13 'not executable'
service b 'exec sleep 1000'
chmod 644 b/run
: >runsv.err
launch_runsv b
await 20 '[ "$(lines runsv.err)" -ge 2 ]'
stop_runsv b
sort -u runsv.err

title 13 'not a program'
service c 'exec sleep 1000'
echo 'exec sleep 1000' >c/run
: >runsv.err
launch_runsv c
await 20 '[ "$(lines runsv.err)" -ge 2 ]'
stop_runsv c
sort -u runsv.err
