# cases: 12 13
. "$CONFORMANCE_LIB"

title 12 'no run file: one message a second'
mkdir a
launch_runsv a
# as it is for most of each second; when the machine is busy a look may last into the next attempt
between_attempts='stat: down
bytes: 0 0 u 0 0
pid: (empty)'
await 20 'seen=$(view a); [ "$seen" = "$between_attempts" ]'
echo "$seen"
fact 'three gaps of a second' 'comes_each_second runsv.err'
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
