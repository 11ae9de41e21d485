# cases: 34 35 36
. "$CONFORMANCE_LIB"

title 34 'control/p succeeds: not stopped, but paused is shown'
trap_service a
mkdir a/control
script a/control/p <<'END'
exit 0
END
start_runsv a
await 10 '[ -s a/ready ]'
ctl a p
await_bytes a 'PID 1 u 0 1'
fence a
fact 'stopped' '[ "$(proc $(pid_of a) 1)" = T ]'
view a
ctl a c
await_bytes a 'PID 0 u 0 1'

title 35 'commands wait for control/h'
rm a/signals
script a/control/h <<'END'
echo begin >>signals
sleep 0.4
echo end >>signals
END
ctl a h1
await_signal a USR1
fence a
grep -vxe USR2 -e CONT a/signals

title 36 'control/h is not executable: the signal is sent'
rm a/signals
chmod 644 a/control/h
ctl a h
await_signal a HUP
fence a
signals a

title 36 'control/1 is killed by a signal: nothing is sent'
rm a/signals
script a/control/1 <<'END'
kill -KILL $$
END
ctl a 1
fence a
signals a
stop_runsv_hard a
