# cases: 80
. "$CONFORMANCE_LIB"

title 80 'what counts as a service'
mkdir sd
body='echo >>starts; exec sleep 1000'
service sd/a "$body"
service b "$body"
ln -s ../b sd/b
service sd/.hidden "$body"
echo text >sd/file
service c "$body"
ln -s ../c sd/c1
ln -s ../c sd/c2
start_runsvdir sd
for each in sd/a b c; do
    await 20 "svok $each && [ \"\$(lines $each/starts)\" -ge 1 ]"
done
sleep 2.5
for each in sd/a b c sd/.hidden; do
    echo "starts in $each: $(lines $each/starts)"
done
fact 'the service is in the process group of runsvdir' '[ "$(proc $(pid_of b) 3)" = "$(proc $RUNSVDIR 3)" ]'
cat runsvdir.err

title 80 'a dangling link'
ln -s nowhere sd/dangling
await 20 '[ -s runsvdir.err ]'
sort -u runsvdir.err

title 80 'HUP'
pids="$(pid_of sd/a) $(pid_of b) $(pid_of c)"
kill -HUP "$RUNSVDIR"
ending "$RUNSVDIR" runsvdir
for each in sd/a b c; do
    await 20 "! svok $each"
    view "$each"
done
for pid in $pids; do
    fact 'the process has ended' "ended $pid"
done
