# cases: 58 59
# programs: sv
. "$CONFORMANCE_LIB"

mkdir -p dir/x
service dir/a 'exec sleep 1000'
service dir/x/a 'exec sleep 1000'
service x/a 'exec sleep 1000'
start_runsv dir/a
first=$RUNSV
start_runsv x/a
second=$RUNSV

title 58 'names and SVDIR'
SVDIR=dir
export SVDIR
show sv status a
show sv status x/a
show sv status x/a/
show sv status ./x/a
sv status "$HERE/x/a" | sed "s:$HERE:HERE:" | norm
show sv status ''
show sv status a/
show sv status .
show sv status nosuch
show sv status 'a name with blanks' "$(printf '\303\274\377')" | cat -v
SVDIR=$HERE/dir/ show sv status a
SVDIR='' show sv status a
SVDIR=nosuch show sv status a ./x/a
SVDIR=nosuch show sv -w1 up a ./x/a
unset SVDIR

title 59 'a slash at the end is forgotten while waiting'
show sv start x/a/
show sv up x/a/
RUNSV=$second
stop_runsv x/a
RUNSV=$first
stop_runsv dir/a
