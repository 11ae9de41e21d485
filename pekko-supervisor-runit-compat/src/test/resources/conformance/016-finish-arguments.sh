# cases: 16
. "$CONFORMANCE_LIB"

title 16 'exit 3, exit 255, SIGKILL, SIGTERM'
service a '
    echo >>starts
    case $(grep -c "" starts) in
        1) exit 3 ;;
        2) exit 255 ;;
        3) kill -KILL $$ ;;
        4) kill -TERM $$ ;;
        5) exit 0 ;;
        *) exec sleep 1000 ;;
    esac'
script a/finish <<'END'
echo "$# arguments: $*" >>finished
END
start_runsv a
await 30 '[ "$(lines a/starts)" -ge 6 ]'
cat a/finished
stop_runsv a

title 16 'no run file'
rm -r a
mkdir a
script a/finish <<'END'
echo "$# arguments: $*" >>finished
END
launch_runsv a
await 30 '[ "$(lines a/finished)" -ge 1 ]'
head -n 1 a/finished
stop_runsv a
