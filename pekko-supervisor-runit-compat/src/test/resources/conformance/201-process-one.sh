# needs: unshare
# skip runit: its TERM leaves the services running, which ends with the namespace of processes
. "$CONFORMANCE_LIB"

title one 'as process 1 it waits for orphans, and TERM stops the services'
mkdir sd
service a 'for i in 1 2 3; do sh -c "sleep 0.2 & exit 0"; done; echo >>begun; exec sleep 1000'
ln -s ../a sd/a
root=
[ "$(id -u)" -eq 0 ] || root=--map-root-user
unshare $root --pid --fork --mount-proc --kill-child runsvdir "$HERE/sd" >out 2>err &
UNSHARE=$!
await 20 '[ -s a/begun ] && [ -s a/supervise/pid ]'
one=$(pgrep -P "$UNSHARE")
# three orphans have ended 0.2 s after they were left
await 10 '[ "$(ps --no-headers -o stat --ppid "$one" | grep -c Z)" -eq 0 ] && [ "$(pgrep -c -P "$one")" -eq 1 ]'
service=$(pgrep -P "$one")
fact 'no zombies' '[ "$(ps --no-headers -o stat --ppid "$one" | grep -c Z)" -eq 0 ]'
fact 'the service runs' '! ended "$service"'
kill -KILL "$service"
await 10 '[ "$(wc -l <a/begun)" -eq 2 ]'
fact 'its own children are still told apart' '[ "$(wc -l <a/begun)" -eq 2 ]'
await 10 '[ "$(pgrep -c -P "$one")" -eq 1 ]'
kill -TERM "$one"
ending "$UNSHARE" runsvdir
sed 's/^/err| /' err
