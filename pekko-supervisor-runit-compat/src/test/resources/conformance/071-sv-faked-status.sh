# cases: 71 72 74 131 133
# programs: sv
. "$CONFORMANCE_LIB"

fake a
RUN='07000000 00 75 00 01'

title 71 'no control FIFO'
fake_status a -100 "$RUN"
show sv up ./a
show sv down ./a
show sv exit ./a
: >a/supervise/control
show sv down ./a
cat a/supervise/control
echo
rm a/supervise/control
mkfifo a/supervise/control
show sv down ./a
show sv exit ./a
rm a/supervise/control

title 72 'odd status files'
head -c 18 a/supervise/status >a/supervise/status.new
mv a/supervise/status.new a/supervise/status
show sv status ./a
: >a/supervise/status
show sv status ./a
rm a/supervise/status
show sv status ./a
mkdir a/supervise/status
show sv status ./a
rmdir a/supervise/status
fake_status a 100 '07000000 01 64 01 01'
echo more >>a/supervise/status
show sv status ./a
fake_status a -100 '07000000 01 64 01 02'
show sv status ./a
fake_status a -100 '07000000 01 78 05 03'
show sv status ./a
fake_status a -100 '07000000 00 75 00 00'
show sv status ./a
fake_status a -100 '00000000 01 75 01 01'
show sv status ./a
fake_status a -100 '000000ff 00 75 00 01'
show sv status ./a
bytes 0000000000000000000000000700000000750001 >a/supervise/status
sv status ./a | sed -E 's/[0-9]{5,}s/Xs/'

title 131 'what is written'
fake_control a
fake_status a -100 '07000000 00 20 00 01'
for each in up down once pause cont hup alarm interrupt quit 1 2 term kill exit x e; do
    show sv "$each" ./a
    written
done
for each in start stop reload shutdown restart try-restart check; do
    sv -w 0 "$each" ./a >/dev/null
    echo "$each $?"
    written
done
for each in force-stop force-reload force-restart force-shutdown D T X E; do
    sv -w 0 "$each" ./a >/dev/null
    echo "$each $?"
    written
done

title 133 'what is not written'
fake_status a -100 '07000000 00 64 01 01'
show sv down ./a
written
fake_status a -100 '07000000 00 64 00 01'
show sv down ./a
written
fake_status a -100 '07000000 00 64 02 01'
show sv down ./a
written
fake_status a -100 '07000000 00 75 00 01'
show sv up ./a
written

title 74 'restarted within the same second'
fake_status a 1000 '07000000 00 75 00 01'
show sv -w 1 restart ./a
written
fake_status a -1000 '07000000 00 75 00 01'
show sv -w 1 restart ./a
written
