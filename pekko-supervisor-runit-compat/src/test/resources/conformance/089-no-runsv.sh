# cases: 89
# differs: runsvdir needs the program runsv for each service; ours does not
. "$CONFORMANCE_LIB"

title 89 'no runsv in PATH'
mkdir sd bin
service sd/a 'exec sleep 1000'
IFS=:
for each in $PATH; do
    ln -s "$each"/* bin 2>/dev/null
done
unset IFS
rm bin/runsv
PATH=$HERE/bin
start_runsvdir sd
await 20 '[ -s runsvdir.err ] || svok sd/a'
settle
sort -u runsvdir.err
fact 'the service runs' 'svok sd/a && [ -s sd/a/supervise/pid ]'
stop_runsvdir sd
PATH=/usr/bin:/bin
rm -r bin
