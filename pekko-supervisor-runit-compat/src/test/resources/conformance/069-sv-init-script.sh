# cases: 69
# programs: sv
. "$CONFORMANCE_LIB"

mkdir sd init.d
for each in up down gone; do
    service sd/$each 'exec sleep 1000'
done
: >sd/down/down
mkdir sd/never
start_runsv sd/gone
stop_runsv sd/gone
start_runsv sd/up
up=$RUNSV
start_runsv sd/down
down=$RUNSV
SVDIR=$HERE/sd
export SVDIR
for each in up down gone never missing; do
    ln -s "$(command -v sv)" init.d/$each
done

title 69 'status'
for each in up down gone never missing; do
    show init.d/$each status
done
title 69 'usage'
show init.d/up
show init.d/up stat
show init.d/up bogus
show init.d/up -x
show init.d/up -V
title 69 'other commands, further words'
show init.d/up -w 60 stop
show init.d/up start and more
show init.d/up up
show init.d/up -v up
show init.d/gone start
show init.d/missing start
mkdir links
ln -s ../init.d/up links/down
show links/down status
RUNSV=$up
stop_runsv sd/up
RUNSV=$down
stop_runsv sd/down
