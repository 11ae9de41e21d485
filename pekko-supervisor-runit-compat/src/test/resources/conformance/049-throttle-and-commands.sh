# cases: 49 50
# differs: runsv sleeps through the second and sees commands and signals late; for ours it is a timer
. "$CONFORMANCE_LIB"

# Where the machine has held up somebody, the second was over before he was there: it is tried again. Who starts once
# more, or once less, does so each time.
case $IMPL in
    runit) SEEN='0 0 u 0 0' STARTS=2 ;;
    *) SEEN='0 0 d 0 0' STARTS=1 ;;
esac

title 49 'ctl d during the second between two starts'
for each in a1 a2 a3 a4 a5 a6; do
    service $each 'read -r up _ </proc/uptime; echo "$up" >>starts; exit 1'
    launch_runsv $each
    await 20 '[ "$(lines $each/starts)" -ge 1 ]'
    sleep 0.2
    await_bytes $each '0 0 u 0 0'
    ctl $each d
    begin=$(line $each/starts)
    begin=${begin%.*}${begin#*.}
    # the most of a second, which began after that
    await 20 'seen=$(bytes_of $each); now; [ "$seen" != "0 0 u 0 0" ] || [ $((NOW - begin)) -gt 80 ]'
    await_bytes $each '0 0 d 0 0'
    [ "$seen" = "$SEEN" ] && [ "$(lines $each/starts)" -eq 1 ] && break
    stop_runsv $each
done
echo "$seen"
sleep 1.2
view $each
echo "starts: $(lines $each/starts)"
stop_runsv $each

title 50 'SIGTERM to runsv during it'
for each in b1 b2 b3 b4 b5 b6; do
    service $each 'exit 1'
    mkdir $each/control
    script $each/control/u <<'END'
echo >>starts
END
    launch_runsv $each
    await 20 '[ "$(lines $each/starts)" -ge 1 ]'
    sleep 0.2
    await_bytes $each '0 0 u 0 0'
    kill -TERM "$RUNSV"
    ending "$RUNSV" runsv >ended
    [ "$(lines $each/starts)" -eq "$STARTS" ] && break
done
cat ended
echo "starts: $(lines $each/starts)"
view $each
