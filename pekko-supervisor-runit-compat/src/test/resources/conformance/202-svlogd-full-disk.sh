# programs: svlogd
# needs: unshare mount
. "$CONFORMANCE_LIB"
root=
[ "$(id -u)" -eq 0 ] || root=--map-root-user
[ -n "${PLAYING-}" ] || exec unshare $root --mount env PLAYING=1 sh "$0"

title 'disk' 'the oldest go, down to what N keeps, then it waits for room'
mkdir full
mount -t tmpfs -o size=64k tmpfs full || exit
log_directory full/d 's1m
n5
N1'
for each in 0 1; do
    head -c 4096 /dev/zero >"full/d/@40000000500000000000000$each.s"
done
head -c 4096 /dev/zero >full/ballast
start_svlogd full/d
awk 'BEGIN { for (i = 0; i < 1100; i++) printf "%049d\n", i }' >sent
cat sent >&3 &
await 20 'grep -q pausing svlogd.err'
fact 'the second oldest is kept' '[ -e full/d/@400000005000000000000001.s ]'
rm full/ballast
exec 3>&-
await 20 'ended "$SVLOGD"'
fact 'nothing was lost' 'cmp -s sent full/d/current'
sort -u svlogd.err >said
mv said svlogd.err
said_by_svlogd
