# cases: 24 25 27
. "$CONFORMANCE_LIB"

title 24 'ctl h a i q 1 2'
trap_service a
start_runsv a
await 10 '[ -s a/ready ]'
version=$(status_version a)
for pair in h:HUP a:ALRM i:INT q:QUIT 1:USR1 2:USR2; do
    ctl a "${pair%:*}"
    await_signal a "${pair#*:}"
done
cat a/signals
fact 'status is written again' '[ "$(status_version a)" != "$version" ]'
title 24 'ctl c'
ctl a c
await_signal a CONT
# after the signal was sent
await 20 '[ "$(status_version a)" != "$version" ]'
fact 'status is written again' '[ "$(status_version a)" != "$version" ]'
view a

title 27 'unknown bytes'
rm a/signals
version=$(status_version a)
ctl a 'eXzD
 '
fence a
signals a
fact 'status is written again' '[ "$(status_version a)" != "$version" ]'
view a

title 25 'ctl k'
pid=$(pid_of a)
rm a/ready
ctl a k
await 15 '[ -s a/ready ] && [ "$(pid_of a)" = "$(line a/ready)" ]'
await_bytes a 'PID 0 u 0 1'
fact 'another pid' '[ "$(pid_of a)" != "$pid" ]'
fact 'the first process has ended' 'ended "$pid"'
view a
stop_runsv_hard a
