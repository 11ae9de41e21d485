# cases: 48
# differs: runsv forgets the process it has just killed, skips finish and leaves stale files; ours sees it end
. "$CONFORMANCE_LIB"

title 48 'ctl x, then ctl k'
service a 'trap "" TERM; echo $$ >ready; while :; do sleep 0.05; done'
script a/finish <<'END'
echo "$@" >>finished
END
start_runsv a
await 10 '[ -s a/ready ]'
ctl a x
await_bytes a 'PID 0 d 1 1'
view a
ctl a k
ending "$RUNSV" runsv
await 10 'ended "$(line a/ready)"'
echo "finish: $(line a/finished)"
view a
