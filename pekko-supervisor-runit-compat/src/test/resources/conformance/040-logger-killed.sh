# cases: 40
. "$CONFORMANCE_LIB"

title 40 'the logger is killed amid 100 lines'
service a '
    n=1
    while [ $n -le 100 ]; do
        echo "line $n."
        n=$((n + 1))
        sleep 0.02
    done
    exec sleep 1000'
service a/log '
    echo >>starts
    while read -r line; do
        echo "$line" >>seen
    done'
start_runsv a
await 20 '[ "$(lines a/log/seen)" -ge 30 ]'
ctl a/log t
await 30 'grep -qFx "line 100." a/log/seen'
echo "loggers: $(lines a/log/starts)"
# what was in the dead logger's hands may be lost as a whole, or its beginning
grep -Ex 'line [0-9]+\.' a/log/seen >whole
grep -Exv 'line [0-9]+\.' a/log/seen >torn
fact 'at most one line is missing or torn' '[ "$(lines whole)" -ge 99 ] && [ "$(lines torn)" -le 1 ]'
fact 'order is kept and nothing comes twice' 'sed "s/line //" whole | sort -n -u -c'
stop_runsv a
