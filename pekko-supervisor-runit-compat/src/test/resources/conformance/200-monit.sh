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

# crash: ends the service once monit has seen it run, twice, and waits for what monit says of it.
crash() {
    first=$(pid_of a)
    await 30 '[ "$(looks "$first")" -ge 2 ]'
    misses=$(misses)
    kill -KILL "$first"
    await_other_pid a "$first"
    second=$(pid_of a)
    await 20 'noticed || [ "$(misses)" -gt "$misses" ] || [ "$(looks "$second")" -ge 2 ]'
}

noticed() {
    grep -q "process PID changed from $first to $second" monit.log
}

# looks PID: how often monit has seen PID run.
looks() {
    grep -c "process is running with pid $1\$" monit.log
}

# misses: how often monit has found nobody.
misses() {
    grep -c 'process is not running' monit.log
}

title monit 'sees another pid after a crash'
# A look that falls between the two pids finds nobody, whoever supervises, and a look that begins just before may say
# nothing at all: then the next crash has to show it.
crash
for again in 1 2 3 4; do
    noticed || crash
done
fact 'noticed' noticed
fact 'left alone' '[ "$(pid_of a)" = "$second" ] && ! ended "$second"'

title monit 'starts a service that is down'
misses=$(misses)
ctl a d
await 30 '[ "$(misses)" -gt "$misses" ]'
await_other_pid a "$second"
fact 'missed' '[ "$(misses)" -gt "$misses" ]'
view a
kill -TERM "$MONIT"
await 20 'ended "$MONIT"'
wait "$MONIT"
stop_runsv a
