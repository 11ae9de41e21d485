# cases: 43 44 134
. "$CONFORMANCE_LIB"

title 43 'runsv waits for the logger'
service a 'echo first; echo last; exec sleep 1000'
service a/log 'cat >seen; sleep 0.5; echo after >>seen'
start_runsv a
await 10 '[ "$(lines a/log/seen)" -ge 2 ]'
ctl a x
ending "$RUNSV" runsv
cat a/log/seen
view a
view a/log

title 44 'a logger that ignores the end of input'
service b 'exec sleep 1000'
trap_service b/log
start_runsv b
await 10 '[ -s b/log/ready ]'
ctl b x
await_bytes b/log 'PID 0 d 0 1'
view b
view b/log
title 134 'sv status then'
show sv status ./b
settle
fact 'runsv has ended' 'ended "$RUNSV"'
fact 'the logger was signalled' '[ -e b/log/signals ]'
kill -KILL "$(pid_of b/log)"
ending "$RUNSV" runsv
view b/log
