# cases: 53 54 57 122 123
# programs: sv
. "$CONFORMANCE_LIB"

service a 'exec sleep 1000'
start_runsv a

title 53 'usage'
show sv
show sv status
show sv foo ./a
show sv restartx ./a
show sv '' ./a
show sv -x status ./a
show sv -w
show sv -vx status ./a
show sv - ./a

title 54 'version'
show sv -V

title 57 'many failures'
# shellcheck disable=SC2046
sv status $(seq -f ./missing%g 1 120) >/dev/null
echo "rc $?"

title 122 'options end at the first operand, and at two dashes'
show sv --help status ./a
show sv --help
show sv -- status ./a
show sv -v -- status ./a
show sv status -v ./a
show sv -vw1 up ./a
show sv -w1x up ./a
show sv -wx up ./a
show sv -w '' up ./a

title 123 'abbreviations'
show sv statue ./a
show sv hzz ./a
show sv 1abc ./a
await_other_pid a 0
show sv -w 60 Down ./a
view a
stop_runsv a
show sv Xyz ./a
show sv Exit ./a
show sv Tx ./a
show sv rx ./a
show sv fx ./a
show sv Ux ./a
