# cases: 62 63
. "$CONFORMANCE_LIB"

trap_service a
start_runsv a
await 10 '[ -s a/ready ]'

title 62 'a service that ignores TERM'
now
begin=$NOW
show sv -w 1 stop ./a
now
fact 'waited for more than a second' 'between 110 900 $((NOW - begin))'
now
begin=$NOW
SVWAIT=2
export SVWAIT
show sv stop ./a
unset SVWAIT
now
fact 'waited for more than two seconds' 'between 210 900 $((NOW - begin))'
view a

title 63 'force-stop'
pid=$(pid_of a)
show sv -w 1 force-stop ./a
await 15 'ended "$pid"'
await_bytes a '0 0 d 0 0'
view a
stop_runsv a
