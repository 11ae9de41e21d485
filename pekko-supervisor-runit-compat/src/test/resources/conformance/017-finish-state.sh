# cases: 17
. "$CONFORMANCE_LIB"

title 17 'what is seen during finish'
service a 'exec sleep 1000'
script a/finish <<'END'
echo $$ >finish.pid
until [ -e go ]; do
    sleep 0.05
done
END
start_runsv a
run=$(pid_of a)
stamp=$(stamp_of a)
ctl a t
await_bytes a 'PID 0 u 0 2'
await 10 '[ -s a/finish.pid ]'
view a
fact 'the pid is that of finish' '[ "$(pid_of a)" = "$(line a/finish.pid)" ]'
fact 'the pid is that of run' '[ "$(pid_of a)" = "$run" ]'
fact 'the time stamp is unchanged' '[ "$(stamp_of a)" = "$stamp" ]'
show sv status ./a
echo "argv: $(tr '\0' ' ' <"/proc/$(pid_of a)/cmdline")"
show svstat a

title 17 'a TERM during finish is not sent'
ctl a t
settle
fact 'finish goes on' '! ended "$(line a/finish.pid)"'
view a
: >a/go
await_bytes a 'PID 0 u 0 1'
fact 'the time stamp is a new one' '[ "$(stamp_of a)" != "$stamp" ]'
stop_runsv a
