# cases: 73
. "$CONFORMANCE_LIB"

title 73 'the first to obey is the first to be reported'
mkdir sd
service sd/a 'exec sleep 1000'
trap_service sd/b
start_services sd
await 10 '[ -s sd/b/ready ]'
cd sd || exit
sv stop ./b ./a >stop.out &
stop=$!
await 20 '[ -s stop.out ]'
norm <stop.out
kill -KILL "$(pid_of b)"
wait "$stop"
echo "rc $?"
norm <stop.out
cd ..
stop_runsvdir sd
