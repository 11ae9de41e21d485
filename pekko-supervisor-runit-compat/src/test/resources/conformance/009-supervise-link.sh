# cases: 9 10 11
. "$CONFORMANCE_LIB"

title 9 'link to an absent directory'
service a 'exec sleep 1000'
ln -s ../target a/supervise
start_runsv a
stat -c '%A' target
fact 'still a link' '[ "$(readlink a/supervise)" = ../target ]'
fact 'pid is written there' '[ -s target/pid ]'
view a
stop_runsv a

title 10 'link with an absent parent'
service b 'exec sleep 1000'
ln -s ../no/target b/supervise
show runsv b

title 11 'control is a regular file'
service c 'exec sleep 1000'
mkdir c/supervise
: >c/supervise/control
show runsv c
