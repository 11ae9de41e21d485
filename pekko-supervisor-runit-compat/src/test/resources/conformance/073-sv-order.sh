# cases: 73
. "$CONFORMANCE_LIB"

title 73 'the first to obey is the first to be reported'
mkdir sd
service sd/a 'exec sleep 1000'
trap_service sd/b
start_services sd
await 10 '[ -s sd/b/ready ]'
cd sd || exit
show sv -w 2 stop ./b ./a
kill -KILL "$(pid_of b)"
await_bytes b '0 0 d 0 0'
cd ..
stop_runsvdir sd
