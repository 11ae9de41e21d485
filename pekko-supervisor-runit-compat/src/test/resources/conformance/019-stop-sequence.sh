# cases: 19 20
. "$CONFORMANCE_LIB"

title 19 'ctl t'
trap_service a
start_runsv a
await 10 '[ -s a/ready ]'
ctl a t
await_signal a TERM
fence a
signals a
view a

title 20 'ctl d'
ctl a d
await_signal a TERM 2
await_signal a CONT
fence a
signals a
view a
stop_runsv_hard a
