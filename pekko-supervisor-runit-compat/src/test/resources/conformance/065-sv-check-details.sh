# cases: 65 66
# programs: sv
. "$CONFORMANCE_LIB"

service a 'exec sleep 1000'
start_runsv a

title 65 'standard output of the check script is not ours'
script a/check <<'END'
echo "$0 $# $(pwd) $WORD" >>seen
{ [ -e /proc/$$/fd/1 ] && readlink /proc/$$/fd/1 || echo closed; } >>seen 2>&1
echo to stderr >&2
exit 0
END
WORD=exported
export WORD
show sv -w 60 start ./a
head -n 1 a/seen | sed "s:$HERE:HERE:"
fact 'standard output is not that of sv' '! grep -q show.out a/seen'
script a/check <<'END'
kill -9 $$
END
show sv -w 60 start ./a
printf 'no format' >a/check
show sv -w 60 start ./a
rm a/check
ln -s nowhere a/check
show sv -w 60 start ./a
rm a/check
mkdir a/check
show sv -w 60 start ./a
rmdir a/check

title 66 'check of a service that is down'
echo 'exit 1' | script a/check
sv -w 60 down ./a >/dev/null
show sv check ./a
# up first, so that there is nothing to wait for but the check
ctl a u
await_bytes a 'PID 0 u 0 1'
show sv -w 1 start ./a
stop_runsv a
