# cases: 32
. "$CONFORMANCE_LIB"

trap_service a
mkdir a/control
for name in t d x; do
    script "a/control/$name" <<END
echo $name >>called
exit 1
END
done
start_runsv a
await 10 '[ -s a/ready ]'

title 32 'ctl d'
ctl a d
await_signal a CONT
fence a
cat a/called
signals a
view a

title 32 'ctl x'
rm a/called a/signals
ctl a x
await_signal a CONT
fence a
cat a/called
signals a
view a
kill -KILL "$(pid_of a)"
ending "$RUNSV" runsv
