# cases: 3 4 5
# differs: a hidden file beside the others is for the supervisor after this one
. "$CONFORMANCE_LIB"

title 3 'names and modes'
service a 'exec sleep 1000'
before=$(date +%s)
start_runsv a
after=$(date +%s)
await 10 'grep -q ^sleep "/proc/$(pid_of a)/cmdline"'
LC_ALL=C ls -A a/supervise | tr '\n' ' '
echo
for name in . control lock ok pid stat status; do
    stat -c '%A' "a/supervise/$name" | sed "s/\$/ $name/"
done
fact 'lock is empty' '! [ -s a/supervise/lock ]'

title 4 'contents'
view a
fact 'status has 20 bytes' '[ "$(stat -c %s a/supervise/status)" -eq 20 ]'
stamp=$(stamp_of a)
start=$((0x$(echo "$stamp" | cut -c 1-16) - 0x400000000000000a))
fact 'label is the second of the start' '[ $start -ge $before ] && [ $start -le $after ]'
nanos=$((0x$(echo "$stamp" | cut -c 17-24)))
fact 'nanoseconds are microseconds and a half' '[ $nanos -lt 1000000000 ] && [ $((nanos % 1000)) -eq 500 ]'
pid=0
for byte in $(od -An -tu1 -j12 -N4 a/supervise/status | awk '{ print $4, $3, $2, $1 }'); do
    pid=$((pid * 256 + byte))
done
fact 'pid is little-endian' '[ "$pid" -eq "$(pid_of a)" ]'
fact 'pid names the service' '[ "$(tr "\0" " " </proc/$(pid_of a)/cmdline)" = "sleep 1000 " ]'
fact 'pid is digits and a newline' '[ "$(pid_of a)" = "$(cat a/supervise/pid)" ] && [ "$(lines a/supervise/pid)" -eq 1 ]'
stop_runsv a

title 5 'umask 077'
service b 'exec sleep 1000'
umask 077
start_runsv b
for name in . control lock ok pid stat status; do
    stat -c '%A' "b/supervise/$name" | sed "s/\$/ $name/"
done
stop_runsv b
