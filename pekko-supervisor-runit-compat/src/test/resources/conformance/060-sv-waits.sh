# cases: 60 61 68
. "$CONFORMANCE_LIB"

service a 'exec sleep 1000'
start_runsv a
sleep 2.1

title 60 'restart, stop, start'
first=$(pid_of a)
show sv restart ./a
fact 'another pid' '[ "$(pid_of a)" != "$first" ]'
show sv stop ./a
view a
show sv start ./a
view a

title 61 'plain commands say nothing'
show sv up ./a
show sv once ./a
show sv pause ./a
show sv cont ./a
show sv down ./a
await_bytes a '0 0 d 0 0'
show sv hup ./a
stop_runsv a

title 68 'with -w and -v they wait and report'
trap_service b
start_runsv b
await 10 '[ -s b/ready ]'
show sv -w 60 up ./b
show sv -v hup ./b
await_signal b HUP
stop_runsv_hard b
