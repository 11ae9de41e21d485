# cases: 33
. "$CONFORMANCE_LIB"

title 33 'control/u comes before each start'
service a 'echo run >>order; exit 1'
mkdir a/control
script a/control/u <<'END'
echo "u with $# arguments" >>order
exit 1
END
launch_runsv a
await 20 '[ "$(lines a/order)" -ge 6 ]'
stop_runsv a
head -n 6 a/order
