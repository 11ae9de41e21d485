# cases: 135
. "$CONFORMANCE_LIB"

service a 'exec sleep 1000'
script a/finish <<'END'
echo "$@" >>finished
END
start_runsv a

title 135 'finish after ctl k'
first=$(pid_of a)
ctl a k
await 10 '[ "$(lines a/finished)" -ge 1 ]'
await_other_pid a "$first"
cat a/finished

title 135 'finish after ctl d'
ctl a d
await 10 '[ "$(lines a/finished)" -ge 2 ]'
await_bytes a '0 0 d 0 0'
sleep 1.3
cat a/finished
view a
stop_runsv a
