# cases: 67
. "$CONFORMANCE_LIB"

service a 'exec sleep 1000'
start_runsv a

title 67 'shutdown, and again'
show sv shutdown ./a
ending "$RUNSV" runsv
show sv exit ./a
show sv force-shutdown ./a
show sv stop ./a
view a
