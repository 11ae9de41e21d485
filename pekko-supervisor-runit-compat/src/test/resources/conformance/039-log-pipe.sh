# cases: 39
. "$CONFORMANCE_LIB"

title 39 'what service and logger inherit'
service a 'exec sleep 1000'
service a/log 'exec sleep 1001'
start_runsv a
for each in a a/log; do
    await 10 "[ -s $each/supervise/pid ] && grep -q ^sleep /proc/\$(pid_of $each)/cmdline"
done
run=/proc/$(pid_of a)
log=/proc/$(pid_of a/log)
# shellcheck disable=SC2046
echo "descriptors of the service:" $(ls "$run/fd")
# shellcheck disable=SC2046
echo "descriptors of the logger:" $(ls "$log/fd")
fact 'one pipe from 1 to 0' '[ "$(readlink $run/fd/1)" = "$(readlink $log/fd/0)" ]'
# of runit's it has no name, and ours has one that nobody is to depend on
fact 'it is a pipe' '[ -p "$run/fd/1" ] && [ -p "$log/fd/0" ]'
fact 'the service reads from where runsv reads' '[ "$(readlink $run/fd/0)" = /dev/null ]'
fact 'the logger writes to where runsv writes' '[ "$(readlink $log/fd/1)" = "$HERE/runsv.out" ]'
fact '2 is shared' '[ "$(readlink $run/fd/2)$(readlink $log/fd/2)" = "$HERE/runsv.err$HERE/runsv.err" ]'
fact 'cwd of the service' '[ "$(readlink $run/cwd)" = "$HERE/a" ]'
fact 'cwd of the logger' '[ "$(readlink $log/cwd)" = "$HERE/a/log" ]'
show sv status ./a
view a/log
stop_runsv_and_log a
