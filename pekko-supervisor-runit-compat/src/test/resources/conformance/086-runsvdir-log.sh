# cases: 86 87 124
. "$CONFORMANCE_LIB"

title 86 'six characters are too few'
mkdir sd
service sd/a '
    until [ -e go ]; do
        sleep 0.05
    done
    printf "Hello\001W" >&2
    exec sleep 1000'
: >sd/a/go
start_runsvdir sd log:--
await_started sd/a
await 10 '[ "$(tail -c 2 runsvdir.err)" = "$(printf "\001W")" ]'
tr '\001' '^' <runsvdir.err
echo
stop_runsvdir sd

title 87 'the log shows in the command line'
rm sd/a/go
start_runsvdir sd 'log: --------------------'
await_started sd/a
# runsvdir writes its dot after the first scan, so the service would sometimes be quicker
await 10 'grep -q -e "-\." "/proc/$RUNSVDIR/cmdline"'
: >sd/a/go
await 10 'grep -q "Hello.W" "/proc/$RUNSVDIR/cmdline"'
tr '\0\001' ' ^' <"/proc/$RUNSVDIR/cmdline" | sed 's/.* log/log/'
echo

title 124 'descriptor 2 of the services'
pid=$(pid_of sd/a)
readlink "/proc/$pid/fd/2" | sed 's/[0-9][0-9]*/N/'
flags=$(sed -n 's/^flags:[^0-9]*//p' "/proc/$pid/fdinfo/2")
fact 'O_NONBLOCK' '[ $((flags & 04000)) -ne 0 ]'
stop_runsvdir sd
