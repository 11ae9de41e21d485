# needs: monit
. "$CONFORMANCE_LIB"

title monit 'a check by supervise/pid'
service a 'exec sleep 1000'
start_runsv a
sv=$(command -v sv)
cat >monitrc <<END
set daemon 1
set logfile $HERE/monit.log
set pidfile $HERE/monit.pid
set statefile $HERE/monit.state
set idfile $HERE/monit.id
check process web with pidfile $HERE/a/supervise/pid
    if changed pid then alert
    start program = "$sv start $HERE/a"
    stop program = "$sv stop $HERE/a"
END
chmod 700 monitrc
monit -v -c monitrc -I >monit.out 2>&1 &
MONIT=$!
first=$(pid_of a)

title monit 'sees another pid after a crash'
# it has to have seen the first one, twice
await 30 '[ "$(grep -c "process is running with pid $first" monit.log)" -ge 2 ]'
kill -KILL "$first"
await_other_pid a "$first"
second=$(pid_of a)
await 20 'grep -q "process PID changed from $first to $second" monit.log'
fact 'noticed' 'grep -q "process PID changed from $first to $second" monit.log'
fact 'left alone' '[ "$(pid_of a)" = "$second" ] && ! ended "$second"'

title monit 'starts a service that is down'
ctl a d
await 30 'grep -q "process is not running" monit.log'
await_other_pid a "$second"
fact 'missed' 'grep -q "process is not running" monit.log'
view a
kill -TERM "$MONIT"
await 20 'ended "$MONIT"'
wait "$MONIT"
stop_runsv a
