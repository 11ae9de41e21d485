# cases: 45 46 47
. "$CONFORMANCE_LIB"

title 45 'log/finish and log/control/t are not used'
service a 'exec sleep 1000'
service a/log 'echo >>starts; exec cat >/dev/null'
mkdir a/log/control
for name in finish control/t; do
    script "a/log/$name" <<'END'
echo called >>called
END
done
start_runsv a
await 10 '[ "$(lines a/log/starts)" -ge 1 ]'
ctl a/log t
await 10 '[ "$(lines a/log/starts)" -ge 2 ]'
await_bytes a/log 'PID 0 u 0 1'
view a/log
fact 'called' '[ -e a/log/called ]'
stop_runsv a
fact 'called at the end' '[ -e a/log/called ]'

title 46 'log is a file'
service b 'exec sleep 1000'
: >b/log
: >runsv.err
start_runsv b
cat runsv.err
view b
stop_runsv b

title 47 'output of control/u and finish'
service c 'echo run; exec sleep 1000'
service c/log 'exec cat >seen'
mkdir c/control
script c/control/u <<'END'
echo 'control/u'
END
script c/finish <<'END'
echo finish "$@"
END
start_runsv c
await 10 'grep -q run c/log/seen'
stop_runsv c
cat c/log/seen
