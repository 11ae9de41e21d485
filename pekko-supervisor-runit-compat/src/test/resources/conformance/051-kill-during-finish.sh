# cases: 51
# differs: runsv runs finish a second time, for the end of finish; ours runs it once
. "$CONFORMANCE_LIB"

title 51 'ctl k while finish runs'
service a 'exec sleep 1000'
script a/finish <<'END'
echo "$@" >>finished
until [ -e go ]; do
    sleep 0.05
done
END
start_runsv a
ctl a d
await_bytes a 'PID 0 d 0 2'
await 10 '[ -s a/finished ]'
# the second changes nothing, but writes the status, which tells that the first has been read
version=$(status_version a)
ctl a kd
await 20 '[ "$(status_version a)" != "$version" ]'
: >a/go
await_bytes a '0 0 d 0 0'
case $IMPL in
    runit) await 20 '[ "$(lines a/finished)" -eq 2 ]' ;;
esac
cat a/finished
view a
stop_runsv a
