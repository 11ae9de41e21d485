# cases: 14 15
. "$CONFORMANCE_LIB"

title 14 'run ends at once: started every second'
service a 'read -r up _ </proc/uptime; echo "$up" >>starts; exit 1'
launch_runsv a
A=$RUNSV
title 15 'run lives for more than a second: no delay is added'
service b 'read -r up _ </proc/uptime; echo "$up" >>starts; sleep 1.1'
launch_runsv b
B=$RUNSV
fact '14: gaps between 1.0 and 1.6 seconds' 'await_gaps 4 98 160 a/starts'
fact '15: gaps between 1.1 and 1.9 seconds' 'await_gaps 3 108 190 b/starts'
RUNSV=$A
stop_runsv a
RUNSV=$B
stop_runsv b
