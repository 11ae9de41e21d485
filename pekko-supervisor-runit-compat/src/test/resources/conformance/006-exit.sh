# cases: 6
. "$CONFORMANCE_LIB"

title 6 'ctl x'
service a 'exec sleep 1000'
start_runsv a
sleep 1.2
ctl a x
ending "$RUNSV" runsv
view a
show sv status ./a
fact 'messages' '[ -s runsv.err ]'
