# cases: 88
. "$CONFORMANCE_LIB"

title 88 'ALRM: scan at once'
mkdir sd
service sd/a 'exec sleep 1000'
for each in b c d e; do
    service $each 'exec sleep 1000'
done
# no second look at a directory that has just been changed, and the last look more than a second ago
sleep 2
start_services sd
# again with another one where the machine has held it up
for each in b c d e; do
    sleep 3
    ln -s ../$each sd/$each
    kill -ALRM "$RUNSVDIR"
    now
    begin=$NOW
    await_started $each
    now
    between 0 150 $((NOW - begin)) && break
done
fact 'within half a second, and one for the machine' 'between 0 150 $((NOW - begin))'
await 10 '[ -s sd/.forced-rescan ]'
stat -c '%A %s' sd/.forced-rescan
sed -E 's/[0-9a-f]{24}/(24 hex)/' sd/.forced-rescan
echo
cat runsvdir.err
stop_runsvdir sd
