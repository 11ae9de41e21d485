# cases: 49 50
# differs: runsv sleeps through the second and sees commands and signals late; for ours it is a timer
. "$CONFORMANCE_LIB"

title 49 'ctl d during the second between two starts'
service a 'echo >>starts; exit 1'
launch_runsv a
await 20 '[ "$(lines a/starts)" -ge 1 ]'
sleep 0.2
await_bytes a '0 0 u 0 0'
ctl a d
sleep 0.2
bytes_of a
await_bytes a '0 0 d 0 0'
sleep 1.2
view a
echo "starts: $(lines a/starts)"
stop_runsv a

title 50 'SIGTERM to runsv during it'
service b 'exit 1'
mkdir b/control
script b/control/u <<'END'
echo >>starts
END
launch_runsv b
await 20 '[ "$(lines b/starts)" -ge 1 ]'
sleep 0.2
await_bytes b '0 0 u 0 0'
kill -TERM "$RUNSV"
ending "$RUNSV" runsv
echo "starts: $(lines b/starts)"
view b
