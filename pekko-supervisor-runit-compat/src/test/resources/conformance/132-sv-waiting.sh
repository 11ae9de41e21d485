# cases: 132
# programs: sv
. "$CONFORMANCE_LIB"

RUNS='07000000 00 75 00 01'
number=0

# outcome COMMAND OFFSET 'STATUS': what sv -w 0 says; some at a time, since each takes its time.
outcome() {
    number=$((number + 1))
    dir=$number
    mkdir -p $dir/supervise
    mkfifo $dir/supervise/ok $dir/supervise/control
    fake_status $dir "$2" "$3"
    (
        exec 8<>$dir/supervise/ok 9<>$dir/supervise/control
        sv -w 0 "$1" ./$dir >$dir/out 2>&1
        echo "$1 $2 $3: rc $?" >$dir/rc
    ) &
    [ $((number % 6)) -ne 0 ] || wait
}

title 132 'when a command is done'
outcome start -1000 "$RUNS"
outcome start -1000 '07000000 00 75 00 02'
outcome start -1000 '00000000 00 75 00 00'
outcome stop -1000 '00000000 00 64 00 00'
outcome stop -1000 '07000000 00 64 01 01'
outcome stop -1000 '00000000 00 64 00 02'
outcome stop -1000 '07000000 00 64 00 00'
outcome pause -1000 "$RUNS"
outcome pause -1000 '07000000 01 75 00 01'
outcome pause -1000 '00000000 00 75 00 00'
outcome cont -1000 "$RUNS"
outcome cont -1000 '07000000 01 75 00 01'
outcome cont -1000 '00000000 01 75 00 00'
outcome once -1000 "$RUNS"
outcome once -1000 '07000000 00 64 00 01'
outcome once -1000 '00000000 00 64 00 00'
outcome once 1000 '00000000 00 64 00 00'
outcome term -1000 "$RUNS"
outcome term 1000 "$RUNS"
outcome term 1000 '07000000 00 75 01 01'
outcome term -1000 '00000000 00 64 00 00'
outcome term 1000 '00000000 00 75 00 00'
outcome kill -1000 "$RUNS"
outcome kill 1000 "$RUNS"
outcome hup -1000 "$RUNS"
outcome 1 -1000 '00000000 00 64 00 00'
outcome exit -1000 '00000000 00 64 00 00'
outcome check -1000 "$RUNS"
outcome check -1000 '00000000 00 64 00 00'
outcome restart 1000 "$RUNS"
outcome restart 1000 '07000000 01 75 00 01'
outcome restart 1000 '07000000 00 75 00 02'
outcome try-restart 1000 '07000000 00 75 00 02'
wait
each=0
while [ $each -lt $number ]; do
    each=$((each + 1))
    cat $each/rc
    norm <$each/out
done
