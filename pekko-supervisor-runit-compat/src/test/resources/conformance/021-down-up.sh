# cases: 21 22
. "$CONFORMANCE_LIB"

title 21 'ctl d'
service a 'echo >>starts; exec sleep 1000'
start_runsv a
await 10 '[ -s a/starts ]'
first=$(pid_of a)
ctl a d
await_bytes a '0 0 d 0 0'
sleep 1.3
view a
fact 'the process has ended' 'ended "$first"'
title 21 'ctl u'
ctl a u
await_bytes a 'PID 0 u 0 1'
view a
fact 'another pid' '[ "$(pid_of a)" != "$first" ]'
stop_runsv a

title 22 'ctl o on a service that is down'
service b 'echo >>starts; until [ -e go ]; do sleep 0.05; done'
: >b/down
start_runsv b
ctl b o
await_bytes b 'PID 0 d 0 1'
view b
: >b/go
await_bytes b '0 0 d 0 0'
sleep 1.3
view b
echo "starts: $(lines b/starts)"
stop_runsv b
