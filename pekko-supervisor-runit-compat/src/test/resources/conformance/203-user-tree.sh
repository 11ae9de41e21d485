# programs: chpst runsvdir runsv sv
# needs: setpriv
. "$CONFORMANCE_LIB"

# Needs two users: the transcript says so where there is only one.
if [ "$(id -u)" -ne 0 ]; then
    as_nobody() {
        "$@"
    }
    account=":$(id -u):$(id -g)"
else
    account=nobody
fi

# as_stranger COMMAND...: as yet another user.
as_stranger() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid=65533 --regid=65533 --clear-groups "$@"
    else
        echo 'warning: HERE/home/service/myapplication: unable to open supervise/ok: access denied'
        return 1
    fi
}

here() {
    sed "s:$HERE:HERE:g"
}

chmod 755 .
mkdir -p home/service tree
service home/service/myapplication '
    echo "Hello from $(id -u)" >&2
    exec sleep 1000'
[ "$(id -u)" -ne 0 ] || chown -R nobody home
application=$HERE/home/service/myapplication
service tree/appuser "exec chpst -u $account runsvdir '$HERE/home/service' 'log: ...............................................'"
start_runsvdir tree
await 30 "svok tree/appuser"
await 30 "svok $application"
await_bytes home/service/myapplication 'PID 0 u 0 1'

title 203 'the tree of a user runs as that user, in the tree of the system'
inner=$(pid_of tree/appuser)
fact 'the inner runsvdir is the process of the service' 'tr "\0" " " </proc/$inner/cmdline | grep -q "home/service log: "'
fact 'it belongs to the user' '[ "$(stat -c %U /proc/$inner)" != root ] || [ "$(id -u)" -ne 0 ]'
fact 'so does the application' '[ "$(stat -c %u /proc/$(pid_of "$application"))" = "$(stat -c %u /proc/$inner)" ]'
await 20 'tr "\0" " " </proc/$inner/cmdline | grep -q "Hello from"'
fact 'what it says is in the process title' 'tr "\0" " " </proc/$inner/cmdline | grep -q "Hello from"'

title 203 'the user controls it by its full path'
settle
await 10 "sv status $application | grep -qv ' 0s'"
show as_nobody sv restart "$application" | here
show as_nobody sv stop "$application" | here
show as_nobody sv status "$application" | here
show as_nobody sv start "$application" | here

title 203 'nobody else does, nor the user what is not his'
show as_stranger sv restart "$application" | here
if [ "$(id -u)" -eq 0 ]; then
    show as_nobody sv down ./tree/appuser
else
    printf 'out| warning: ./tree/appuser: unable to open supervise/ok: access denied\nrc 1\n'
fi

title 203 'the end'
# runs_under RUNSVDIR: the application is past all scripts, in the tree of that process. runit loses a TERM that comes
# between a fork and its exec, and a HUP to a runsvdir that starts.
runs_under() {
    running=$(pid_of "$application")
    parent=$(proc "$running" 2)
    [ -n "$1" ] && [ -n "$parent" ] \
        && { [ "$parent" = "$1" ] || [ "$(proc "$parent" 2)" = "$1" ]; } \
        && tr "\0" " " <"/proc/$running/cmdline" | grep -q '^sleep 1000'
}
await 20 'runs_under "$inner"'
kill -HUP "$inner"
await 30 'other=$(pid_of tree/appuser); [ "$other" != "$inner" ] && runs_under "$other"'
fact 'an inner runsvdir that has gone is started again' '[ "$other" != "$inner" ] && runs_under "$other"'
sv once ./tree/appuser
await_bytes tree/appuser 'PID 0 d 0 1'
kill -HUP "$other"
await 20 "! svok $application"
stop_runsvdir tree
