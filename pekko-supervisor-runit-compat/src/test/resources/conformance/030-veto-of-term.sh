# cases: 30 31
. "$CONFORMANCE_LIB"

title 30 'control/t succeeds: no TERM'
trap_service a
mkdir a/control
script a/control/t <<'END'
echo "$# arguments, \$0 is $0, in $(pwd -P)" >>called
END
start_runsv a
await 10 '[ -s a/ready ]'
ctl a t
fence a
sed "s|$HERE|HERE|" a/called
signals a
view a

title 31 'control/t fails: TERM'
script a/control/t <<'END'
exit 1
END
ctl a t
await_signal a TERM
fence a
signals a
view a
stop_runsv_hard a
