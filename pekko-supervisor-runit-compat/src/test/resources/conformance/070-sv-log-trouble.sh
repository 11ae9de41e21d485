# cases: 70
# programs: sv
. "$CONFORMANCE_LIB"

service a 'exec sleep 1000'
start_runsv a
title 70 'a log directory that nobody supervises'
mkdir a/log
show sv status ./a
: >a/log/down
show sv status ./a
mkdir a/log/supervise
mkfifo a/log/supervise/ok
show sv status ./a
exec 8<>a/log/supervise/ok
show sv status ./a
bytes 4000000060 >a/log/supervise/status
sv status ./a | sed -E 's/[0-9]{5,}s/Xs/g' | norm
rm -r a/log
: >a/log
show sv status ./a ./a
rm a/log
ln -s nowhere a/log
show sv status ./a
ln -sfn . a/down
ln -sfn down a/down
show sv status ./a
show sv -v up ./a
stop_runsv a
